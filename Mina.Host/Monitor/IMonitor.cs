using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;
using Mina.Model;

namespace Mina.Host.Monitor;

/// <summary>The running monitor as the page and the API see it. Every member may be used from any thread.</summary>
/// <remarks>
/// Properties and synchronous methods answer from memory; what reads the store is asynchronous and may fail with a
/// <see cref="StoreException"/>. Times of samples, windows and episodes are those of the signal (the first sample's time plus samples over
/// fs); times of alarms are the server's. All are UTC.
/// </remarks>
public interface IMonitor
{
    /// <summary>Whether streams go on; else they are recordings, whose end has come, and whose times are the recorder's clock as UTC.</summary>
    bool IsLive => true;

    /// <summary>The beds; null where nothing is live.</summary>
    BedBook? Beds => null;

    /// <summary>All streams as they are now, in no particular order.</summary>
    IReadOnlyList<StreamStatus> Streams { get; }

    /// <summary>Says that <see cref="Streams"/>, <see cref="Alarms"/> or <see cref="Warning"/> may read differently now; at most four times a second.</summary>
    IObservable<DateTimeOffset> Changes { get; }

    /// <summary>
    /// Alarms whose cause is there, and those of AF whose cause is gone and which nobody has acknowledged (see <see cref="AlarmStatus.Open"/>),
    /// newest first.
    /// </summary>
    IReadOnlyList<AlarmStatus> Alarms { get; }

    /// <summary>What is wrong with the monitor itself, in one sentence for the page; null: nothing.</summary>
    string? Warning { get; }

    /// <summary>One stream; null where there is no stream of that name.</summary>
    StreamStatus? Find(string stream);

    /// <summary>The samples still in memory between two times.</summary>
    TraceSlice Trace(string stream, DateTimeOffset from, DateTimeOffset to);

    /// <summary>The samples between two times at 300 Hz, from memory or, where they are older, from the log.</summary>
    /// <exception cref="StoreException">The log cannot be read.</exception>
    Task<TraceSlice> TraceAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>The samples between two times as they arrived, in stretches without a gap, in order.</summary>
    /// <exception cref="StoreException">The log cannot be read.</exception>
    Task<IReadOnlyList<SampleStretch>> SamplesAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>The verdicts of windows starting between two times, in order of time.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>The episodes of a stream (null: of all) that overlap a time range, in order of time.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    Task<IReadOnlyList<EpisodeStatus>> EpisodesAsync(string? stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>All alarms raised between two times, cleared or not, oldest first.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    Task<IReadOnlyList<AlarmStatus>> AlarmHistoryAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default);

    /// <summary>The rules by which streams are judged.</summary>
    StreamRules Rules { get; }

    /// <summary>
    /// The ECG that is kept of an episode. Of one whose first strip is not kept yet, what there is of its onset.
    /// </summary>
    /// <exception cref="StoreException">The store or the log cannot be read.</exception>
    Task<IReadOnlyList<Strip>> StripsAsync(EpisodeStatus episode, CancellationToken cancel = default);

    /// <summary>What the model looked at in the window that starts there; null when its samples are no longer kept or it is unclassifiable.</summary>
    Task<WindowAttention?> ExplainAsync(string stream, DateTimeOffset windowStart, CancellationToken cancel = default);

    /// <summary>Acknowledges an alarm. When this returns true, the store has the acknowledgement.</summary>
    /// <returns>False when there is no such alarm, or it is acknowledged already, or it is a technical one that was cleared.</returns>
    /// <exception cref="StoreException">It cannot be stored; the alarm is not acknowledged.</exception>
    Task<bool> AcknowledgeAsync(string alarm, string by, CancellationToken cancel);

    /// <summary>The reviews of a stream (null: of all), in the order in which they were made.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    Task<IReadOnlyList<ReviewStatus>> ReviewsAsync(string? stream, CancellationToken cancel = default);

    /// <summary>How many reviews this monitor has taken since it was started: who shows reviews reads them again when it differs.</summary>
    int ReviewsMade { get; }

