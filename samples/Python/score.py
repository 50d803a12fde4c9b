"""Scores a split of shards that `mina ingest` wrote with a model of Mina, in PyTorch.

    python3 score.py shards --model data/models/mina --split test

Prints one CSV line a window, then the ROC-AUC. Needs PyTorch, NumPy, and either pyarrow or duckdb to read Parquet.
"""
import argparse
import glob
import os
import sys

import numpy as np
import torch

from freqnet import CHANNELS, load

COLUMNS = ["recording_id", "start", "class", "x", "k_beat", "k_rhythm", "k_freq"]


def batches_by_pyarrow(path, size):
    import pyarrow.parquet

    for batch in pyarrow.parquet.ParquetFile(path).iter_batches(size, columns=COLUMNS):
        rows = {name: batch.column(name) for name in COLUMNS}
        plain = [rows[name].to_pylist() for name in COLUMNS[:3]]
        yield plain + [rows[name].flatten().to_numpy().reshape(len(batch), CHANNELS, -1) for name in COLUMNS[3:]]


def batches_by_duckdb(path, size):
    import duckdb

    cursor = duckdb.connect().execute(f"select {', '.join(COLUMNS)} from read_parquet(?)", [path])
    while rows := cursor.fetchmany(size):
        columns = list(zip(*rows))
        yield [list(column) for column in columns[:3]] + [
            np.array(column, dtype=np.float32).reshape(len(rows), CHANNELS, -1) for column in columns[3:]
        ]


def batches(path, size=128):
    """Batches of a shard: recording_id, start, class, x, k_beat, k_rhythm, k_freq."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return batches_by_duckdb(path, size)
    return batches_by_pyarrow(path, size)


def roc_auc(scores, classes):
    """The share of pairs of an AF and another window in which AF has the higher score; ties count half."""
    scores, classes = np.asarray(scores), np.asarray(classes)
    values, index, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[index]
    af = int((classes == 1).sum())
    others = len(classes) - af
    return (ranks[classes == 1].sum() - af * (af + 1) / 2) / (af * others) if af and others else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shards", help="the folder that mina ingest wrote")
    parser.add_argument("--model", default="data/models/mina", help="a folder with model.safetensors and model.json")
    parser.add_argument("--split", default="test", choices=["train", "validation", "test"])
    arguments = parser.parse_args()

    paths = sorted(glob.glob(os.path.join(arguments.shards, f"split={arguments.split}", "*.parquet")))
    if not paths:
        sys.exit(f"{arguments.shards} holds no shard of the split {arguments.split}; 'mina ingest' writes them.")
    network, temperature = load(arguments.model)
    scores, classes = [], []
    print("recording_id,start,class,probability")
    for path in paths:
        for recordings, starts, labels, x, k_beat, k_rhythm, k_freq in batches(path):
            segments = [torch.from_numpy(np.array(part)) for part in (x, k_beat, k_rhythm, k_freq[:, :, 0])]
            with torch.no_grad():
                logits, _ = network(*segments)
            probabilities = (logits / temperature).softmax(dim=1)[:, 1].tolist()
            for recording, start, label, probability in zip(recordings, starts, labels, probabilities):
                print(f"{recording},{start},{'' if label is None else label},{probability:.6f}")
                if label is not None:
                    scores.append(probability)
                    classes.append(label)
    print(f"# ROC-AUC {roc_auc(scores, classes):.4f} of {len(scores)} labelled windows", file=sys.stderr)


if __name__ == "__main__":
    main()
