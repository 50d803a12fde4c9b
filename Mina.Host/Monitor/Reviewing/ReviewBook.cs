using Mina.Host.Monitor.Store;
using Mina.Model;

namespace Mina.Host.Monitor.Reviewing;

/// <summary>Takes reviews and reads them back. Any thread; reviews are made one after another, so that their times are in order.</summary>
/// <param name="store">Keeps them.</param>
/// <param name="write">Writes changes to the store, or fails with a <see cref="StoreException"/>.</param>
/// <param name="time">The server's clock.</param>
public sealed class ReviewBook(IMonitorStore store, Func<StoreChanges, Task> write, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMicroseconds(1);

    private readonly SemaphoreSlim _making = new(1, 1);
    private int _made;

    /// <summary>How many reviews were made since the process has started.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>The reviews of a stream (null: of all), in the order in which they were made.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<IReadOnlyList<ReviewStatus>> ReadAsync(string? stream, CancellationToken cancel = default)
    {
        var all = await store.ReviewsAsync(stream, cancel);
        var counting = all.GroupBy(review => review.Stream, StringComparer.Ordinal)
            .SelectMany(own => Reviews.Standing(own.Select(review => review.Event)).Select(review => (own.Key, review.Made)))
            .ToHashSet();
        return [.. all.Select(review => review with { Counts = counting.Contains((review.Stream, review.Made)) })];
    }

    /// <summary>Makes a review. When this returns one, the store has it.</summary>
    /// <param name="review">A review without a <see cref="NewReview.Fault"/>.</param>
    /// <param name="cancel">Stops waiting for other reviews and the store.</param>
    /// <exception cref="ArgumentException">The review has a fault.</exception>
    /// <exception cref="StoreException">It cannot be stored; no review was made.</exception>
    public async Task<ReviewOutcome> MakeAsync(NewReview review, CancellationToken cancel = default)
    {
        if (review.Fault is { } fault)
            throw new ArgumentException(fault, nameof(review));
        await _making.WaitAsync(cancel);
        try
        {
            var before = await store.ReviewsAsync(review.Stream, cancel);
            DateTimeOffset? replaced = null;
            if (review.Replaces is { } id)
            {
                if (before.FirstOrDefault(one => one.Id == id) is not { } earlier)
                    return new ReviewOutcome(null, ReviewRefusal.NothingToReplace);
                if (before.Any(one => one.ReplacedMade == earlier.Made))
                    return new ReviewOutcome(null, ReviewRefusal.ReplacedAlready);
                replaced = earlier.Made;
            }

            var now = StoreTime.Truncate(time.GetUtcNow());
            // A clock that was set back does not put a review before the one that it replaces.
            var made = before.Count > 0 && before[^1].Made >= now ? before[^1].Made + Tick : now;
            var stored = new ReviewStatus(
                review.Stream,
                StoreTime.Truncate(review.Start),
                StoreTime.Truncate(review.End),
                review.Verdict,
                review.Was,
                string.IsNullOrWhiteSpace(review.Comment) ? null : review.Comment.Trim(),
                review.By.Trim(),
                made)
            {
                ReplacedMade = replaced,
                Onset = review.Onset is { } onset ? StoreTime.Truncate(onset) : null,
            };
            var changes = new StoreChanges();
            changes.Put(stored);
            await write(changes);
            Interlocked.Increment(ref _made);
            return new ReviewOutcome(stored with { Counts = review.Verdict is ReviewVerdict.Confirmed or ReviewVerdict.Rejected }, null);
        }
        finally
        {
            _making.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _making.Dispose();
}
