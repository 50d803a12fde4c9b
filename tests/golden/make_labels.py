"""Makes freqnet_labels.safetensors: what PyTorch gives for a small network of the wide kind with a head for the four labels. See README.md.

    python3 tests/golden/make_labels.py FOLDER_OF_MINA_REFERENCE

Segments and weights are those of formula.py, so that only the results are stored.
"""
import sys
import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, sys.argv[1])
import mina_reference as R
import formula

FILTERS, HIDDEN, LAYERS, RHYTHM = 6, 4, 2, 3
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


net = Network().eval()
formula.give_weights(net)
logits, labels, gamma = net(*formula.segments())
q = torch.tensor(TARGETS)
log = torch.log_softmax(logits, 1)
loss = -(q * log[:, 1] + (1 - q) * log[:, 0]).mean() - LABEL_WEIGHT * (torch.tensor(LABELS) * torch.log_softmax(labels, 1)).sum(1).mean()
loss.backward()

out = {'logits': logits, 'labels': labels, 'gamma': gamma, 'loss': loss.reshape(1)}
formula.save('freqnet_labels.safetensors', out, net)
print(logits, labels, loss.item(), sum(p.numel() for p in net.parameters()))
