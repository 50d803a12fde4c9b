using System.Collections.Concurrent;
using System.Reactive.Linq;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary>
/// Recordings to shards: pulled, read and preprocessed side by side, put back into order, and handed to the writer, which
/// blocks. The shards' bytes depend on the recordings and the settings alone, not on threads or on how often it was stopped.
/// </summary>
public static class IngestPipeline
{
    /// <summary>Pulled recordings beyond those being worked on: enough that no worker waits for the writer's turn.</summary>
    private const int LookAhead = 2;

    /// <summary>
    /// Adds recordings to a directory of shards. Those that its manifest lists are passed over; the others are taken in the
    /// order given. When the source ends, shards that are open are finished.
    /// </summary>
    /// <param name="entries">Recordings, in an order that does not change between runs; a null asks to finish the shards that are open (a watched folder is quiet).</param>
    /// <param name="directory">Where to.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told after every recording, on the writer's thread.</param>
    /// <param name="stop">Ends the run after the recordings in flight; open shards are discarded, so that the next run ends with the same bytes as one that was never stopped, unless <see cref="IngestOptions.KeepOpenShards"/>.</param>
    /// <returns>What it came to, also when it was stopped.</returns>
    /// <exception cref="IOException">The disk refuses; what the manifest lists stays valid.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written to.</exception>
    public static async Task<IngestSummary> RunAsync(
        IEnumerable<RecordingEntry?> entries, ShardDirectory directory, IngestOptions options, Action<IngestProgress>? progress, CancellationToken stop)
    {
        var listed = directory.Shards.SelectMany(shard => shard.Recordings).ToHashSet(StringComparer.Ordinal);
        var workers = new Workers(directory.Settings.Preprocess);
        using var writer = new ShardSetWriter(directory);
        var run = new Run(directory, writer);
        await entries
            .TakeWhile(_ => !stop.IsCancellationRequested)
            .SelectOrdered(entry => Prepare(entry, listed, workers, options), options.Threads, options.Threads + LookAhead)
            .Do(prepared =>
            {
                using (prepared)
                    run.Take(prepared);
                progress?.Invoke(run.Progress);
            })
            .LastOrDefaultAsync();
        var discarded = stop.IsCancellationRequested && !options.KeepOpenShards ? writer.OpenRecordings : 0;
        if (discarded == 0)
            writer.CloseAll();
        RejectionFile.Write(directory.Files, directory.Path, run.Rejections);
        return new IngestSummary(run.Taken, run.AlreadyThere, run.Progress.Windows, run.Rejections, directory.Shards, discarded);
    }

    /// <summary>Any thread: all that can be done for a recording before its turn to be written.</summary>
    private static Prepared Prepare(RecordingEntry? entry, HashSet<string> listed, Workers workers, IngestOptions options)
    {
        if (entry is null)
            return Prepared.Quiet;
        if (listed.Contains(entry.Id))
            return new Prepared(entry, AlreadyThere: true);
        if (options.LabelOf(entry.Id) is not { } label)
            return new Prepared(entry, new Rejection(entry.Id, RejectionReason.NoLabel, $"{entry.Location}: no label names {entry.Id}; add it to the label file."));
        var worker = workers.Rent();
        try
        {
            var (recording, rejection) = entry.Read(options.Read);
            if (recording is not null)
            {
                recording = recording with { Label = label, Group = options.GroupOf(entry.Id) ?? recording.Group };
                rejection = worker.Preprocessor.Run(recording, worker.Rows);
            }

            return rejection is null ? new Prepared(entry, Recording: recording, Rent: worker) : Refused(rejection);
        }
        catch (Exception e)
        {
            // One recording never ends the run, whatever its file does to a reader.
            return Refused(new Rejection(entry.Id, RejectionReason.UnreadableSignal, $"{entry.Location} cannot be read: {e.Message}"));
        }

        Prepared Refused(Rejection rejection)
        {
            workers.Return(worker);
            return new Prepared(entry, rejection);
        }
    }

    /// <summary>A recording before its turn. Disposing gives its buffers back.</summary>
    private sealed record Prepared(RecordingEntry? Entry, Rejection? Rejection = null, bool AlreadyThere = false, Recording? Recording = null, Worker? Rent = null) : IDisposable
    {
        public static Prepared Quiet { get; } = new(Entry: null);

        public void Dispose() => Rent?.Home.Return(Rent);
    }

    /// <summary>The writer's side, in the recordings' order.</summary>
    private sealed class Run(ShardDirectory directory, ShardSetWriter writer)
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private readonly List<Rejection> _rejections = [];
        private int _done;
        private long _bytesRead;
        private long _windows;

        public int Taken { get; private set; }

        public int AlreadyThere { get; private set; }

        public IReadOnlyList<Rejection> Rejections => _rejections;

        public IngestProgress Progress => new(_done, _windows, _bytesRead, writer.Bytes, _rejections.Count);

        public void Take(Prepared prepared)
        {
            if (prepared.Entry is not { } entry)
            {
                writer.CloseAll();
                return;
            }

            _done++;
            _bytesRead += entry.Bytes;
            if (prepared.Rejection is { } rejection)
            {
                _rejections.Add(rejection);
            }
            else if (!_seen.Add(entry.Id))
            {
                _rejections.Add(new Rejection(entry.Id, RejectionReason.DuplicateId, $"{entry.Location}: another recording is called {entry.Id} too and was taken; rename one of them."));
            }
            else if (prepared.AlreadyThere)
            {
                AlreadyThere++;
            }
            else
            {
                var (recording, rows) = (prepared.Recording!, prepared.Rent!.Rows);
                var split = Splits.Of(directory.Settings.Seed, recording.Id, recording.Group, directory.Settings.Ratios);
                writer.Write(recording.Id, recording.Label, split, rows);
                _windows += rows.Count;
                Taken++;
            }
        }
    }

    private sealed record Worker(Preprocessor Preprocessor, SegmentRows Rows, Workers Home);

    /// <summary>As many preprocessors and buffers as are in flight at once, used again and again.</summary>
    private sealed class Workers(PreprocessSettings settings)
    {
        private readonly ConcurrentBag<Worker> _idle = [];

        public Worker Rent() => _idle.TryTake(out var worker) ? worker : new Worker(new Preprocessor(settings), new SegmentRows(), this);

        public void Return(Worker worker) => _idle.Add(worker);
    }
}
