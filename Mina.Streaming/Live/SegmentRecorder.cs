using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Live;

/// <summary>
/// Writes every segment of every stream to shards, without labels: an hour of a stream is a recording, STREAM-YYYYMMDDTHH, and starts count
/// from that hour. Segments of one call share a row group; a shard is finished when it is full, and at the end.
/// </summary>
/// <remarks>To be used by one thread at a time. Shards that were not finished when the process died are lost, as in an ingest.</remarks>
public sealed class SegmentRecorder : IDisposable
{
    private readonly ShardDirectory _directory;
    private readonly ShardSetWriter _writer;
    private readonly Segments _row = new();

    /// <summary>Opens the directory, or creates it.</summary>
    /// <exception cref="ProblemException">The directory holds shards of other settings, or another process is writing to it.</exception>
    public SegmentRecorder(string directory, PreprocessSettings settings)
    {
        _directory = ShardDirectory.Open(directory, new ShardSettings { Preprocess = settings });
        _writer = new ShardSetWriter(_directory);
        _row.Resize(1);
    }

    /// <summary>Writes the windows that have a segment.</summary>
    public void Write(IReadOnlyList<LiveWindow> windows)
    {
        foreach (var window in windows)
        {
            if (window.Rows is not { } rows)
                continue;
            var hour = new DateTimeOffset(window.Start.Ticks - (window.Start.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero);
            rows.X.AsSpan(0, Shapes.XLength).CopyTo(_row.X);
            rows.KBeat.AsSpan(0, Shapes.XLength).CopyTo(_row.KBeat);
            rows.KRhythm.AsSpan(0, Shapes.RhythmLength).CopyTo(_row.KRhythm);
            rows.KFreq.AsSpan(0, Shapes.Channels).CopyTo(_row.KFreq);
            _row.Start[0] = (int)Math.Round((window.Start - hour).TotalSeconds * Shapes.Fs);
            var id = FormattableString.Invariant($"{window.Stream}-{hour:yyyyMMdd'T'HH}");
            _writer.Write(id, null, Splits.Assign(_directory.Settings.Seed, id, window.Stream, _directory.Settings.Ratios), _row);
        }
    }

    /// <summary>Finishes the open shards.</summary>
    public void Dispose()
    {
        _writer.CloseAll();
        _writer.Dispose();
        _directory.Dispose();
    }
}
