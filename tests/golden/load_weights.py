"""Loads weights that Mina wrote into PyTorch's FreqNet by load_state_dict (strict), runs it, and writes what it says.

    python3 load_weights.py FOLDER_OF_MINA_REFERENCE weights.safetensors inputs.safetensors output.safetensors
"""
import json, struct, sys
import numpy as np
import torch

sys.path.insert(0, sys.argv[1])
import mina_reference as R


def read(path):
    """The safetensors format in six lines: header length, JSON header, raw numbers."""
    with open(path, 'rb') as f:
        data = f.read()
    n = struct.unpack('<Q', data[:8])[0]
    head = json.loads(data[8:8 + n])
    types = {'F32': '<f4', 'F64': '<f8', 'I64': '<i8'}
    return {k: np.frombuffer(data[8 + n:], types[v['dtype']], count=int(np.prod(v['shape'], dtype=np.int64)),
                             offset=v['data_offsets'][0]).reshape(v['shape'])
            for k, v in head.items() if k != '__metadata__'}


net = R.FreqNet().eval()
net.load_state_dict({k: torch.tensor(v) for k, v in read(sys.argv[2]).items()})
inputs = read(sys.argv[3])
with torch.no_grad():
    p, gamma = net(*[torch.tensor(inputs[k]) for k in ('x', 'k_beat', 'k_rhythm', 'k_freq')])
head, blob = {}, b''
for name, value in (('p', p), ('gamma', gamma)):
    b = value.numpy().astype('<f4').tobytes()
    head[name] = {'dtype': 'F32', 'shape': list(value.shape), 'data_offsets': [len(blob), len(blob) + len(b)]}
    blob += b
header = json.dumps(head).encode()
with open(sys.argv[4], 'wb') as f:
    f.write(struct.pack('<Q', len(header)) + header + blob)
