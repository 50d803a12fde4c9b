namespace Mina.Model

open System
open Mina.Preprocess

/// The network's attention over one window, on the window's own axes.
type SegmentAttention = {
    /// The probability of AF, 0 .. 1.
    Probability: float
    /// (4, 3000): the beat attention of each sample, channel by channel. The samples of a sub-segment add up to 1.
    Beat: float32[][]
    /// (4, 60): the rhythm attention of each sub-segment. Those of a channel add up to 1.
    Rhythm: float32[][]
    /// (4): the frequency attention of each channel. They add up to 1.
    Frequency: float32[]
}

/// Converts attention over the network's positions to attention over samples, for pictures and for checks.
[<RequireQualifiedAccess>]
module Attentions =
    /// The number of positions of the convolution's kernel in a sub-segment, the kernel's length in samples, and its
    /// stride.
    let private positions, kernel, stride =
        AttentionSizes.Positions, AttentionSizes.Kernel, AttentionSizes.Stride

    /// The first and the last position whose kernel covers a sample, for each sample of a sub-segment.
    let private covering =
        Array.init Shapes.SubSegment (fun t ->
            struct (max 0 ((t - kernel + stride) / stride), min (positions - 1) (t / stride)))

    /// <summary>Converts the beat attention of positions to that of samples.</summary>
    /// <param name="alpha">(m, 10): the beat attention of m sub-segments.</param>
    /// <returns> (m, 50). A sample takes the mean of the positions whose kernel covers it, so that even attention stays
    /// even although the middle of a sub-segment is covered ten times and its ends once. The result is scaled so that
    /// the samples of a sub-segment add up to the sum of its alpha. </returns>
    [<CompiledName("Samples")>]
    let samples (alpha: ReadOnlySpan<float32>) : float32[] =
        if alpha.Length % positions <> 0 then
            invalidArg (nameof alpha) $"%d{alpha.Length} numbers are no whole sub-segments of %d{positions} positions."

        let count = alpha.Length / positions
        let attention = Array.zeroCreate<float32>(count * Shapes.SubSegment)
        let means = Array.zeroCreate<float> Shapes.SubSegment
        let sums = Array.zeroCreate<float>(positions + 1)

        for m in 0 .. count - 1 do
            for p in 0 .. positions - 1 do
                sums[p + 1] <- sums[p] + float alpha[m * positions + p]

            for t in 0 .. Shapes.SubSegment - 1 do
                let struct (first, last) = covering[t]
                means[t] <- (sums[last + 1] - sums[first]) / float (last + 1 - first)

            let all = Array.sum means

            if all > 0.0 then
                for t in 0 .. Shapes.SubSegment - 1 do
                    attention[m * Shapes.SubSegment + t] <- float32 (means[t] * sums[positions] / all)

        attention

    /// <summary>Takes the attention of one window out of that of a batch.</summary>
    /// <param name="explanation">The explanation of B segments by `Classifier.Explain`.</param>
    /// <param name="row">The window's row, 0 .. B - 1.</param>
    [<CompiledName("OfRow")>]
    let ofRow (explanation: Explanation) (row: int) : SegmentAttention =
        let perWindow = Shapes.SubSegments * positions

        {
            Probability = float explanation.Probability[row]
            Beat =
                explanation.Alpha
                |> Array.map (fun alpha -> samples (ReadOnlySpan(alpha, row * perWindow, perWindow)))
            Rhythm =
                explanation.Beta
                |> Array.map (fun beta -> Array.sub beta (row * Shapes.SubSegments) Shapes.SubSegments)
            Frequency = Array.sub explanation.Gamma (row * Shapes.Channels) Shapes.Channels
        }

    /// (3000): one channel's beat attention, with each sub-segment weighted by its rhythm attention. It adds up to 1.
    [<CompiledName("OfChannel")>]
    let ofChannel (attention: SegmentAttention) (channel: int) : float32[] =
        let beat, rhythm = attention.Beat[channel], attention.Rhythm[channel]
        Array.init beat.Length (fun t -> beat[t] * rhythm[t / Shapes.SubSegment])

    /// (3000): the attention of all channels together, each weighted by its frequency attention. This is the share of
    /// the network's attention that each sample received, and it adds up to 1.
    [<CompiledName("Overall")>]
    let overall (attention: SegmentAttention) : float32[] =
        let whole = Array.zeroCreate<float32> Shapes.Window

        for channel in 0 .. Shapes.Channels - 1 do
            let own = ofChannel attention channel

            for t in 0 .. whole.Length - 1 do
                whole[t] <- whole[t] + attention.Frequency[channel] * own[t]

        whole
