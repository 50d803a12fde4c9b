using System.Runtime.InteropServices;
using Mina.Preprocess;
using Mina.Streaming.Shards;

namespace Mina.Streaming.Tests.Shards;

/// <summary>Rows of any numbers, and their bits to compare.</summary>
internal static class TestRows
{
    private static readonly float[] Odd =
        [0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, float.MaxValue, float.MinValue];

    /// <summary>Rows of random bits, odd floats among them.</summary>
    public static Segments Random(int seed, int count)
    {
        var random = new Random(seed);
        var rows = new Segments();
        rows.Resize(count);
        foreach (var list in Lists(rows))
        {
            random.NextBytes(MemoryMarshal.AsBytes(list.AsSpan()));
            for (var i = 0; i < Math.Min(list.Length, 200); i++)
                list[random.Next(list.Length)] = Odd[random.Next(Odd.Length)];
        }

        for (var i = 0; i < count; i++)
            rows.Start[i] = random.Next();
        return rows;
    }

    /// <summary>Rows that are cheap to make and to pack, and differ by recording and row.</summary>
    public static void Fill(Segments rows, string recordingId, int count)
    {
        rows.Resize(count);
        for (var row = 0; row < count; row++)
        {
            var value = Value(recordingId, row);
            rows.Start[row] = row * 500;
            rows.X.AsSpan(row * Shapes.XLength, Shapes.XLength).Fill(value);
            rows.KBeat.AsSpan(row * Shapes.XLength, Shapes.XLength).Fill(value + 0.25f);
            rows.KRhythm.AsSpan(row * Shapes.RhythmLength, Shapes.RhythmLength).Fill(value + 0.5f);
            rows.KFreq.AsSpan(row * Shapes.Channels, Shapes.Channels).Fill(value + 0.75f);
        }
    }

    /// <summary>The number that <see cref="Fill"/> gives to a row: exact in a float, another for each recording and row.</summary>
    public static float Value(string recordingId, int row) =>
        (recordingId.Aggregate(7, (sum, c) => ((sum * 31) + c) % 1021) * 1000) + row;

    public static float[][] Lists(Segments rows) => [rows.X, rows.KBeat, rows.KRhythm, rows.KFreq];

    public static bool SameBits(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        MemoryMarshal.Cast<float, int>(a).SequenceEqual(MemoryMarshal.Cast<float, int>(b));

    /// <summary>A directory with recordings r0, r1, ... of the given sizes; label and split go round.</summary>
    public static ShardSet Write(string directory, int rowsPerShard, IReadOnlyList<int> sizes, Split? only = null)
    {
        using (var shards = ShardDirectory.Open(directory, new ShardSettings { RowsPerShard = rowsPerShard }))
        {
            using var writer = new ShardSetWriter(shards);
            var rows = new Segments();
            for (var i = 0; i < sizes.Count; i++)
            {
                Fill(rows, $"r{i}", sizes[i]);
                writer.Write($"r{i}", (Label)(i % 4), only ?? (Split)(i % 3), rows);
            }

            writer.CloseAll();
        }

        return ShardSet.Open(directory, verify: true);
    }
}
