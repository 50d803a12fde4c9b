using Mina.Preprocess;

namespace Mina.Streaming.Simulation;

/// <summary>How far <c>mina simulate</c> has come.</summary>
/// <param name="Done">The number of recordings written so far.</param>
/// <param name="Count">The number of recordings to write.</param>
/// <param name="Bytes">The number of bytes written so far.</param>
public readonly record struct SimulationProgress(int Done, int Count, long Bytes);

/// <summary>What <c>mina simulate</c> wrote.</summary>
/// <param name="Recordings">The number of recordings of each label.</param>
/// <param name="Seconds">The total length of the recordings, in seconds.</param>
/// <param name="Bytes">The number of bytes written, without the label file.</param>
/// <param name="Labels">The path of the label file.</param>
public sealed record SimulationSummary(IReadOnlyDictionary<Label, int> Recordings, double Seconds, long Bytes, string Labels);

/// <summary>Writes a folder of simulated recordings: <c>mina simulate</c>.</summary>
public static class SimulationFolder
{
    /// <summary>
    /// Writes <see cref="SimulationOptions.Count"/> recordings and a <c>REFERENCE.csv</c>, one recording in memory at a time. Running it again with the same
    /// options writes the same bytes.
    /// </summary>
    /// <param name="folder">The folder, which is created if it is missing and may hold nothing but an earlier run's files of these names.</param>
    /// <param name="options">What to make.</param>
    /// <param name="progress">Receives a report after each recording.</param>
    /// <param name="cancel">Stops the work between two recordings; the recordings written by then are complete, but their labels are not written.</param>
    /// <exception cref="ProblemException">An option is out of range, or the folder holds other recordings or cannot be written to.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public static SimulationSummary Write(
        string folder, SimulationOptions options, IProgress<SimulationProgress>? progress = null, CancellationToken cancel = default)
    {
        options.Validate();
        try
        {
            Directory.CreateDirectory(folder);
            RefuseOthers(folder, options);
            var labels = Simulator.LabelsOf(options);
            var named = new List<(string, Label)>(labels.Count);
            var counts = Enum.GetValues<Label>().ToDictionary(l => l, _ => 0);
            var seconds = 0.0;
            long bytes = 0;
            for (var i = 0; i < labels.Count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                var recording = Simulator.Make(options, i, labels[i]);
                bytes += WfdbWriter.Write(folder, recording, $"simulated by Mina, seed {options.Seed}, index {i}; no person's recording");
                named.Add((recording.Id, recording.Label));
                counts[recording.Label]++;
                seconds += recording.Samples.Length / recording.Fs;
                progress?.Report(new SimulationProgress(i + 1, labels.Count, bytes));
            }

            var reference = Path.Combine(folder, "REFERENCE.csv");
            WfdbWriter.WriteLabels(reference, named);
            return new SimulationSummary(counts, seconds, bytes, reference);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{folder} cannot be written to ({e.Message.TrimEnd('.')}): give another --out", e);
        }
    }

    private static void RefuseOthers(string folder, SimulationOptions options)
    {
        var ours = Enumerable.Range(1, options.Count).Select(i => $"{options.Prefix}{i:00000}").ToHashSet(StringComparer.Ordinal);
        var other = Directory.EnumerateFiles(folder, "*.hea").Select(Path.GetFileNameWithoutExtension).FirstOrDefault(id => !ours.Contains(id!));
        if (other is not null)
            throw new ProblemException($"{folder} holds other recordings already ({other}): give an empty folder as --out");
    }
}
