using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Streams;

/// <summary>What is known of one stream: a value. <see cref="BookRules"/> says what the next one is.</summary>
internal sealed record BookState
{
    /// <summary>The stream's id.</summary>
    public required string Name { get; init; }

    /// <summary>What its seconds count from; null: no window has been seen.</summary>
    public DateTimeOffset? Origin { get; init; }

    /// <summary>Start of its last window, in seconds from the origin.</summary>
    public double? LastStart { get; init; }

    /// <summary>Of the device, Hz.</summary>
    public double Fs { get; init; }

    /// <summary>End of its last window, by the device's clock.</summary>
    public DateTimeOffset LastSample { get; init; }

    /// <summary>When its last window came, by the server's clock.</summary>
    public DateTimeOffset Seen { get; init; }

    /// <summary>Where the episode rules stand.</summary>
    public EpisodeState Episodes { get; init; } = Model.Episodes.Start;

    /// <summary>The episode that goes on.</summary>
    public EpisodeStatus? Open { get; init; }

    /// <summary>Whether the stream has ended, and the rules have settled what waited.</summary>
    public bool Finished { get; init; }

    /// <summary>Alarms that are not cleared; at most one of a kind.</summary>
    public IReadOnlyList<AlarmStatus> Alarms { get; init; } = [];

    /// <summary>Probabilities of the last windows; the same list until a window comes.</summary>
    public IReadOnlyList<float?> Recent { get; init; } = [];

    /// <summary>The last window's verdict since the monitor started.</summary>
    public LiveVerdict? Last { get; init; }

    /// <summary>Why its last window could not be judged though it came; null: it was.</summary>
    public string? Fault { get; init; }

    /// <summary>Where a stream stands after a restart.</summary>
    public static BookState Restore(string name, StoredStream? stored, EpisodeStatus? open, IEnumerable<AlarmStatus> alarms, DateTimeOffset now) =>
        stored is null
        ? new BookState { Name = name, Open = open, Alarms = Latest(alarms), Seen = now }
        : new BookState
        {
            Name = name,
            Origin = stored.Origin,
            LastStart = stored.LastStart,
            Fs = stored.Fs,
            LastSample = stored.LastSample,
            Seen = stored.Seen,
            Episodes = stored.Episodes,
            Open = open,
            Alarms = Latest(alarms),
        };

    /// <summary>What is stored of it; null before its first window.</summary>
    public StoredStream? ToStored() => Origin is { } origin ? new StoredStream(Name, origin, LastStart, Fs, LastSample, Seen, Episodes) : null;

    /// <summary>Whether nothing of it is of a time since, and nothing goes on but that it has stopped.</summary>
    public bool IsOver(DateTimeOffset since) => Open is null && Seen < since && Alarms.All(alarm => alarm.Kind == AlarmKind.Stale);

    // Whatever a store holds, one alarm of a kind is open.
    private static IReadOnlyList<AlarmStatus> Latest(IEnumerable<AlarmStatus> alarms) =>
        [.. alarms.GroupBy(alarm => alarm.Kind).Select(kind => kind.MaxBy(alarm => alarm.Raised)!)];
}
