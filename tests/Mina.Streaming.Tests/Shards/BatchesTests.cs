using FsCheck;
using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Streaming.Tests.Shards;

public sealed class BatchesTests : IDisposable
{
    private readonly TemporaryFolder _temp = new();
    private readonly ShardSet _set;

    public BatchesTests() => _set = TestRows.Write(
        _temp["out"], 64, Enumerable.Range(0, 30).Select(i => (i * 7 % 19) + 1).ToList(), Split.Train);

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(50)]
    [InlineData(1000)]
    public void Batches_hold_the_rows_in_order_and_the_last_one_is_smaller(int batchSize)
    {
        var expected = _set.Rows(Split.Train).Select(Key).ToList();
        var sizes = new List<int>();
        var actual = new List<(string, int)>();
        foreach (var batch in _set.Batches(Split.Train, batchSize))
        {
            sizes.Add(batch.Count);
            AssertNumbers(batch);
            actual.AddRange(Keys(batch));
        }

        Assert.Equal(expected, actual);
        Assert.All(sizes.SkipLast(1), size => Assert.Equal(batchSize, size));
        Assert.Equal(expected.Count, sizes.Sum());
    }

    [Property(MaxTest = 25)]
    public void Shuffled_batches_hold_every_window_once_in_an_order_of_seed_and_epoch_alone(int seed, int epoch, PositiveInt batchSize, PositiveInt buffer)
    {
        var size = (batchSize.Get % 100) + 1;
        var mixed = (buffer.Get % 400) + 1;
        var first = Shuffled(seed, epoch, size, mixed);
        Assert.Equal(_set.Rows(Split.Train).Select(Key).Order(), first.Order());
        Assert.Equal(first, Shuffled(seed, epoch, size, mixed));
        Assert.NotEqual(first, Shuffled(seed, unchecked(epoch + 1), size, mixed));
        Assert.NotEqual(first, Shuffled(unchecked(seed + 1), epoch, size, mixed));
    }

    [Fact]
    public void The_batch_size_does_not_change_the_shuffled_order() =>
        Assert.Equal(Shuffled(3, 1, 10, 100), Shuffled(3, 1, 77, 100));

    [Fact]
    public void Shuffling_mixes_windows_of_many_recordings_in_a_batch()
    {
        foreach (var batch in _set.ShuffledBatches(Split.Train, 32, 1, 0, 256).SkipLast(2))
            Assert.True(batch.RecordingId.Distinct().Count() >= 8, $"only {batch.RecordingId.Distinct().Count()} recordings in a batch of 32");
    }

    [Theory]
    [InlineData(3, 7)]
    [InlineData(3, 64)]
    [InlineData(7, 1000)]
    public void Thinned_epochs_hold_each_AF_window_once_among_them_and_every_other_window_each_time(int every, int batchSize)
    {
        var af = _set.Rows(Split.Train).Where(row => row.Label == Label.AF).Select(Key).Order().ToList();
        var others = _set.Rows(Split.Train).Where(row => row.Label != Label.AF).Select(Key).Order().ToList();
        var seen = new List<(string, int)>();
        for (var epoch = 1; epoch <= every; epoch++)
        {
            var batches = _set.ShuffledBatches(Split.Train, batchSize, 5, epoch, 200, every).Select(batch => Keys(batch).ToList()).ToList();
            Assert.All(batches.SkipLast(1), batch => Assert.Equal(batchSize, batch.Count));
            var keys = batches.SelectMany(batch => batch).ToList();
            Assert.Equal(others, keys.Except(af).Order());
            seen.AddRange(keys.Intersect(af));
        }

        Assert.Equal(af, seen.Order());
    }

    [Fact]
    public void A_change_meets_every_batch_once_in_order_before_it_is_dealt()
    {
        var batches = _set.ShuffledBatches(Split.Train, 32, 1, 1, change: () => (batch, number) => batch.Start.AsSpan(0, batch.Count).Fill(number));
        Assert.All(
            batches.Select((batch, number) => (Starts: batch.Start.Take(batch.Count).ToList(), number)),
            seen => Assert.All(seen.Starts, start => Assert.Equal(seen.number, start)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Batches_without_knowledge_hold_the_same_windows_in_the_same_order(int every)
    {
        using var whole = _set.ShuffledBatches(Split.Train, 16, 2, 1, 200, every).GetEnumerator();
        foreach (var batch in _set.ShuffledBatches(Split.Train, 16, 2, 1, 200, every, windowsOnly: true))
        {
            Assert.True(whole.MoveNext());
            Assert.Equal(Keys(whole.Current), Keys(batch));
            var numbers = Shapes.XLength * batch.Count;
            Assert.True(TestRows.SameBits(whole.Current.X.AsSpan(0, numbers), batch.X.AsSpan(0, numbers)));
            Assert.Equal(0, batch.KBeat.Max(Math.Abs));
        }

        Assert.False(whole.MoveNext());
    }

    [Fact]
    public void An_empty_split_has_no_batches()
    {
        Assert.Empty(_set.Batches(Split.Test, 4));
        Assert.Empty(_set.ShuffledBatches(Split.Test, 4, 0, 0));
        Assert.Empty(_set.Rows(Split.Test));
    }

    [Fact]
    public void An_enumeration_can_be_left_at_any_batch_and_begun_again()
    {
        var batches = _set.ShuffledBatches(Split.Train, 4, 1, 1);
        for (var leaveAfter = 0; leaveAfter < 20; leaveAfter++)
        {
            using var enumerator = batches.GetEnumerator();
            for (var i = 0; i < leaveAfter; i++)
                Assert.True(enumerator.MoveNext());
        }

        Assert.Equal(Shuffled(1, 1, 4, ShardSet.DefaultShuffleWindows), batches.SelectMany(batch => Keys(batch).ToList()).ToList());
    }

    [Fact]
    public void A_batch_in_use_is_not_filled_again_before_the_next_is_asked_for()
    {
        using var batches = _set.Batches(Split.Train, 8).GetEnumerator();
        using var again = _set.Batches(Split.Train, 8).GetEnumerator();
        while (batches.MoveNext())
        {
            var keys = Keys(batches.Current).ToList();
            Assert.True(again.MoveNext());
            // Let the other thread run ahead as far as it can while this batch is held.
            Thread.Yield();
            AssertNumbers(batches.Current);
            Assert.Equal(keys, Keys(batches.Current));
            Assert.Equal(keys, Keys(again.Current));
        }
    }

    [Fact]
    public void Shards_with_fewer_rows_than_the_manifest_says_are_an_error()
    {
        var manifest = File.ReadAllText(_temp["out/manifest.jsonl"]);
        var rows = _set.Shards[0].Rows;
        File.WriteAllText(_temp["out/manifest.jsonl"], manifest.Replace($"\"rows\":{rows},", $"\"rows\":{rows + 1},"));
        var set = ShardSet.Open(_temp["out"]);
        Assert.Contains("rows fewer than manifest.jsonl says", Assert.Throws<ProblemException>(() => set.Batches(Split.Train, 8).Count()).Message);
        Assert.Contains(
            "rows fewer than manifest.jsonl says", Assert.Throws<ProblemException>(() => set.ShuffledBatches(Split.Train, 8, 0, 0).Count()).Message);
    }

    private List<(string, int)> Shuffled(int seed, int epoch, int batchSize, int buffer)
    {
        var keys = new List<(string, int)>();
        foreach (var batch in _set.ShuffledBatches(Split.Train, batchSize, seed, epoch, buffer))
        {
            AssertNumbers(batch);
            keys.AddRange(Keys(batch));
        }

        return keys;
    }

    private static (string, int) Key(Segment row) => (row.RecordingId, row.Start);

    private static IEnumerable<(string, int)> Keys(SegmentBatch batch) =>
        Enumerable.Range(0, batch.Count).Select(i => (batch.RecordingId[i], batch.Start[i]));

    // Every number of a row must be the one that TestRows.Fill gave to its recording and start, channel by channel.
    private static void AssertNumbers(SegmentBatch batch)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            var number = int.Parse(batch.RecordingId[row].AsSpan(1));
            Assert.Equal((Label)(number % 4), batch.Label[row]);
            Assert.Equal(number % 4 == (int)Label.AF ? 1 : 0, batch.Class[row]);
            var value = TestRows.Value(batch.RecordingId[row], batch.Start[row] / 500);
            for (var channel = 0; channel < Shapes.Channels; channel++)
            {
                var at = (channel * batch.Count) + row;
                Assert.False(batch.X.AsSpan(at * Shapes.Window, Shapes.Window).ContainsAnyExcept(value));
                Assert.False(batch.KBeat.AsSpan(at * Shapes.Window, Shapes.Window).ContainsAnyExcept(value + 0.25f));
                Assert.False(batch.KRhythm.AsSpan(at * Shapes.SubSegments, Shapes.SubSegments).ContainsAnyExcept(value + 0.5f));
                Assert.Equal(value + 0.75f, batch.KFreq[at]);
            }
        }
    }
}
