"""Segments and weights by formula, and the files of results: what make_freqnet.py and make_labels.py share. Import it after mina_reference."""
import json, os, struct
import numpy as np
import torch
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


def segments():
    """x, k_beat, k_rhythm and k_freq of BATCH segments, channels first."""
    x = np.stack([np.stack([signal(c, b) for b in range(BATCH)]) for c in range(4)])
    knowledge = [np.stack([f(x[c]) for c in range(4)]) for f in (R.k_beat, R.k_rhythm, R.k_freq)]
    return [torch.tensor(a, dtype=torch.float32) for a in [x] + knowledge]


def give_weights(net):
    state = net.state_dict()
    net.load_state_dict({n: torch.tensor(weight(i, n, tuple(state[n].shape)), dtype=torch.float32)
                         for i, n in enumerate(sorted(state))})


def save(name, out, net):
    """Writes results, and the gradient of each parameter, as safetensors beside this file."""
    for parameter_name, parameter in net.named_parameters():
        out['grad.' + parameter_name] = parameter.grad
    head, blobs, at = {}, [], 0
    for key, value in out.items():
        b = value.detach().numpy().astype('<f4').tobytes()
        head[key] = {'dtype': 'F32', 'shape': list(value.shape), 'data_offsets': [at, at + len(b)]}
        blobs.append(b)
        at += len(b)
    header = json.dumps(head).encode()
    header += b' ' * (-len(header) % 8)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), 'wb') as f:
        f.write(struct.pack('<Q', len(header)) + header + b''.join(blobs))
