using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Mina.Preprocess;

namespace Mina.Streaming.Live.Partitions;

/// <summary>Windows that were classified together, and the classifier's answers; NaN where it has none.</summary>
internal readonly record struct AnsweredBatch<T>(IReadOnlyList<T> Windows, float[] Answers);

/// <summary>
/// Batches the windows of all streams for the classifier, by time and count. Cutting, classifying and what follows run side by side: each
/// has a thread of its own, and the queues between them are bounded, so that a slow one makes those before it wait.
/// </summary>
/// <typeparam name="T">A window with whatever belongs to it.</typeparam>
/// <param name="options">The size of batches, and how long a window may wait for one.</param>
/// <param name="classifier">The probability of AF of each segment of a batch; it is called with one batch at a time.</param>
/// <param name="threads">The threads, and the clock of batches.</param>
/// <param name="segment">The name of a window's stream, and its segment; a null segment is not classified, and answered by NaN.</param>
/// <param name="classified">Is called with each window that has been classified and is no longer in the line.</param>
/// <param name="report">Is called when a batch fails.</param>
internal sealed class ClassifierStage<T>(
    LiveOptions options,
    Func<SegmentBatch, float[]> classifier,
    ShellThreads threads,
    Func<T, (string Name, Segments? Rows)> segment,
    Action<T> classified,
    Action<Exception> report) : IDisposable
{
    private const int AnsweredBatches = 8;

    private readonly Subject<T> _windows = new();
    private readonly Lock _adding = new();
    private readonly SemaphoreSlim _answeredRoom = new(AnsweredBatches);
    private readonly SegmentBatch _batch = new(options.BatchSize);
    private readonly IScheduler _classifying = threads.Thread("Mina classifier");
    private readonly IScheduler _following = threads.Thread("Mina verdicts");

    /// <summary>The buffers of the segments that wait.</summary>
    public SegmentPool Pool { get; } = new();

    /// <summary>Adds a window. Whoever adds bounds how many are in the line. Any thread.</summary>
    public void Add(T window)
    {
        lock (_adding)
            _windows.OnNext(window);
    }

    /// <summary>Ends the sequence of windows.</summary>
    public void Complete()
    {
        lock (_adding)
            _windows.OnCompleted();
    }

    /// <summary>The batches with their answers, in order. Subscribe once.</summary>
    /// <param name="before">Is called with each batch before it is classified.</param>
    public IObservable<AnsweredBatch<T>> Batches(Action<IReadOnlyList<T>> before) => _windows
        .Buffer(options.BatchWait, options.BatchSize, threads.Clock)
        .Where(windows => windows.Count > 0)
        .ObserveOn(_classifying)
        .Select(windows => Classify((IReadOnlyList<T>)windows, before))
        .ObserveOn(_following)
        .Do(_ => _answeredRoom.Release());

    /// <inheritdoc/>
    public void Dispose()
    {
        (_classifying as IDisposable)?.Dispose();
        (_following as IDisposable)?.Dispose();
    }

    private AnsweredBatch<T> Classify(IReadOnlyList<T> windows, Action<IReadOnlyList<T>> before)
    {
        before(windows);
        var segments = windows.Select(segment).ToList();
        _batch.Count = segments.Count(one => one.Rows is not null);
        var row = 0;
        foreach (var (name, rows) in segments)
        {
            if (rows is null)
                continue;
            _batch.RecordingId[row] = name;
            _batch.Start[row] = rows.Start[0];
            _batch.Class[row] = -1;
            _batch.Set(row++, rows, 0);
            Pool.Return(rows);
        }

        float[] probabilities = [];
        try
        {
            if (_batch.Count > 0)
                probabilities = classifier(_batch);
        }
        catch (Exception e)
        {
            // The windows of this batch are answered by NaN; the next batch is not affected.
            report(e);
        }

        row = 0;
        float[] answers = [.. segments.Select(one => one.Rows is null || row >= probabilities.Length ? float.NaN : probabilities[row++])];
        foreach (var window in windows)
            classified(window);
        _answeredRoom.Wait();
        return new AnsweredBatch<T>(windows, answers);
    }
}
