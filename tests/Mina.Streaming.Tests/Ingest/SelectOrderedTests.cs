using System.Collections.Concurrent;
using System.Reactive.Linq;
using FsCheck;
using FsCheck.Xunit;
using Mina.Streaming.Ingest;
using Xunit;

namespace Mina.Streaming.Tests.Ingest;

public sealed class SelectOrderedTests
{
    [Property(MaxTest = 60)]
    public void Results_come_in_the_order_of_the_source_for_any_threads_and_bound(int[] source, PositiveInt threads, NonNegativeInt more)
    {
        var n = (threads.Get % 8) + 1;
        var results = source.SelectOrdered(Nothing, (_, x) => x * 2L, n, n + (more.Get % 5)).ToEnumerable().ToList();
        Assert.Equal(source.Select(x => x * 2L), results);
    }

    [Property(MaxTest = 30)]
    public void Never_more_than_the_bound_are_pulled_and_not_yet_delivered(PositiveInt count, PositiveInt threads, NonNegativeInt more)
    {
        var n = (threads.Get % 6) + 1;
        var bound = n + (more.Get % 4);
        var pulled = 0;
        var delivered = 0;
        var most = 0;
        Source().SelectOrdered(Nothing, (_, x) => x, n, bound).Do(_ =>
        {
            Thread.Yield();
            Interlocked.Increment(ref delivered);
        }).LastOrDefaultAsync().Wait();
        Assert.Equal(count.Get % 200, delivered);
        Assert.True(most <= bound, $"{most} in flight, {bound} allowed");

        IEnumerable<int> Source()
        {
            for (var i = 0; i < count.Get % 200; i++)
            {
                // Pulled by one thread at a time, so this needs no lock of its own.
                pulled++;
                most = Math.Max(most, pulled - Volatile.Read(ref delivered));
                yield return i;
            }
        }
    }

    [Fact]
    public void A_slow_observer_holds_up_the_source()
    {
        using var go = new ManualResetEventSlim();
        using var full = new CountdownEvent(3);
        var pulled = 0;
        var done = Endless().Take(10).SelectOrdered(Nothing, (_, x) => x, 2, 3).Do(_ => go.Wait()).ToArray().PublishLast();
        using var connection = done.Connect();
        full.Wait();
        Assert.Equal(3, Volatile.Read(ref pulled));
        go.Set();
        Assert.Equal(Enumerable.Range(0, 10), done.Wait());

        IEnumerable<int> Endless()
        {
            for (var i = 0; ; i++)
            {
                Interlocked.Increment(ref pulled);
                if (!full.IsSet)
                    full.Signal();
                yield return i;
            }
        }
    }

    [Fact]
    public void All_threads_work_at_once()
    {
        using var together = new Barrier(3);
        var results = Enumerable.Range(0, 9).SelectOrdered(Nothing, (_, x) =>
        {
            together.SignalAndWait();
            return x;
        }, 3, 6).ToEnumerable().ToList();
        Assert.Equal(Enumerable.Range(0, 9), results);
    }

    [Fact]
    public void Each_thread_has_one_state_of_its_own()
    {
        var states = new ConcurrentBag<ConcurrentDictionary<int, bool>>();
        var count = Enumerable.Range(0, 200).SelectOrdered(
            () =>
            {
                var state = new ConcurrentDictionary<int, bool>();
                states.Add(state);
                return state;
            },
            (state, _) => state.TryAdd(Environment.CurrentManagedThreadId, true),
            4,
            8).Count().Wait();
        Assert.Equal(200, count);
        Assert.InRange(states.Count, 1, 4);
        Assert.All(states, state => Assert.Single(state));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(19)]
    public void An_exception_of_the_selector_comes_in_its_place_and_ends_it(int at)
    {
        var seen = new List<int>();
        var e = Assert.Throws<InvalidDataException>(() => Enumerable.Range(0, 20)
            .SelectOrdered(Nothing, (_, x) => x == at ? throw new InvalidDataException("bad") : x, 3, 5)
            .Do(seen.Add).LastOrDefaultAsync().Wait());
        Assert.Equal("bad", e.Message);
        Assert.Equal(Enumerable.Range(0, at), seen);
    }

    [Fact]
    public void An_exception_of_the_source_comes_in_its_place_and_the_source_is_disposed()
    {
        var seen = new List<int>();
        var disposed = false;
        Assert.Throws<InvalidDataException>(() => Source().SelectOrdered(Nothing, (_, x) => x, 3, 5).Do(seen.Add).LastOrDefaultAsync().Wait());
        Assert.Equal([0, 1, 2, 3], seen);
        Assert.True(disposed);

        IEnumerable<int> Source()
        {
            try
            {
                for (var i = 0; i < 4; i++)
                    yield return i;
                throw new InvalidDataException("gone");
            }
            finally
            {
                disposed = true;
            }
        }
    }

    [Fact]
    public void Disposing_stops_pulling_and_disposes_the_source()
    {
        using var disposed = new ManualResetEventSlim();
        using var subscribed = new ManualResetEventSlim();
        var (pulled, results) = (0, new List<int>());
        // There is nothing to dispose before Subscribe has returned.
        using var subscription = Source().SelectOrdered(Nothing, (_, x) => x, 2, 4).Take(5).Subscribe(results.Add);
        subscribed.Set();
        disposed.Wait();
        Assert.Equal([0, 1, 2, 3, 4], results);
        Assert.InRange(pulled, 5, 5 + 4);

        IEnumerable<int> Source()
        {
            try
            {
                subscribed.Wait();
                for (var i = 0; ; i++)
                {
                    pulled++;
                    yield return i;
                }
            }
            finally
            {
                disposed.Set();
            }
        }
    }

    [Fact]
    public void It_is_cold_each_subscription_pulls_anew()
    {
        var subscriptions = 0;
        var ordered = Source().SelectOrdered(Nothing, (_, x) => x, 2, 2);
        Assert.Equal(0, subscriptions);
        Assert.Equal(3, ordered.Count().Wait());
        Assert.Equal(3, ordered.Count().Wait());
        Assert.Equal(2, subscriptions);

        IEnumerable<int> Source()
        {
            subscriptions++;
            yield return 1;
            yield return 2;
            yield return 3;
        }
    }

    private static object? Nothing() => null;
}
