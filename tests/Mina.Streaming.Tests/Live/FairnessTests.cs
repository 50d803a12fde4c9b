using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Live.Partitions;
using Mina.Streaming.Log;
using Xunit;

namespace Mina.Streaming.Tests.Live;

/// <summary>Whatever others send, a stream that sends in real time waits for a few turns of theirs. Turns are counted, not seconds.</summary>
public sealed class FairnessTests
{
    [Fact]
    public async Task A_stream_that_waits_for_nothing_has_its_turn_before_those_that_send_more_than_their_turn()
    {
        var order = new List<string>();
        using var gate = new ManualResetEventSlim();
        await using var partition = Partition.Create(new CutterOptions(), ShellThreads.Default, 1, e => throw e)[0];
        partition.Post(new Gate(gate));
        var floods = Enumerable.Range(0, 40).Select(i => Box($"flood {i}", parts: 10)).ToList();
        foreach (var flood in floods)
        {
            for (var i = 0; i < 5; i++)
                Post(flood, isLarge: true);
        }

        var good = Box("good", parts: 1);
        Post(good, isLarge: false);
        gate.Set();
        foreach (var box in floods.Append(good))
            box.Complete();
        await Task.WhenAll(floods.Append(good).Select(box => box.Drained));
        Assert.Equal("good", order[0]);
        // The others take turns, a part of a letter each.
        Assert.Equal(40, order.Skip(1).Take(40).Distinct().Count());
        Assert.Equal((40 * 5 * 10) + 1, order.Count);

        Mailbox<int> Box(string name, int parts) => new(partition, 64, new Parts(() => order.Add(name), parts));
    }

    [Fact]
    public async Task Those_that_send_much_are_served_however_many_others_there_are()
    {
        var order = new List<string>();
        using var gate = new ManualResetEventSlim();
        await using var partition = Partition.Create(new CutterOptions(), ShellThreads.Default, 1, e => throw e)[0];
        partition.Post(new Gate(gate));
        var boxes = Enumerable.Range(0, 200).Select(i => new Mailbox<int>(partition, 64, new Parts(() => order.Add($"small {i}"), 1))).ToList();
        boxes.Add(new Mailbox<int>(partition, 64, new Parts(() => order.Add("large"), 4)));
        foreach (var box in boxes)
            Post(box, isLarge: box == boxes[^1]);
        gate.Set();
        foreach (var box in boxes)
            box.Complete();
        await Task.WhenAll(boxes.Select(box => box.Drained));
        Assert.InRange(order.IndexOf("large"), 1, Partition.MaxFreshTurns + 1);
        Assert.Equal(4, order.Take(5 * (Partition.MaxFreshTurns + 1)).Count(name => name == "large"));
    }

    [Fact]
    public async Task Chunks_that_become_hundreds_of_windows_put_few_of_them_before_the_window_of_another_stream()
    {
        // The classifier stands until everything has arrived; then it notes whose windows it sees.
        using var gate = new ManualResetEventSlim();
        var order = new List<string>();
        float[] Judge(SegmentBatch batch)
        {
            gate.Wait();
            order.AddRange(Enumerable.Range(0, batch.Count).Select(row => batch.RecordingId[row]));
            return new float[batch.Count];
        }

        var options = new LiveOptions();
        var shell = new StreamShell<CutStream, CutEvent, CutOutput>(new CutFold(options), options, Judge, TimeProvider.System);
        using var nobody = shell.Outputs.Subscribe(_ => { });
        var signal = Signals.Beats(1, 300, 300);
        for (var i = 0; i < 4; i++)
        {
            foreach (var flood in Enumerable.Range(0, 4))
                Assert.Equal(Offered.Taken, await shell.OfferAsync($"flood {flood}", new SampleChunk(i, Signals.Start.AddSeconds(300 * i), 300, signal)));
        }

        // As a device sends it: a second at a time, when the one before is cut.
        for (var second = 0; second < 10; second++)
        {
            var chunk = new SampleChunk(second, Signals.Start.AddSeconds(second), 300, signal[(second * 300)..((second + 1) * 300)]);
            Assert.Equal(Offered.Taken, await shell.OfferAsync("good", chunk));
            while (shell.Find("good")!.Cutter.Order.Next != second + 1)
                await Task.Delay(1);
        }

        gate.Set();
        await shell.DisposeAsync();
        Assert.Equal((4 * 715) + 1, order.Count);
        // Before it: what all that send much have in the classifier's line together, and no more.
        Assert.InRange(order.IndexOf("good"), 0, 3 * options.BatchSize);
    }

    [Fact]
    public void In_the_log_a_small_append_does_not_stand_behind_the_megabytes_of_others()
    {
        var queue = new AppendQueue();
        for (var i = 0; i < 50; i++)
        {
            foreach (var flood in Enumerable.Range(0, 4))
                queue.Add(Append($"flood {flood}", 400_000));
        }

        queue.Add(Append("good", 300));
        var batch = new List<PendingAppend>();
        Assert.Equal(17, queue.Take(batch, 4 << 20, 5));
        Assert.Equal(["flood 0", "good", "flood 1", "flood 2", "flood 3", "flood 0"], batch.Take(6).Select(append => append.Stream));
        Assert.Equal(Enumerable.Range(5, 12).Select(offset => (long)offset), batch.Select(append => append.Offset));
        Assert.Equal(201 - 12, queue.Count);
        while (queue.Count > 0)
            queue.Take(batch, 4 << 20, 0);
        Assert.Equal(0, queue.Bytes);
        Assert.Equal(201, batch.Count);
    }

