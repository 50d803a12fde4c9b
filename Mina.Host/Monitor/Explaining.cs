using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Monitor;

/// <summary>The network's attentions of one segment, spread over its samples.</summary>
internal static class Explaining
{
    // Position p of a sub-segment covers its samples 2p to 2p + 31 (Classifier.Explain).
    private const int Positions = 10;
    private const int Step = 2;
    private const int Width = 32;

    /// <summary>Explains row 0.</summary>
    public static WindowAttention Of(Classifier classifier, SegmentRows rows, DateTimeOffset start)
    {
        var batch = new SegmentBatch(1) { Count = 1 };
        batch.Set(0, rows.X.AsSpan(0, Shapes.XLength), rows.KBeat.AsSpan(0, Shapes.XLength), rows.KRhythm.AsSpan(0, Shapes.RhythmLength), rows.KFreq.AsSpan(0, Shapes.Channels));
        var seen = classifier.Explain(batch);
        return new WindowAttention(
            start,
            seen.Probability[0],
            Array.ConvertAll(seen.Alpha, Spread),
            Array.ConvertAll(seen.Beta, beta => beta[..Shapes.SubSegments]),
            seen.Gamma[..Shapes.Channels],
            [.. Enumerable.Range(0, Shapes.Channels).Select(c => rows.X.AsSpan(c * Shapes.Window, Shapes.Window).ToArray())]);
    }

    /// <summary>Each position's share goes to the samples it covers, evenly: a sub-segment's samples add up to 1.</summary>
    private static float[] Spread(float[] alpha)
    {
        var samples = new float[Shapes.Window];
        for (var sub = 0; sub < Shapes.SubSegments; sub++)
        {
            for (var p = 0; p < Positions; p++)
            {
                var share = alpha[(sub * Positions) + p] / Width;
                foreach (ref var v in samples.AsSpan((sub * Shapes.SubSegment) + (p * Step), Width))
                    v += share;
            }
        }

        return samples;
    }
}
