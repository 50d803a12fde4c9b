using Mina.Model.Torch;
using Mina.Preprocess;
using TorchSharp;

namespace Mina.Benchmarks;

/// <summary>Made-up batches, and the literal network on them.</summary>
internal static class Batches
{
    /// <summary>Numbers of about a segment's size; speed does not depend on them.</summary>
    public static SegmentBatch Random(int count)
    {
        var random = new Random(7);
        var batch = new SegmentBatch(count) { Count = count };
        foreach (var numbers in new[] { batch.X, batch.KBeat, batch.KRhythm, batch.KFreq })
        {
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = random.NextSingle();
        }

        for (var i = 0; i < count; i++)
            batch.Class[i] = random.Next(2);
        return batch;
    }

    /// <summary>The literal port of mina_reference.py: four BeatNets and RhythmNets in a loop.</summary>
    public static FreqNetOutput Forward(FreqNet net, SegmentBatch batch)
    {
        long b = batch.Count;
        return net.forward(
            torch.tensor(batch.X).view(4, b, 3000),
            torch.tensor(batch.KBeat).view(4, b, 3000),
            torch.tensor(batch.KRhythm).view(4, b, 60),
            torch.tensor(batch.KFreq).view(4, b, 1));
    }
}
