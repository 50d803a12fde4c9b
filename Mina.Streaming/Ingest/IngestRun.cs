using System.Diagnostics;
using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Ingest;

/// <summary>The serial part of an ingest: writes the prepared recordings in order and counts them. One thread at a time may use it.</summary>
internal sealed class IngestRun(
    ShardDirectory directory, IngestOptions options, SegmentsPool pool, IProgress<IngestProgress>? progress, int? total) : IDisposable
{
    private readonly ShardSetWriter _writer = new(directory, options.Threads);
    private readonly List<Rejection> _rejections = [];
    private readonly int _before = directory.Shards.Count;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private int _written;
    private long _windows;
    private long _bytesRead;
    private volatile Exception? _failure;
    private Preprocessor? _rest;

    /// <summary>The failure that stopped the writing; null as long as there was none.</summary>
    public Exception? Failure => _failure;

    /// <summary>Writes one recording. After a failure it only returns the recording's buffer to the pool.</summary>
    public void Take(PreparedRecording prepared, int skipped)
    {
        try
        {
            if (_failure is not null)
                return;
            _bytesRead += prepared.Bytes;
            if (prepared.Rejection is { } rejection)
            {
                _rejections.Add(rejection);
            }
            else
            {
                Write(prepared, prepared.Rows!);
                _written++;
            }

            progress?.Report(Snapshot(skipped));
        }
        catch (Exception e)
        {
            _failure = e;
        }
        finally
        {
            if (prepared.Rows is { } rows)
                pool.Return(rows);
        }
    }

    /// <summary>The suffix to the id of a recording with windows of both classes, for those that are not AF.</summary>
    private const string NotAFPart = "#not-af";

    // A long recording comes in pieces: the first was cut in parallel, the others are cut here.
    private void Write(PreparedRecording prepared, Segments rows)
    {
        do
        {
            var isWhole = rows.Remaining is null;
            var label = rows.Label ?? prepared.Label;
            var isOther = prepared.IsOfBothClasses && label != Label.AF;
            var ends = isWhole || (isOther && rows.Remaining!.NextLabel == Label.AF);
            // Both parts lie in one shard, so that a run that is stopped between them does the recording again as a whole.
            _writer.Write(isOther ? prepared.Id + NotAFPart : prepared.Id, label, prepared.Split, rows, last: ends, mayClose: isWhole);
            _windows += rows.Count;
        }
        while (rows.Remaining is not null && (_rest ??= new Preprocessor(options.Settings.Preprocess)).Continue(rows, options.WindowsAtOnce));
    }

    /// <summary>Finishes the open shards.</summary>
    public void CloseShards()
    {
        try
        {
            if (_failure is null)
                _writer.CloseAll();
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }

    /// <summary>Ends the run: finishes or discards the open shards and writes the list of rejections.</summary>
    /// <exception cref="IOException">The disk is full or cannot be written to.</exception>
    public IngestSummary End(Arrivals arrivals, bool stopped)
    {
        var discard = stopped && !options.Watch;
        var discarded = discard ? _writer.OpenRecordings : 0;
        string? rejectionFile = null;
        if (!discard)
        {
            _writer.CloseAll();
            rejectionFile = RejectionLog.Write(directory.Files, directory.Path, _rejections);
        }

        var last = Snapshot(arrivals.Skipped);
        progress?.Report(last);
        return new IngestSummary
        {
            Output = directory.Path,
            Shards = [.. directory.Shards],
            Added = directory.Shards.Count - _before,
            Progress = last,
            Rejections = _rejections,
            Stopped = stopped,
            Discarded = discarded,
            NeverFound = stopped ? [] : NeverFound(arrivals),
            Elapsed = _time.Elapsed,
            RejectionFile = rejectionFile,
        };
    }

    /// <summary>Discards the open shards.</summary>
    public void Dispose() => _writer.Dispose();

    private IngestProgress Snapshot(int skipped) => new(
        skipped + _written + _rejections.Count, total, skipped, _rejections.Count, _windows, _bytesRead, _writer.Bytes);

    private List<string> NeverFound(Arrivals arrivals)
    {
        var found = arrivals.Ids.SelectMany(id => new[] { id, id[(id.LastIndexOf('/') + 1)..] }).ToHashSet(StringComparer.Ordinal);
        return (options.LabelledIds ?? []).Where(id => !found.Contains(id)).Order(StringComparer.Ordinal).ToList();
    }
}