    /// <summary>Makes a review. When this returns one, the store has it.</summary>
    /// <param name="review">A review without a <see cref="NewReview.Fault"/>.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="ArgumentException">The review has a fault.</exception>
    /// <exception cref="StoreException">It cannot be stored; no review was made.</exception>
    Task<ReviewOutcome> ReviewAsync(NewReview review, CancellationToken cancel = default);

    /// <summary>
    /// Removes a stream that sends nothing: it leaves the wall, and its ECG the log; its alarms are cleared and its open episode is closed.
    /// An alarm of AF that nobody has acknowledged stays among <see cref="Alarms"/>.
    /// What it has in the history stays as long as all history. A device that sends under its name again begins a new stream.
    /// </summary>
    /// <exception cref="StoreException">It cannot be stored; the stream is not removed.</exception>
    Task<StreamRemoval> RemoveAsync(string stream, CancellationToken cancel = default);
}

/// <summary>What became of a stream that was to be removed.</summary>
public enum StreamRemoval
{
    /// <summary>It is removed.</summary>
    Removed,

    /// <summary>There is no stream of that name.</summary>
    NotFound,

    /// <summary>It is still sending, and stays.</summary>
    Sending,
}

/// <summary>A stream on the wall.</summary>
/// <param name="Name">The stream's name.</param>
/// <param name="State">The stream's state.</param>
/// <param name="Reason">Why it is unclassifiable ("lead off") or not monitored, or why AF is no episode yet ("under 30 s"), in a few words; else null.</param>
/// <param name="Probability">The network's probability of AF in the last classified window; null where there is no current one.</param>
/// <param name="Recent">Probabilities of the last windows, oldest first, at most 60; null where unclassifiable. The same list until a window comes.</param>
/// <param name="Burden">Share of the classifiable time in AF, 0 to 1; null while nothing is classifiable.</param>
/// <param name="HeartRate">The heart rate, beats a minute; null where it cannot be determined.</param>
/// <param name="Fs">Sampling frequency of the device, Hz.</param>
/// <param name="FirstSample">Time of the first sample since connecting.</param>
/// <param name="LastSample">Time of the latest sample.</param>
public sealed record StreamStatus(
    string Name,
    StreamState State,
    string? Reason,
    double? Probability,
    IReadOnlyList<float?> Recent,
    double? Burden,
    double? HeartRate,
    double Fs,
    DateTimeOffset FirstSample,
    DateTimeOffset LastSample)
{
    /// <summary>
    /// The probability of AF of the last window that the rhythm level has judged, which lies some 15 s before the last window; null without
    /// a rhythm level, before it has judged a window, and while the stream has no current verdict. Episodes and alarms follow from it.
    /// </summary>
    public double? RhythmProbability { get; init; }

    /// <summary>The time that <see cref="Burden"/> counts from: the stream's first signal, or its first after its clock was set.</summary>
    public DateTimeOffset? BurdenSince { get; init; }

    /// <summary>The bed that the stream feeds; null: it is a bed of its own.</summary>
    public BedStatus? Bed { get; init; }
}

/// <summary>Samples of a stream.</summary>
/// <param name="From">Time of the first.</param>
/// <param name="Fs">Hz; 300.</param>
/// <param name="Millivolts">The samples, mV; NaN in gaps.</param>
public sealed record TraceSlice(DateTimeOffset From, double Fs, float[] Millivolts);

/// <summary>Samples as a device sent them, without a gap between chunks.</summary>
/// <param name="From">Time of the first.</param>
/// <param name="Fs">The device's sampling frequency, Hz.</param>
/// <param name="Millivolts">The samples, mV; NaN where the device reports one as missing.</param>
public sealed record SampleStretch(DateTimeOffset From, double Fs, float[] Millivolts);

/// <summary>A window's verdict.</summary>
/// <param name="Start">The start of the window.</param>
/// <param name="Probability">The probability of AF; null where the window is unclassifiable.</param>
/// <param name="Verdict">`af`, `not_af` or `unclassifiable`.</param>
/// <param name="Reason">Why unclassifiable; else null.</param>
public sealed record WindowStatus(DateTimeOffset Start, double? Probability, string Verdict, string? Reason)
{
    /// <summary>Beats a minute, to a tenth; null where it cannot be determined.</summary>
    public double? HeartRate { get; init; }
}

