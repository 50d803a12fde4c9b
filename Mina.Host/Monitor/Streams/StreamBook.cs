using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Streams;

/// <summary>
/// A stream's state as it is now, and since when a verdict of it has been due by the server's clock. Any thread may read; one at a time
/// changes it.
/// </summary>
/// <param name="state">Where it stands.</param>
/// <param name="time">The server's clock.</param>
internal sealed class StreamBook(BookState state, TimeProvider time)
{
    private volatile BookState _state = state;
    private long _verdictDue = time.GetTimestamp();
    private volatile bool _arriving;
    private volatile bool _looked;
    private volatile bool _judged = true;

    /// <summary>The stream's id.</summary>
    public string Name => _state.Name;

    /// <summary>Where it stands.</summary>
    public BookState State => _state;

    /// <summary>Becomes as decided.</summary>
    /// <param name="next">The next state.</param>
    /// <param name="judged">Whether a verdict made it so.</param>
    public void Become(BookState next, bool judged)
    {
        _state = next;
        if (!judged)
            return;
        Volatile.Write(ref _verdictDue, time.GetTimestamp());
        _judged = true;
        // A verdict that is late says nothing of whether samples still come: once somebody looks at that, only the look decides.
        if (!_looked)
            _arriving = true;
    }

    /// <summary>Samples arrive, or do not. From their arriving on, a verdict is due.</summary>
    public void SetArriving(bool arriving)
    {
        // A device that comes and goes, and never gets a verdict, has been without one since it first came.
        if (arriving && !_arriving && _judged)
        {
            Volatile.Write(ref _verdictDue, time.GetTimestamp());
            _judged = false;
        }

        (_arriving, _looked) = (arriving, true);
    }

    /// <summary>What the stream is doing.</summary>
    /// <param name="live">The pipeline's side of it; null: nothing has come of it.</param>
    /// <param name="stale">Whether nothing has arrived for a while.</param>
    /// <param name="maxAge">A verdict that is older than this, by the server's clock, says nothing of now.</param>
    /// <param name="rules">The threshold, and how long an episode lasts at least.</param>
    /// <param name="failure">Why no stream gets verdicts; null: they do.</param>
    public StreamStatus Status(LiveStream? live, bool stale, TimeSpan maxAge, BookRules rules, string? failure)
    {
        var now = _state;
        var age = time.GetElapsedTime(Volatile.Read(ref _verdictDue));
        var fresh = _judged && age <= maxAge && now.Fault is null && failure is null;
        var state = stale || live is null ? StreamState.Stale
            : fresh && now.Last is { } last ? Judge(now, last, rules)
            : (!_arriving || age <= maxAge) && now.Fault is null && failure is null ? StreamState.Starting
            : StreamState.NotMonitored;
        var current = state is StreamState.Normal or StreamState.AF or StreamState.PossibleAF ? now.Last : null;
        var first = live?.FirstSample ?? now.Origin ?? now.LastSample;
        return new StreamStatus(
            now.Name,
            state,
            state switch
            {
                StreamState.Unclassifiable => WindowFaults.WordsOf(now.Last!.Value.Window.Fault),
                StreamState.PossibleAF when rules.MinimumSeconds > 0 => FormattableString.Invariant($"under {rules.MinimumSeconds:0.#} s"),
                StreamState.NotMonitored => failure ?? now.Fault ?? WhyNoVerdict(now, live!, age),
                _ => null,
            },
            current?.Probability,
            now.Recent,
            Episodes.Burden(now.Episodes),
            current?.Window.HeartRate,
            live is { Fs: > 0 } ? live.Fs : now.Fs,
            first,
            live?.Until ?? (now.LastSample > first ? now.LastSample : first));
    }

    private static StreamState Judge(BookState state, LiveVerdict last, BookRules rules) =>
        last.Window.Fault != WindowFault.None ? StreamState.Unclassifiable
        : state.Open is not null ? StreamState.AF
        : last.Probability >= rules.Threshold || state.Episodes.Run.Active ? StreamState.PossibleAF
        : StreamState.Normal;

    // The signal's time has to go on as the server's does, or nearly so.
    private static string WhyNoVerdict(BookState state, LiveStream live, TimeSpan age)
    {
        if (state.Origin is not null && live.Until - state.LastSample < 0.75 * age)
            return "the device's clock stands still or went back";
        return live.Until - live.FirstSample < TimeSpan.FromSeconds(10) ? "no 10 s of signal without a break" : "verdicts are late";
    }
}
