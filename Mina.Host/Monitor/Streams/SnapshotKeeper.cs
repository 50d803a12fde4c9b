using System.Threading.Channels;
using Mina.Streaming.Live.Partitions;
using Mina.Streaming.Log;

namespace Mina.Host.Monitor.Streams;

/// <summary>
/// Writes each stream down now and then, with the offset of the last chunk that it includes, so that a start replays little. A stream is
/// written when all that it has told is in the history: a replay tells the rest.
/// </summary>
internal sealed class SnapshotKeeper(StreamShell<StreamValue, StreamEvent, StreamOutput> shell, IChunkLog chunks, TimeProvider time, ILogger log)
{
    private const int AtOnce = 32;

    // How often a stream is written down. It takes about 23 kB; a second of signal that has to be replayed takes a fifth of a millisecond.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.5);

    private readonly Channel<StreamOutputs<StreamValue, StreamOutput>> _due =
        Channel.CreateUnbounded<StreamOutputs<StreamValue, StreamOutput>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, (Mark Mark, DateTimeOffset At)> _saved = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Age of the oldest snapshot that is to be replaced by now; zero where none is.</summary>
    public TimeSpan Age
    {
        get
        {
            var now = time.GetUtcNow();
            lock (_gate)
            {
                return _saved.Where(kept => shell.Find(kept.Key) is { } state && Mark.From(state) != kept.Value.Mark)
                    .Select(kept => now - kept.Value.At).DefaultIfEmpty(TimeSpan.Zero).Max();
            }
        }
    }

    /// <summary>A stream's mark came out, and all before it is in the history.</summary>
    public void Add(StreamOutputs<StreamValue, StreamOutput> mark) => _due.Writer.TryWrite(mark);

    /// <summary>Asks for one stream after the other, spread over time, until it is stopped.</summary>
    public async Task AskAsync(CancellationToken stop)
    {
        var parts = (int)(Every / Step);
        using var timer = new PeriodicTimer(Step, time);
        for (var part = 0; await timer.WaitForNextTickAsync(stop); part = (part + 1) % parts)
        {
            if (part == 0)
                DropRemoved();
            foreach (var (name, state) in shell.Streams)
            {
                if (StableHash.Compute(name) % parts != part || IsSaved(name, state))
                    continue;
                await shell.MarkAsync(name, stop);
            }
        }
    }

    /// <summary>Writes what is due, until it is stopped.</summary>
    public async Task SaveAsync(CancellationToken stop)
    {
        while (await _due.Reader.WaitToReadAsync(stop))
        {
            var marks = new List<StreamOutputs<StreamValue, StreamOutput>>();
            while (marks.Count < AtOnce && _due.Reader.TryRead(out var mark))
                marks.Add(mark);
            await TrySaveAsync(marks, stop);
        }
    }

    /// <summary>Writes all streams: nothing comes any more, and all that they told is in the history.</summary>
    public async Task SaveAllAsync(CancellationToken cancel)
    {
        foreach (var marks in shell.Current.Where(mark => !IsSaved(mark.Stream, mark.State)).Chunk(AtOnce))
        {
            if (!await TrySaveAsync(marks, cancel))
                return;
        }
    }

    private bool IsSaved(string name, StreamValue state)
    {
        lock (_gate)
            return _saved.TryGetValue(name, out var kept) && kept.Mark == Mark.From(state);
    }

    private void DropRemoved()
    {
        lock (_gate)
        {
            foreach (var name in _saved.Keys.Where(name => shell.Find(name) is null).ToList())
                _saved.Remove(name);
        }
    }

    private async Task<bool> TrySaveAsync(IReadOnlyList<StreamOutputs<StreamValue, StreamOutput>> marks, CancellationToken cancel)
    {
        try
        {
            // Of a stream that was marked twice the last one counts; one that was removed meanwhile must not come back at the next start.
            var last = marks.Where(mark => shell.Find(mark.Stream) is not null)
                .GroupBy(mark => mark.Stream, StringComparer.Ordinal).Select(group => group.Last()).ToList();
            await chunks.SaveAsync(
                [.. last.Select(mark => new LoggedSnapshot(mark.Stream, mark.Offset, StreamSnapshot.Write(mark.State)))], cancel);
            var now = time.GetUtcNow();
            lock (_gate)
            {
                foreach (var mark in last)
                    _saved[mark.Stream] = (Mark.From(mark.State), now);
            }

            return true;
        }
        catch (ChunkLogException e)
        {
            // The next one is tried in its turn; until then a start replays more.
            log.LogWarning("Streams could not be written down ({Why})", e.Message);
            return false;
        }
    }

    // By what a state is known to have changed, without holding on to its samples.
    private readonly record struct Mark(DateTimeOffset Clock, double LastStart, int Pending, DateTimeOffset Resumed)
    {
        public static Mark From(StreamValue stream) => new(stream.Clock, stream.LastStart, stream.Pending.Length, stream.Resumed);
    }
}
