using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary>
/// Turns recordings into shards. The source is pulled, a bounded number of recordings is read and preprocessed in parallel, and the results
/// are put back into the source's order and handed to the writer. The writer blocks, so the source waits for it. The same source and settings
/// give the same bytes for any number of threads and however often the run was interrupted.
/// </summary>
public static class IngestPipeline
{
    /// <summary>Runs an ingest to the end of its source, or until it is stopped.</summary>
    /// <param name="source">
    /// The recordings, in an order that is the same each time. A watched source ends when <paramref name="stop"/> is cancelled.
    /// </param>
    /// <param name="options">The options.</param>
    /// <param name="progress">Receives a report after each recording, on the thread that writes, and must return quickly.</param>
    /// <param name="stop">
    /// Stops after the recordings in flight. Shards that are not full are discarded or, in a watch, finished. The task then ends with a summary
    /// that says so; it does not end as cancelled.
    /// </param>
    /// <returns>What the run took and rejected.</returns>
    /// <exception cref="ProblemException">
    /// The output is damaged, in use or holds shards of other settings; the disk is full or cannot be written to; or the source fails.
    /// </exception>
    public static async Task<IngestSummary> RunAsync(
        IEnumerable<RecordingEntry> source, IngestOptions options, IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        using var directory = Open(options);
        var finished = directory.Shards.SelectMany(shard => shard.Recordings).ToHashSet(StringComparer.Ordinal);
        int? total = !options.Watch && source.TryGetNonEnumeratedCount(out var count) ? count : null;
        var pool = new SegmentsPool();
        using var run = new IngestRun(directory, options, pool, progress, total);
        var arrivals = new Arrivals(source, finished, () => stop.IsCancellationRequested || run.Failure is not null);
        var preparation = new RecordingPreparer(options, pool);
        var prepared = arrivals.Pull().SelectOrdered(
            options.Segmenter ?? (() => Segmenter(options)),
            preparation.Prepare,
            options.Threads,
            Math.Max(options.Threads, options.InFlight ?? (options.Threads + 2)));
        try
        {
            // After a failure the source ends and the recordings in flight run through, so that all threads have ended when the await returns.
            await Steps(prepared, options)
                .Do(step => Apply(step, run, arrivals))
                .LastOrDefaultAsync()
                .ToTask(CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw IngestProblem.Finding(e);
        }

        try
        {
            if (run.Failure is { } failure)
                throw failure;
            return run.End(arrivals, stop.IsCancellationRequested);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw IngestProblem.Writing(directory.Path, e);
        }
    }

    private static Segmenter Segmenter(IngestOptions options)
    {
        var preprocessor = new Preprocessor(options.Settings.Preprocess);
        return (recording, rows) => preprocessor.Run(recording, rows, options.WindowsAtOnce);
    }

    private static ShardDirectory Open(IngestOptions options)
    {
        try
        {
            return ShardDirectory.Open(options.Output, options.Settings, options.Files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw IngestProblem.Opening(Path.GetFullPath(options.Output), e);
        }
    }

    // A null says that no recording has come for a while. Throttle comes first, so that its clock starts again before a recording is written.
    // Merge lets one step through at a time, whichever thread it comes from.
    private static IObservable<PreparedRecording?> Steps(IObservable<PreparedRecording> prepared, IngestOptions options) => options.Watch
        ? prepared.Publish(results => results
            .Throttle(options.Idle, options.Scheduler ?? Scheduler.Default)
            .Select(PreparedRecording? (_) => null)
            .Merge(results))
        : prepared;

    private static void Apply(PreparedRecording? step, IngestRun run, Arrivals arrivals)
    {
        if (step is null)
            run.CloseShards();
        else
            run.Take(step, arrivals.Skipped);
    }
}
