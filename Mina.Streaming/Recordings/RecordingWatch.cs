using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Labels;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings;

/// <summary>
/// Lists a folder again and again, for <c>ingest --watch</c>: each <see cref="Poll"/> gives what is new and complete. It has no clock: the
/// caller says when to look.
/// </summary>
/// <remarks>
/// A recording whose header tells the size of its files is complete when they are there and have it. What does not tell its size
/// (CSV, a header without length, a zip) is complete when it did not change from one poll to the next. What stays incomplete and
/// unchanged for <c>patience</c> polls is given too, so that it is rejected by name rather than waited for forever.
/// A recording is given once, whatever happens to its files later.
/// </remarks>
public sealed class RecordingWatch : IDisposable
{
    private readonly SourceTree _tree;
    private readonly RecordingFormats _formats;
    private readonly int _patience;
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _zips = new(StringComparer.Ordinal);
    private Dictionary<string, (long Stamp, int Unchanged)> _pending = new(StringComparer.Ordinal);

    /// <summary>Watches a folder, which may be empty yet.</summary>
    /// <param name="path">The folder (or a file, which is then given once).</param>
    /// <param name="exclude">Files that are no recordings.</param>
    /// <param name="patience">Polls to wait for what a recording lacks, &gt;= 1.</param>
    /// <param name="formats">The formats that recordings may have; null: <see cref="RecordingFormats.All"/>.</param>
    /// <exception cref="ProblemException">There is nothing at this path.</exception>
    public RecordingWatch(string path, IEnumerable<string>? exclude = null, int patience = 5, RecordingFormats? formats = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        _formats = formats ?? RecordingFormats.All;
        _tree = new SourceTree(path, exclude ?? [], _formats);
        _patience = patience;
    }

    /// <summary>Recordings found but not complete yet, after the last poll.</summary>
    public int Waiting => _pending.Count;

    /// <summary>What is new and complete since the last poll, sorted by id, then location.</summary>
    public IReadOnlyList<RecordingEntry> Poll()
    {
        var ready = new List<RecordingEntry>();
        var still = new Dictionary<string, (long, int)>(StringComparer.Ordinal);
        List<RecordingEntry> entries;
        try
        {
            entries = _tree.Entries(IsSettled);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // The folder changed while it was listed, or is away for a moment: the next poll lists it.
        }

        foreach (var entry in entries)
        {
            if (!_given.Contains(entry.Location) && IsReady(entry, still)) ready.Add(entry);
        }

        _pending = still;
        foreach (var entry in ready) _given.Add(entry.Location);
        return ready;
    }

    /// <summary>The labels that lie with the recordings now; null when there are none.</summary>
    /// <exception cref="ProblemException">The label file has a bad line.</exception>
    public LabelTable? FindLabels() => LabelTable.FindIn(_tree, _formats);

    /// <inheritdoc/>
    public void Dispose() => _tree.Dispose();

    private bool IsReady(RecordingEntry entry, Dictionary<string, (long Stamp, int Unchanged)> still)
    {
        var complete = entry is FormatEntry recording ? recording.IsComplete() : false;
        if (complete == true) return true;
        var stamp = (entry as FormatEntry)?.Stamp() ?? entry.Bytes;
        var unchanged = _pending.TryGetValue(entry.Location, out var before) && before.Stamp == stamp ? before.Unchanged + 1 : 0;
        if (unchanged >= (complete is null ? 1 : _patience)) return true;
        still[entry.Location] = (stamp, unchanged);
        return false;
    }

    private bool IsSettled(string location, SourceFile zip)
    {
        var stamp = HashCode.Combine(zip.Bytes, zip.Stamp);
        var same = _zips.TryGetValue(location, out var before) && before == stamp;
        _zips[location] = stamp;
        return same;
    }
}
