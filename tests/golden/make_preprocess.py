"""Makes resample.json and fir.safetensors: numbers of SciPy that Mina.Preprocess is held to.

    python3 tests/golden/make_preprocess.py

Needs NumPy and SciPy. No recording goes in: the signals are whole numbers drawn with a fixed seed.
"""
import json
import math
import pathlib
import struct

import numpy as np
import scipy.signal

HERE = pathlib.Path(__file__).parent


def resample_cases():
    random = np.random.default_rng(20171)
    for fs in (360, 200, 250, 128, 500):
        up, down = 300 // math.gcd(300, fs), fs // math.gcd(300, fs)
        for n in (fs // 2, 7, 1):
            # A random walk, so that there is something at every frequency and the ends lie far from 0.
            x = (1000 + np.cumsum(random.integers(-90, 91, n))).astype(float)
            y = scipy.signal.resample_poly(x, up, down, padtype="edge")
            yield {"fs": fs, "up": up, "down": down, "x": x.astype(int).tolist(), "y": [round(v, 6) for v in y]}


def fir_bank():
    """low = firwin(901, 0.5), lp50 = firwin(101, 50) centred in 901; band = lp50 - low; high = delta - lp50."""
    low = scipy.signal.firwin(901, 0.5, fs=300)
    lp50 = np.zeros(901)
    lp50[400:501] = scipy.signal.firwin(101, 50.0, fs=300)
    delta = np.zeros(901)
    delta[450] = 1.0
    return {"low": low, "band": lp50 - low, "high": delta - lp50}


def save(path, tensors):
    header, at = {}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F64", "shape": list(values.shape), "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    data = b"".join(np.ascontiguousarray(values, dtype="<f8").tobytes() for values in tensors.values())
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


cases = ",\n".join(json.dumps(case, separators=(",", ":")) for case in resample_cases())
(HERE / "resample.json").write_text(f"[\n{cases}\n]\n")
save(HERE / "fir.safetensors", fir_bank())