/// <summary>An AF episode.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Start">Onset.</param>
/// <param name="End">Offset, or the latest instant of AF while it is open.</param>
/// <param name="Open">Whether the episode still goes on.</param>
/// <param name="MeanProbability">The mean probability over the episode's classifiable time.</param>
public sealed record EpisodeStatus(string Stream, DateTimeOffset Start, DateTimeOffset End, bool Open, double MeanProbability)
{
    /// <summary>Made from the stream and the start: see <see cref="Identity"/>.</summary>
    public string Id => Identity.ForEpisode(Stream, Start);
}

/// <summary>
/// An alarm: raised once, acknowledged by a person, cleared when its cause is gone. Its times are the server's. An alarm of AF latches: it
/// is open until its cause is gone and a person has acknowledged it. A technical alarm is open until its cause is gone.
/// </summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Kind">What the alarm is about.</param>
/// <param name="Raised">When it was raised.</param>
/// <param name="Acknowledged">When a person acknowledged it; null: not yet.</param>
/// <param name="AcknowledgedBy">The name of that person.</param>
/// <param name="Cleared">When its cause went away, never before it was raised; null: it has not.</param>
/// <param name="Signal">The time of the signal at which its cause was seen; null: there was no signal.</param>
public sealed record AlarmStatus(
    string Stream,
    AlarmKind Kind,
    DateTimeOffset Raised,
    DateTimeOffset? Acknowledged,
    string? AcknowledgedBy,
    DateTimeOffset? Cleared,
    DateTimeOffset? Signal = null)
{
    /// <summary>Made from the stream, the kind and the time it was raised: see <see cref="Identity"/>.</summary>
    public string Id => Identity.ForAlarm(Stream, Kind, Raised);

    /// <summary>The start of the episode that it is about, by the device's clock; null where it is about none.</summary>
    public DateTimeOffset? Onset { get; init; }

    /// <summary>When nobody had acknowledged it for as long as the settings let it wait; null: it has not come to that.</summary>
    public DateTimeOffset? Escalated { get; init; }

    /// <summary>Whether it has waited too long for a person, and still does.</summary>
    internal bool IsEscalated => Escalated is not null && Acknowledged is null && Open;

    /// <summary>The id of that episode.</summary>
    public string? Episode => Onset is { } onset ? Identity.ForEpisode(Stream, onset) : null;

    /// <summary>Whether it is listed: its cause is there or, where it latches, nobody has acknowledged it.</summary>
    public bool Open => Cleared is null || IsLatched;

    /// <summary>How much it presses: AF whose heart rate is or was fast, other AF, and then what is wrong with the signal.</summary>
    public AlarmPriority Priority => IsFast ? AlarmPriority.High : Alarms.Latches(Kind) ? AlarmPriority.Medium : AlarmPriority.Low;

    /// <summary>Whether it is AF with a fast heart rate, since this monitor has started.</summary>
    internal bool IsFast { get; init; }

    /// <summary>Whether its cause is gone, and it waits for a person all the same.</summary>
    internal bool IsLatched => Cleared is not null && Acknowledged is null && Alarms.Latches(Kind);
}

/// <summary>How much an alarm presses; what presses more stands higher on the page.</summary>
public enum AlarmPriority
{
    /// <summary>The signal cannot be judged.</summary>
    Low,

    /// <summary>AF.</summary>
    Medium,

    /// <summary>AF with a heart rate of 110 a minute or more.</summary>
    High,
}

/// <summary>What the model looked at in one window of 10 s.</summary>
/// <param name="Start">The start of the window.</param>
/// <param name="Probability">The probability of AF.</param>
/// <param name="Beat">4 channels of 3000: attention of each sample.</param>
/// <param name="Rhythm">4 channels of 60: attention of each sub-segment.</param>
/// <param name="Frequency">4: attention of each channel.</param>
/// <param name="Channels">4 channels of 3000: the filtered, normalised samples.</param>
public sealed record WindowAttention(
    DateTimeOffset Start, double Probability, float[][] Beat, float[][] Rhythm, float[] Frequency, float[][] Channels);
