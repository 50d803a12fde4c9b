"""MINA's network in PyTorch, with the parameter names under which Mina stores its weights.

Shapes: a batch of B segments has x and k_beat (B, 4, 3000), k_rhythm (B, 4, 60) and k_freq (B, 4), the columns of a shard.
Needs PyTorch and NumPy.
"""
import json
import struct

import numpy as np
import torch
from torch import nn

CHANNELS, SAMPLES, SUBSEGMENT = 4, 3000, 50


class KnowledgeAttn(nn.Module):
    """Attention over a sequence, guided by one number of knowledge at each position (equation 5 of the paper)."""

    def __init__(self, features, width):
        super().__init__()
        self.att_W = nn.Linear(features + 1, width, bias=False)
        self.att_v = nn.Linear(width, 1, bias=False)

    def forward(self, sequence, knowledge):
        scores = self.att_v(torch.tanh(self.att_W(torch.cat([sequence, knowledge], dim=2))))
        weights = scores.softmax(dim=1)
        return (weights * sequence).sum(dim=1), weights


class BeatNet(nn.Module):
    """One channel's samples (B, 3000) to 64 features for each of its 60 sub-segments."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 64, kernel_size=32, stride=2)
        self.conv_k = nn.Conv1d(1, 1, kernel_size=32, stride=2)
        self.attn = KnowledgeAttn(64, 8)

    def forward(self, x, k):
        def features(layer, signal):
            return layer(signal.reshape(-1, 1, SUBSEGMENT)).relu().transpose(1, 2)

        beats, alpha = self.attn(features(self.conv, x), features(self.conv_k, k))
        return beats.reshape(len(x), -1, 64), alpha


class RhythmNet(nn.Module):
    """The 60 sub-segments of one channel to 8 features."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(64, 32, batch_first=True, bidirectional=True)
        self.attn = KnowledgeAttn(64, 8)
        self.fc = nn.Linear(64, 8)
        self.do = nn.Dropout(0.5)

    def forward(self, beats, k):
        states, _ = self.lstm(beats)
        rhythm, beta = self.attn(states, k.unsqueeze(2))
        return self.do(self.fc(rhythm).relu()), beta


class FreqNet(nn.Module):
    """The whole network: 115,274 parameters. Gives logits (B, 2), not AF and AF, and the three attentions."""

    def __init__(self):
        super().__init__()
        self.beat_nets = nn.ModuleList([BeatNet() for _ in range(CHANNELS)])
        self.rhythm_nets = nn.ModuleList([RhythmNet() for _ in range(CHANNELS)])
        self.attn = KnowledgeAttn(8, 2)
        self.fc = nn.Linear(8, 2)

    def forward(self, x, k_beat, k_rhythm, k_freq):
        rhythms, alphas, betas = [], [], []
        for channel, (beat_net, rhythm_net) in enumerate(zip(self.beat_nets, self.rhythm_nets)):
            beats, alpha = beat_net(x[:, channel], k_beat[:, channel])
            rhythm, beta = rhythm_net(beats, k_rhythm[:, channel])
            rhythms.append(rhythm)
            alphas.append(alpha)
            betas.append(beta)
        whole, gamma = self.attn(torch.stack(rhythms, dim=1), k_freq.unsqueeze(2))
        return self.fc(whole), (alphas, betas, gamma)


def read_safetensors(path):
    """Name to tensor. The format is the header's length, a JSON header, and the numbers."""
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        numbers = file.read()
    types = {"F32": np.float32, "F64": np.float64, "I64": np.int64}
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        values = np.frombuffer(numbers[begin:end], dtype=types[entry["dtype"]])
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors


def load(folder):
    """A trained model of Mina, ready to score, and the temperature that calibrates its logits."""
    network = FreqNet()
    network.load_state_dict(read_safetensors(f"{folder}/model.safetensors"))
    with open(f"{folder}/model.json", encoding="utf-8") as file:
        temperature = json.load(file).get("temperature") or 1.0
    return network.eval(), temperature
