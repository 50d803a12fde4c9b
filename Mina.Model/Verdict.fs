namespace Mina.Model

open System
open Mina.Preprocess

/// What a window or a recording shows.
type Finding =
    /// The probability of AF is at the threshold or above.
    | AF = 0
    /// The probability is below the threshold.
    | NotAF = 1
    /// There is a gap or no usable signal: nothing is said, which never means "not AF".
    | Unclassifiable = 2

/// Findings of probabilities.
[<RequireQualifiedAccess>]
module Findings =
    /// The finding of a probability of AF at a threshold; a null probability is unclassifiable.
    [<CompiledName("At")>]
    let at (threshold: float) (probability: Nullable<float>) : Finding =
        if not probability.HasValue then Finding.Unclassifiable
        elif probability.Value >= threshold then Finding.AF
        else Finding.NotAF

/// A window of 10 s and what was said of it. This is plain data, which may be kept as JSON.
[<Struct>]
type Verdict = {
    /// Where the window starts, in seconds from the start of its recording or stream.
    StartSeconds: float
    /// Probability of AF, 0 .. 1; null exactly where there is a fault.
    Probability: Nullable<float>
    /// Why the window is unclassifiable; `None` where it is not.
    Fault: WindowFault
} with

    /// The finding at a threshold.
    member verdict.FindingAt(threshold: float) : Finding =
        Findings.at threshold verdict.Probability
