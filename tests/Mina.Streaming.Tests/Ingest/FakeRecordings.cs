using Mina.Preprocess;
using Mina.Streaming.Ingest;
using Mina.Streaming.Recordings;
using Mina.Streaming.Shards;
using Mina.Streaming.Tests.Shards;

namespace Mina.Streaming.Tests.Ingest;

/// <summary>A recording that is made up: the test says beforehand what reading and segmenting it gives.</summary>
internal sealed class FakeEntry(string id, int windows) : RecordingEntry
{
    public override string Id => id;

    public override string Location { get; } = $"raw/{id}.hea";

    public override long Bytes => 1000;

    public string? Group { get; init; }

    public Label? OwnLabel { get; init; }

    /// <summary>Called before reading.</summary>
    public Action? OnRead { get; init; }

    public override ReadOutcome Read(ReadOptions options)
    {
        OnRead?.Invoke();
        if (windows < 0)
            return new Rejection(id, RejectionReason.UnreadableHeader, $"{Location}: made to fail.");
        return new Recording(id, Shapes.Fs, new float[windows]) { Group = Group, Label = OwnLabel };
    }
}

internal static class FakeRecordings
{
    /// <summary>Entries r0, r1, ... of 0 (rejected: too short) to 23 windows.</summary>
    public static List<RecordingEntry> Many(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new FakeEntry($"r{i}", i % 11 == 5 ? -1 : i * 7 % 24))];

    /// <summary>One window a sample; no samples: too short.</summary>
    public static Segmenter Segmenter() => (recording, rows) =>
    {
        rows.Resize(0);
        if (recording.Samples.Length == 0)
            return new Rejection(recording.Id, RejectionReason.TooShort, $"{recording.Id}: too \"short\", really");
        TestRows.Fill(rows, recording.Id, recording.Samples.Length);
        return null;
    };

    public static Label? LabelOf(string id) => (Label)(id.Length > 1 ? id[^1] % 4 : 0);

    public static IngestOptions Options(string output, int threads = 2) => new(output)
    {
        Settings = new ShardSettings { RowsPerShard = 40 },
        LabelOf = LabelOf,
        Segmenter = Segmenter,
        Threads = threads,
    };
}
