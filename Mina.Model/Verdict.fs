namespace Mina.Model

open System
open Mina.Preprocess

/// The finding of a window or a recording.
type Finding =
    /// The probability of AF is at the threshold or above.
    | AF = 0
    /// The probability is below the threshold.
    | NotAF = 1
    /// There is a gap or no usable signal, so no statement is made. This never means "not AF".
    | Unclassifiable = 2

/// Derives findings from probabilities.
[<RequireQualifiedAccess>]
module Findings =
    /// The finding of a probability of AF at a threshold; a null probability is unclassifiable.
    [<CompiledName("At")>]
    let at (threshold: float) (probability: Nullable<float>) : Finding =
        if not probability.HasValue then Finding.Unclassifiable
        elif probability.Value >= threshold then Finding.AF
        else Finding.NotAF

    /// The finding of a recording from those of its leads: AF where it is AF in half or more of the leads that can be
    /// classified, and unclassifiable where none can.
    [<CompiledName("OfLeads")>]
    let ofLeads (leads: Finding seq) : Finding =
        let known =
            leads |> Seq.filter (fun lead -> lead <> Finding.Unclassifiable) |> Seq.toArray

        let af = known |> Seq.filter (fun lead -> lead = Finding.AF) |> Seq.length

        if known.Length = 0 then Finding.Unclassifiable
        elif 2 * af >= known.Length then Finding.AF
        else Finding.NotAF

/// A window of 10 s and its probability of AF. This is plain data, which may be stored as JSON.
[<Struct>]
type Verdict = {
    /// The start of the window, in seconds from the start of its recording or stream.
    StartSeconds: float
    /// The probability of AF, 0 .. 1; null exactly where there is a fault.
    Probability: Nullable<float>
    /// The fault that makes the window unclassifiable; `None` where it is classifiable.
    Fault: WindowFault
} with

    /// The finding at a threshold.
    member verdict.FindingAt(threshold: float) : Finding =
        Findings.at threshold verdict.Probability
