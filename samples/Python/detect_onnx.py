"""Finds atrial fibrillation with the ONNX graphs that `mina export --onnx onnx` writes, without .NET.

    python3 detect_onnx.py onnx                # runs example.json, and checks each number against Mina's
    python3 detect_onnx.py onnx ecg.txt        # a recording: one sample a line, 300 a second, in mV or any other unit

Prints one CSV line a window. Needs NumPy and onnxruntime.
"""
import argparse
import json
import os
import sys

import numpy as np
import onnxruntime

FS, WINDOW, STRIDE = 300, 3000, 500
MINUTE, LONGEST = 60 * FS, 61 * FS
TOLERANCE = 1e-5


def load(folder, name):
    """A function that runs a graph: it takes inputs by name and gives outputs by name. None where the model has no such graph."""
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return None
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    outputs = [output.name for output in session.get_outputs()]
    return lambda **inputs: dict(zip(outputs, session.run(outputs, inputs)))


def classify(network, samples):
    """The start in samples and the probability of AF of each window, as Mina classifies files.

    A recording of up to 61 s is normalised as a whole. In a longer one each window is normalised by the 60 s that it ends.
    """
    samples = np.asarray(samples, dtype=np.float32)
    starts = np.arange(0, len(samples) - WINDOW + 1, STRIDE, dtype=np.int64)
    if len(samples) <= LONGEST:
        return starts, network(samples=samples, start=starts)["probability"]
    probabilities = []
    for end in starts + WINDOW:
        trailing = samples[max(0, end - MINUTE):end]
        last = np.array([len(trailing) - WINDOW], dtype=np.int64)
        probabilities.append(network(samples=trailing, start=last)["probability"][0])
    return starts, np.array(probabilities)


def numbers(values, dtype=np.float64):
    """A list of JSON as an array; null is NaN."""
    return np.array(values, dtype=object).astype(dtype)


def check(what, ours, theirs):
    worst = float(np.max(np.abs(numbers(ours) - numbers(theirs))))
    if not worst <= TOLERANCE:
        sys.exit(f"{what} differs from Mina's by {worst:.1e}")
    print(f"# {what}: {numbers(ours).size} numbers, at most {worst:.1e} from Mina's", file=sys.stderr)


def check_example(folder, network):
    """Runs each graph on the example, and returns the example's samples."""
    with open(os.path.join(folder, "example.json"), encoding="utf-8") as file:
        example = json.load(file)
    given = example["samples"]
    samples = numbers(given["samples"], np.float32)
    said = network(samples=samples, start=numbers(given["start"], np.int64))
    check("samples.onnx, probability", said["probability"], given["probability"])
    check("samples.onnx, frequency attention", said["frequency_attention"].ravel(), given["frequency_attention"])

    rhythm = load(folder, "rhythm.onnx")
    if rhythm is not None:
        given = example["rhythm"]
        names = ["minute", "window_knowledge", "window_probability", "start_seconds"]
        said = rhythm(judged=numbers(given["judged"], np.int64), **{name: numbers(given[name]) for name in names})
        check("rhythm.onnx, probability", said["probability"], given["probability"])

    recording = load(folder, "recording.onnx")
    if recording is not None:
        given = example["recording"]
        names = ["window_probability", "seconds", "rhythm"]
        said = recording(**{name: numbers(given[name]) for name in names})
        check("recording.onnx, probability", [said["probability"]], given["probability"])
    return samples


def read(path):
    try:
        return np.loadtxt(path, ndmin=1)
    except (OSError, ValueError) as problem:
        sys.exit(f"{path} cannot be read as one number a line: {problem}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graphs", help="the folder that mina export --onnx wrote")
    parser.add_argument("recording", nargs="?", help="a text file, one sample a line, 300 a second")
    arguments = parser.parse_args()

    network = load(arguments.graphs, "samples.onnx")
    if network is None:
        sys.exit(f"{arguments.graphs} holds no samples.onnx; 'mina export --onnx {arguments.graphs}' writes it.")
    samples = read(arguments.recording) if arguments.recording else check_example(arguments.graphs, network)
    if len(samples) < WINDOW or not np.all(np.isfinite(samples)):
        sys.exit("a recording needs 10 s of samples at 300 Hz or more, all of them numbers.")
    print("start_seconds,probability")
    for start, probability in zip(*classify(network, samples)):
        print(f"{start / FS:.3f},{probability:.6f}")


if __name__ == "__main__":
    main()
