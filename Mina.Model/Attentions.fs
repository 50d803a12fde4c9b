namespace Mina.Model

open System
open Mina.Preprocess

/// What the network looked at in one window, on the window's own axes.
type SegmentAttention = {
    /// Of AF, 0 .. 1.
    Probability: float
    /// (4, 3000): beat attention of each sample, channel by channel. The samples of a sub-segment add up to 1.
    Beat: float32[][]
    /// (4, 60): rhythm attention of each sub-segment. A channel's add up to 1.
    Rhythm: float32[][]
    /// (4): frequency attention of each channel. They add up to 1.
    Frequency: float32[]
}

/// From the network's positions to samples: what pictures of attention and its checks are made of.
[<RequireQualifiedAccess>]
module Attentions =
    /// Positions of the convolution's kernel in a sub-segment, its samples, and the samples from one position to the next.
    let private positions, kernel, stride =
        AttentionSizes.Positions, AttentionSizes.Kernel, AttentionSizes.Stride

    /// For each sample of a sub-segment: the first and the last position whose kernel covers it.
    let private covering =
        Array.init Shapes.SubSegment (fun t ->
            struct (max 0 ((t - kernel + stride) / stride), min (positions - 1) (t / stride)))

    /// <summary>Beat attention of positions as that of samples.</summary>
    /// <param name="alpha">(m, 10): of m sub-segments.</param>
    /// <returns>
    /// (m, 50). A sample takes the mean of the positions whose kernel covers it, so that attention paid evenly is even, though
    /// the middle of a sub-segment is covered ten times and its ends once; scaled so that a sub-segment adds up to its alpha's sum.
    /// </returns>
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

    /// <summary>One window's attentions out of a batch's.</summary>
    /// <param name="explanation">What `Classifier.Explain` says of B segments.</param>
    /// <param name="row">0 .. B - 1.</param>
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

    /// (3000): one channel's beat attention, each sub-segment weighed by its rhythm attention. Adds up to 1.
    [<CompiledName("OfChannel")>]
    let ofChannel (attention: SegmentAttention) (channel: int) : float32[] =
        let beat, rhythm = attention.Beat[channel], attention.Rhythm[channel]
        Array.init beat.Length (fun t -> beat[t] * rhythm[t / Shapes.SubSegment])

    /// (3000): all channels' attention together, each weighed by its frequency attention: what share of the network's look
    /// fell on each instant. Adds up to 1.
    [<CompiledName("Overall")>]
    let overall (attention: SegmentAttention) : float32[] =
        let whole = Array.zeroCreate<float32> Shapes.Window

        for channel in 0 .. Shapes.Channels - 1 do
            let own = ofChannel attention channel

            for t in 0 .. whole.Length - 1 do
                whole[t] <- whole[t] + attention.Frequency[channel] * own[t]

        whole