    [Fact]
    public void A_stream_holds_an_eighth_of_what_is_free_so_that_there_is_room_for_a_small_one_whatever_many_send()
    {
        var budget = new QueueBudget(32 << 20);
        var held = new long[1000];
        for (var round = 0; round < 1000; round++)
        {
            for (var flood = 0; flood < held.Length; flood++)
                budget.TryTake(ref held[flood], 10_000);
        }

        Assert.InRange(budget.Held, 1, 32 << 20);
        Assert.Equal(budget.Held, held.Sum());
        Assert.True(budget.Refused > 0);
        long good = 0;
        Assert.True(budget.TryTake(ref good, QueueBudget.BytesOf(new SampleChunk(0, Signals.Start, 300, new float[300]))));
        for (var flood = 0; flood < held.Length; flood++)
            budget.Return(ref held[flood], held[flood]);
        budget.Return(ref good, good);
        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public async Task Bytes_that_wait_are_bounded_over_all_streams_and_given_back()
    {
        using var gate = new ManualResetEventSlim();
        float[] Judge(SegmentBatch batch)
        {
            gate.Wait();
            return new float[batch.Count];
        }

        var options = new LiveOptions { MaxQueuedBytes = 32 << 20 };
        var shell = new StreamShell<CutStream, CutEvent, CutOutput>(new CutFold(options), options, Judge, TimeProvider.System);
        using var nobody = shell.Outputs.Subscribe(_ => { });
        var signal = Signals.Beats(1, 300, 300);
        var answers = new List<Offered>();
        for (var i = 0; i < 40; i++)
        {
            for (var flood = 0; flood < 12; flood++)
                answers.Add(await shell.OfferAsync($"flood {flood}", new SampleChunk(i, Signals.Start.AddSeconds(300 * i), 300, signal)));
            Assert.InRange(shell.QueuedBytes, 0, options.MaxQueuedBytes);
        }

        Assert.Equal([Offered.Taken, Offered.QueueFull], answers.Distinct().Order());
        Assert.Equal(answers.Count(answer => answer == Offered.QueueFull), shell.QueueFull);
        Assert.Equal(Offered.Taken, await shell.OfferAsync("good", new SampleChunk(0, Signals.Start, 300, signal[..300])));
        gate.Set();
        await shell.DisposeAsync();
        Assert.Equal(0, shell.QueuedBytes);
    }

    [Fact]
    public async Task Chunks_that_wait_for_a_missing_one_count_until_the_stream_stops_waiting_so_that_a_refused_flood_is_heard_again()
    {
        var options = new LiveOptions { MaxQueuedBytes = 32 << 20 };
        await using var shell = new StreamShell<CutStream, CutEvent, CutOutput>(
            new CutFold(options), options, batch => new float[batch.Count], TimeProvider.System);
        using var nobody = shell.Outputs.Subscribe(_ => { });
        var signal = Signals.Beats(1, 300, 300);
        var bytes = QueueBudget.BytesOf(Chunk(0));
        Assert.Equal(Offered.Taken, await OfferAsync(0));
        await UntilEarlyAsync(0);
        // Chunk 1 is missing: those behind it are kept until there is no room for the stream, and so is 1 itself then refused.
        var early = 0;
        while (await OfferAsync(2 + early) == Offered.Taken)
            await UntilEarlyAsync(++early);
        Assert.InRange(early, 1, ChunkOrder.Window);
        Assert.Equal(Offered.QueueFull, await OfferAsync(1));

        // Nothing that it sends is taken, so it is as silent as one that stopped: it waits no more.
        await UntilEarlyAsync(0, tick: true);
        Assert.Equal(Offered.Taken, await OfferAsync(2 + early));

        SampleChunk Chunk(int number) => new(number, Signals.Start.AddSeconds(300 * number), 300, signal);

        async Task<Offered> OfferAsync(int number) => await shell.OfferAsync("flood", Chunk(number));

        // Until all is handled that was taken; what is kept then counts as waiting, and nothing else does.
        async Task UntilEarlyAsync(int count, bool tick = false)
        {
            while (shell.Find("flood") is not { } flood || flood.Cutter.Order.Early.Count != count || shell.QueuedBytes != count * bytes)
            {
                if (tick)
                    shell.Tick();
                await Task.Delay(1);
            }
        }
    }

    private static PendingAppend Append(string stream, int bytes) => new(stream, 0, new byte[bytes], null, 1);

    private static void Post(Mailbox<int> box, bool isLarge)
    {
        Assert.True(box.ReserveAsync(TimeSpan.Zero, TimeProvider.System, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        box.Post(0, isLarge);
    }

    private sealed class Gate(ManualResetEventSlim gate) : IPartitionWork
    {
        public void Run(CutterTools tools) => gate.Wait();
    }

    private sealed class Parts(Action handled, int parts) : ILetterHandler<int>
    {
        private int _left;

        public bool Take(int letter, CutterTools tools)
        {
            _left = parts;
            return GoOn(tools);
        }

        public bool GoOn(CutterTools tools)
        {
            handled();
            return --_left > 0;
        }

        public void End(CutterTools tools)
        {
        }
    }
}
