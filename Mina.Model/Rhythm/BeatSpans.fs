namespace Mina.Model

open System
open Mina.Preprocess
open Mina.Preprocess.Beats

/// Finds the beats of a span of time in an array that is in order of time.
[<RequireQualifiedAccess>]
module internal BeatSpans =
    /// Instants that differ by less than this, in seconds, are the same.
    let tolerance = 1e-6

    let secondsOf (beat: Beat) = float beat.Sample / float Shapes.Fs

    /// The number of beats at or before an instant.
    let countUpTo (seconds: float) (beats: Beat[]) =
        let mutable low, high = 0, beats.Length

        while low < high do
            let middle = (low + high) / 2

            if secondsOf beats[middle] <= seconds + tolerance then
                low <- middle + 1
            else
                high <- middle

        low

    /// The beats after `from` and up to `until`, in seconds.
    let between (from: float) (until: float) (beats: Beat[]) : ReadOnlySpan<Beat> =
        let first = countUpTo from beats
        ReadOnlySpan(beats, first, countUpTo until beats - first)

    /// The heart rate in beats a minute from the first to the last of some beats; null where there are fewer than three
    /// or the rate lies outside 20 to 300.
    let heartRate (beats: ReadOnlySpan<Beat>) : Nullable<float> =
        if beats.Length < 3 then
            Nullable()
        else
            let rate =
                60.0 * float (beats.Length - 1)
                / (secondsOf beats[beats.Length - 1] - secondsOf beats[0])

            if rate >= 20.0 && rate <= 300.0 then
                Nullable rate
            else
                Nullable()
