"""Makes freqnet_labels.safetensors: what PyTorch gives for a small network of the wide kind with a head for the four labels. See README.md.

    python3 tests/golden/make_labels.py FOLDER_OF_MINA_REFERENCE

Segments and weights are the formulas of make_freqnet.py, so that only the results are stored.
"""
import json, os, struct, sys
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, sys.argv[1])
import mina_reference as R

FILTERS, HIDDEN, LAYERS, RHYTHM, BATCH = 6, 4, 2, 3, 3
TARGETS = [0.9, 0.2, 0.6]
LABELS = [[0.1, 0.7, 0.15, 0.05], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
LABEL_WEIGHT = 0.5


class Rhythm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(FILTERS, HIDDEN, num_layers=LAYERS, batch_first=True, bidirectional=True)
        self.attn = R.KnowledgeAttn(2 * HIDDEN, 8)
        self.fc = nn.Linear(2 * HIDDEN, RHYTHM)

    def forward(self, x, k):
        out, beta = self.attn(self.lstm(x)[0], k.unsqueeze(2))
        return F.relu(self.fc(out)), beta


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.beat_nets = nn.ModuleList([R.BeatNet(R.WINDOW, R.SUBSEGMENT, FILTERS) for _ in range(4)])
        self.rhythm_nets = nn.ModuleList([Rhythm() for _ in range(4)])
        self.attn = R.KnowledgeAttn(RHYTHM, 2)
        self.fc = nn.Linear(RHYTHM, 2)
        self.labels = nn.Linear(RHYTHM, 4)

    def forward(self, x, k_beats, k_rhythms, k_freq):
        q = [self.rhythm_nets[c](self.beat_nets[c](x[c], k_beats[c])[0], k_rhythms[c])[0] for c in range(4)]
        out, gamma = self.attn(torch.stack(q, 1), k_freq.permute(1, 0, 2))
        return self.fc(out), self.labels(out), gamma


def signal(channel, row):
    i = np.arange(R.WINDOW)
    t = i / R.FS
    return (np.sin(2 * np.pi * (0.7 + 1.3 * channel + 0.21 * row) * t + row)
            + 0.5 * np.sin(2 * np.pi * (11 + 7 * channel - row) * t * (1 + 0.01 * t))
            + ((i * (17 + row)) % 211 / 211 - 0.5) * 0.3)


def weight(index, name, shape):
    i = np.arange(int(np.prod(shape)))
    return ((1.0 if 'att_' in name else 0.4) * np.sin(1.7 * i + 0.3 * (i % 7) + index)).reshape(shape)


x = np.stack([np.stack([signal(c, b) for b in range(BATCH)]) for c in range(4)])
knowledge = [np.stack([f(x[c]) for c in range(4)]) for f in (R.k_beat, R.k_rhythm, R.k_freq)]
net = Network().eval()
state = net.state_dict()
net.load_state_dict({n: torch.tensor(weight(i, n, tuple(state[n].shape)), dtype=torch.float32)
                     for i, n in enumerate(sorted(state))})
logits, labels, gamma = net(*[torch.tensor(a, dtype=torch.float32) for a in [x] + knowledge])
q = torch.tensor(TARGETS)
log = torch.log_softmax(logits, 1)
loss = -(q * log[:, 1] + (1 - q) * log[:, 0]).mean() - LABEL_WEIGHT * (torch.tensor(LABELS) * torch.log_softmax(labels, 1)).sum(1).mean()
loss.backward()

out = {'logits': logits, 'labels': labels, 'gamma': gamma, 'loss': loss.reshape(1)}
for name, parameter in net.named_parameters():
    out['grad.' + name] = parameter.grad
head, blobs, at = {}, [], 0
for name, value in out.items():
    b = value.detach().numpy().astype('<f4').tobytes()
    head[name] = {'dtype': 'F32', 'shape': list(value.shape), 'data_offsets': [at, at + len(b)]}
    blobs.append(b)
    at += len(b)
header = json.dumps(head).encode()
header += b' ' * (-len(header) % 8)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'freqnet_labels.safetensors'), 'wb') as f:
    f.write(struct.pack('<Q', len(header)) + header + b''.join(blobs))
print(logits, labels, loss.item(), sum(p.numel() for p in net.parameters()))
