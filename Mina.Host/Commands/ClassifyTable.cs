using System.Globalization;
using Mina.Host.Classification;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings;

namespace Mina.Host.Commands;

/// <summary><c>mina classify DIR --table FILE</c>: thousands of recordings into one table, on all cores.</summary>
internal static class ClassifyTable
{
    /// <summary>Classifies every recording and writes the table.</summary>
    /// <param name="paths">Recordings, folders or zips of them.</param>
    /// <param name="detector">The detector.</param>
    /// <param name="read">How the recordings are read.</param>
    /// <param name="table">The .csv or .parquet file.</param>
    /// <param name="stop">Ends it without a table.</param>
    public static async Task<int> RunAsync(string[] paths, Detector detector, ReadOptions read, string table, CancellationToken stop)
    {
        TableFile.RequireWritable(table);
        var rows = new List<RecordingRow>();
        foreach (var path in paths)
        {
            using var folder = RecordingFolder.Open(path);
            await ProgressView.RunAsync("classify", TimeProvider.System, report =>
            {
                // Rows stay in the order of the folder, whichever core is done first.
                var classified = folder.Entries.AsParallel().AsOrdered().WithDegreeOfParallelism(Environment.ProcessorCount)
                    .WithMergeOptions(ParallelMergeOptions.NotBuffered).WithCancellation(stop).Select(entry => Classify(entry, detector, read));
                var (done, rejected) = (0, 0);
                foreach (var row in classified)
                {
                    rows.Add(row);
                    rejected += row.Rejection is null ? 0 : 1;
                    done++;
                    report(new ProgressState(
                        done,
                        folder.Entries.Count,
                        string.Create(CultureInfo.InvariantCulture, $"{done:N0}/{folder.Entries.Count:N0} recordings, {rejected:N0} rejected")));
                }

                return Task.FromResult(done);
            }).ConfigureAwait(false);
        }

        RecordingTable.Save(rows, table);
        var (of, af, not) = (rows.Count, rows.Count(row => row.Classified?.Finding == Finding.AF), rows.Count(row => row.Rejection is not null));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"table: {Path.GetFullPath(table)} ({of:N0} recordings: {af:N0} AF, {not:N0} rejected, each with its reason)"));
        return not == of ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static RecordingRow Classify(RecordingEntry entry, Detector detector, ReadOptions read) =>
        EntryClassifier.TryClassify(entry, detector, read, 1, out var classified, out var rejection)
            ? new RecordingRow(entry.Id, entry.Location, classified, null)
            : new RecordingRow(entry.Id, entry.Location, null, rejection);
}
