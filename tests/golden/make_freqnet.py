"""Makes freqnet_formula.safetensors: what PyTorch's FreqNet gives for made-up segments and made-up weights. See README.md.

    python3 tests/golden/make_freqnet.py FOLDER_OF_MINA_REFERENCE

Inputs and weights are formulas in float64, which the tests compute again (FormulaGolden.fs): only the results are stored.
"""
import json, os, struct, sys
import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
import mina_reference as R

BATCH = 3


def signal(channel, row):
    i = np.arange(R.WINDOW)
    t = i / R.FS
    return (np.sin(2 * np.pi * (0.7 + 1.3 * channel + 0.21 * row) * t + row)
            + 0.5 * np.sin(2 * np.pi * (11 + 7 * channel - row) * t * (1 + 0.01 * t))
            + ((i * (17 + row)) % 211 / 211 - 0.5) * 0.3)


def weight(index, name, shape):
    """Attention weights up to 1, the others up to 0.4, no two alike."""
    i = np.arange(int(np.prod(shape)))
    return ((1.0 if 'att_' in name else 0.4) * np.sin(1.7 * i + 0.3 * (i % 7) + index)).reshape(shape)


x = np.stack([np.stack([signal(c, b) for b in range(BATCH)]) for c in range(4)])
knowledge = [np.stack([f(x[c]) for c in range(4)]) for f in (R.k_beat, R.k_rhythm, R.k_freq)]
net = R.FreqNet().eval()
state = net.state_dict()
net.load_state_dict({n: torch.tensor(weight(i, n, tuple(state[n].shape)), dtype=torch.float32)
                     for i, n in enumerate(sorted(state))})
p, alphas, betas, gamma = net.explain(*[torch.tensor(a, dtype=torch.float32) for a in [x] + knowledge])
loss = torch.nn.functional.cross_entropy(p, torch.tensor([1, 0, 1]))
loss.backward()

out = {'p': p, 'gamma': gamma, 'loss': loss.reshape(1)}
for c in range(4):
    out[f'alpha.{c}'], out[f'beta.{c}'] = alphas[c], betas[c]
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
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'freqnet_formula.safetensors'), 'wb') as f:
    f.write(struct.pack('<Q', len(header)) + header + b''.join(blobs))
print('p', p.detach().numpy().round(4).tolist(), 'loss', loss.item(),
      'gradients up to', {n: float(g.abs().max()) for n, g in out.items() if n.startswith('grad.beat_nets.0') or n.startswith('grad.rhythm_nets.0')})
