namespace Mina.Streaming.Log;

/// <summary>What could not be read when a log was opened.</summary>
internal sealed class LogDamage
{
    private const int MaxNames = 3;

    private readonly List<string> _parts = [];
    private readonly SortedSet<string> _streams = new(StringComparer.Ordinal);
    private int _chunks;
    private int _commits;

    /// <summary>Whether anything was damaged.</summary>
    public bool IsAny => _parts.Count > 0 || _chunks > 0 || _commits > 0 || WithoutSnapshot.Count > 0;

    /// <summary>Streams whose snapshot was lost; what is kept of them is read from its beginning.</summary>
    public HashSet<string> WithoutSnapshot { get; } = [];

    /// <summary>Something of its own kind: a clause of the sentence.</summary>
    public void Add(string clause) => _parts.Add(clause);

    /// <summary>Forgets the chunks and snapshots, which are counted again; clauses stay.</summary>
    public void Clear()
    {
        _streams.Clear();
        WithoutSnapshot.Clear();
        (_chunks, _commits) = (0, 0);
    }

    /// <summary>Some chunks cannot be read, or come after one that cannot.</summary>
    public void AddChunks(string stream, int count = 1)
    {
        _ = _streams.Add(stream);
        _chunks += count;
    }

    /// <summary>A commit cannot be read, nor whose chunks it had.</summary>
    public void AddCommit() => _commits++;

    /// <summary>A snapshot cannot be read.</summary>
    public void AddSnapshot(string stream) => _ = WithoutSnapshot.Add(stream);

    /// <summary>All of it in one sentence, or null.</summary>
    public string? ToSentence(string path)
    {
        var parts = new List<string>(_parts);
        if (WithoutSnapshot.Count > 0)
            parts.Add($"the state of {Names(WithoutSnapshot)} was lost, and is made again from what is kept of the signal");
        if (_commits > 0)
            parts.Add($"{_commits} {(_commits == 1 ? "commit" : "commits")} cannot be read at all");
        if (_chunks > 0)
            parts.Add($"{_chunks} {(_chunks == 1 ? "chunk" : "chunks")} of {Names(_streams)} cannot be read or come after one that cannot, and are left out");
        return parts.Count == 0 ? null : $"The log {path} is damaged: {string.Join("; ", parts)}.";
    }

    private static string Names(IReadOnlyCollection<string> streams) =>
        $"{streams.Count} {(streams.Count == 1 ? "stream" : "streams")} ({string.Join(", ", streams.Order(StringComparer.Ordinal).Take(MaxNames))}"
        + $"{(streams.Count > MaxNames ? ", ..." : "")})";
}
