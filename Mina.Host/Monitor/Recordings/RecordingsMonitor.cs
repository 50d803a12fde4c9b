using System.Reactive.Subjects;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Strips;
using Mina.Model;

namespace Mina.Host.Monitor.Recordings;

/// <summary>Recordings that were classified, as the page of a monitor shows them: nothing is live, and nothing raises an alarm.</summary>
/// <param name="recordings">The recordings; no two have one name.</param>
/// <param name="samples">Reads them.</param>
/// <param name="book">Takes reviews.</param>
/// <param name="labels">Writes reviews beside the recordings.</param>
/// <param name="detector">Explains windows.</param>
/// <param name="rules">By which they were judged.</param>
internal sealed class RecordingsMonitor(
    IReadOnlyList<RecordingStream> recordings, RecordingSamples samples, ReviewBook book, ReviewFiles labels, Detector detector, StreamRules rules)
    : IMonitor, IDisposable
{
    private readonly Dictionary<string, RecordingStream> _streams = recordings.ToDictionary(one => one.Status.Name, StringComparer.Ordinal);
    private readonly ISubject<DateTimeOffset> _changes = Subject.Synchronize(new Subject<DateTimeOffset>());
    private volatile string? _warning;

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public IReadOnlyList<StreamStatus> Streams => [.. recordings.Select(one => one.Status)];

    /// <summary>What classified the recordings.</summary>
    public Detector Detector { get; } = detector;

    /// <inheritdoc/>
    public IObservable<DateTimeOffset> Changes => _changes;

    /// <inheritdoc/>
    public IReadOnlyList<AlarmStatus> Alarms => [];

    /// <inheritdoc/>
    public string? Warning => _warning;

    /// <inheritdoc/>
    public StreamRules Rules => rules;

    /// <inheritdoc/>
    public int ReviewsMade => book.Made;

    /// <inheritdoc/>
    public StreamStatus? Find(string stream) => _streams.GetValueOrDefault(stream)?.Status;

    /// <inheritdoc/>
    public TraceSlice Trace(string stream, DateTimeOffset from, DateTimeOffset to) => samples.Trace(_streams[stream], from, to);

    /// <inheritdoc/>
    public Task<TraceSlice> TraceAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        Task.Run(() => Trace(stream, from, to), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SampleStretch>> SamplesAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        Task.Run<IReadOnlyList<SampleStretch>>(() => Stretches(stream, from, to), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlyList<WindowStatus>>(
            [.. _streams.GetValueOrDefault(stream)?.Windows.SkipWhile(window => window.Start < from).TakeWhile(window => window.Start < to) ?? []]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<EpisodeStatus>> EpisodesAsync(string? stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlyList<EpisodeStatus>>(
        [
            .. recordings.Where(one => stream is null || one.Status.Name == stream).SelectMany(one => one.Episodes)
                .Where(episode => episode.Start < to && episode.End > from).OrderBy(episode => episode.Start)
                .ThenBy(episode => episode.Stream, StringComparer.Ordinal),
        ]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlarmStatus>> AlarmHistoryAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlyList<AlarmStatus>>([]);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Strip>> StripsAsync(EpisodeStatus episode, CancellationToken cancel = default) => Task.Run<IReadOnlyList<Strip>>(
        () =>
        {
            var stream = _streams[episode.Stream];
            var inside = stream.Windows.Where(window => window.Start >= episode.Start && window.Start < episode.End).ToList();
            StripKinds[] kinds = [StripKinds.Onset, StripKinds.End, StripKinds.LeastCertain];
            return
            [
                .. kinds.Select(kind => (Kind: kind, Span: StripPlan.SpanOf(kind, episode, inside))).Where(one => one.Span is not null)
                    .Select(one => new Strip(episode.Stream, episode.Start, one.Kind, Stretches(episode.Stream, one.Span!.Value.From, one.Span.Value.To))),
            ];
        },
        cancel);

    /// <inheritdoc/>
    public Task<WindowAttention?> ExplainAsync(string stream, DateTimeOffset windowStart, CancellationToken cancel = default) => Task.Run(
        () =>
        {
            var one = _streams[stream];
            var seen = Detector.Explain(samples.Whole(one), (windowStart - one.Status.FirstSample).TotalSeconds);
            return (WindowAttention?)new WindowAttention(
                windowStart, seen.Attention.Probability, seen.Attention.Beat, seen.Attention.Rhythm, seen.Attention.Frequency, seen.Channels);
        },
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReviewStatus>> ReviewsAsync(string? stream, CancellationToken cancel = default) => book.ReadAsync(stream, cancel);

    /// <inheritdoc/>
    public async Task<ReviewOutcome> ReviewAsync(NewReview review, CancellationToken cancel = default)
    {
        var outcome = await book.MakeAsync(review, cancel);
        if (outcome.Made is { } made)
        {
            // The review is kept, whatever becomes of the file that follows from it.
            _warning = labels.Write(_streams[made.Stream], await book.ReadAsync(made.Stream, CancellationToken.None));
            _changes.OnNext(made.Made);
        }

        return outcome;
    }

    /// <inheritdoc/>
    public Task<bool> AcknowledgeAsync(string alarm, string by, CancellationToken cancel) => Task.FromResult(false);

    /// <inheritdoc/>
    public Task<StreamRemoval> RemoveAsync(string stream, CancellationToken cancel = default) =>
        Task.FromResult(_streams.ContainsKey(stream) ? StreamRemoval.Sending : StreamRemoval.NotFound);

    /// <inheritdoc/>
    public void Dispose() => book.Dispose();

    private IReadOnlyList<SampleStretch> Stretches(string stream, DateTimeOffset from, DateTimeOffset to) =>
        samples.Stretch(_streams[stream], from, to) is { } stretch ? [stretch] : [];
}
