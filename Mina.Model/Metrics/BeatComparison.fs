namespace Mina.Model

open System

/// The class of a beat in ANSI/AAMI EC57.
type BeatClass =
    /// Any beat that is not of another class: normal and bundle branch block beats.
    | N = 0
    /// Supraventricular ectopic.
    | S = 1
    /// Ventricular ectopic.
    | V = 2
    /// Fusion of a ventricular ectopic and a normal beat.
    | F = 3
    /// Paced, fusion of a paced and a normal beat, or unclassifiable.
    | Q = 4

/// A beat as an annotator marked it.
[<Struct>]
type BeatMark = {
    /// The time of the beat in ticks of the record, which are mostly samples.
    Tick: int64
    Class: BeatClass
}

/// A stretch of a record in ticks, including both ends.
[<Struct>]
type TickSpan = { First: int64; Last: int64 }

/// One annotator's marks of a record's beats.
type BeatMarks = {
    /// The beats in order of time.
    Beats: BeatMark[]
    /// The stretches in which the annotator says that no signal can be read ("shutdown").
    Unreadable: TickSpan[]
    /// The stretches of ventricular flutter and fibrillation, which have no beats.
    Fibrillation: TickSpan[]
}

/// The comparison of a detector's beats with those of a reference: pairs of beats, counted by class. Counts add up over
/// records ("gross"), and the ratios of single records are averaged ("average").
type BeatComparison = {
    /// The counts in 7 rows, the reference's N, S, V, F, Q, O and X, of 7 columns, the detector's. O means that no beat
    /// was marked, and X that moreover the annotator says that no signal can be read there.
    Pairs: int[][]
} with

    /// The names of rows and columns, in order.
    static member Names: string[] = [| "N"; "S"; "V"; "F"; "Q"; "O"; "X" |]

    static member private Ratio(part: int, whole: int) =
        if whole > 0 then float part / float whole else nan

    member private c.Sum(rows: int seq, columns: int seq) =
        rows
        |> Seq.sumBy (fun row -> columns |> Seq.sumBy (fun column -> c.Pairs[row][column]))

    /// The number of reference beats that the detector marked too, whatever their class.
    member c.Found = c.Sum(seq { 0..4 }, seq { 0..4 })

    /// The number of beats of the reference.
    member c.ReferenceBeats = c.Sum(seq { 0..4 }, seq { 0..6 })

    /// The number of beats of the detector.
    member c.DetectedBeats = c.Sum(seq { 0..6 }, seq { 0..4 })

    /// QRS sensitivity: share of the reference's beats that were found; NaN without any.
    member c.Sensitivity = BeatComparison.Ratio(c.Found, c.ReferenceBeats)

    /// QRS positive predictivity: share of the detector's beats that are true; NaN without any.
    member c.Ppv = BeatComparison.Ratio(c.Found, c.DetectedBeats)

    /// Share of the reference's ventricular ectopic beats (V) that the detector called so; NaN without any.
    member c.VebSensitivity =
        BeatComparison.Ratio(c.Pairs[2][2], c.Sum(seq { 2 }, seq { 0..6 }))

    /// Share of the beats that the detector called ventricular ectopic that are; fusion and unclassifiable beats of the
    /// reference count neither for nor against. NaN without any.
    member c.VebPpv =
        BeatComparison.Ratio(c.Pairs[2][2], c.Sum([ 0; 1; 2; 5; 6 ], seq { 2 }))

    /// False ventricular ectopic beats as a share of all beats that are not ventricular ectopic; NaN without any.
    member c.VebFalsePositiveRate =
        let wrong = c.Sum([ 0; 1; 5; 6 ], seq { 2 })
        BeatComparison.Ratio(wrong, wrong + c.Sum([ 0; 1; 3; 4; 5; 6 ], [ 0; 1; 3; 4 ]))

    /// Share of the reference's supraventricular ectopic beats (S) that the detector called so; NaN without any.
    member c.SvebSensitivity =
        BeatComparison.Ratio(c.Pairs[1][1], c.Sum(seq { 1 }, seq { 0..6 }))

    /// Share of the beats that the detector called supraventricular ectopic that are; unclassifiable beats of the
    /// reference count neither for nor against. NaN without any.
    member c.SvebPpv =
        BeatComparison.Ratio(c.Pairs[1][1], c.Sum([ 0; 1; 2; 3; 5; 6 ], seq { 1 }))

/// Compares beats with those of a reference, beat by beat, as ANSI/AAMI EC57 and WFDB's `bxb` define it.
[<RequireQualifiedAccess>]
module BeatComparisons =
    let private none = 5
    let private unreadable = 6

    /// Later than any beat, and far from overflow.
    let private never = Int64.MaxValue / 4L

    let private holds (spans: TickSpan[]) (tick: int64) =
        spans |> Array.exists (fun s -> s.First <= tick && tick <= s.Last)

    let private tickOf (beats: BeatMark[]) i =
        if i < 0 then -never
        elif i < beats.Length then beats[i].Tick
        else never

    let private firstFrom (tick: int64) (beats: BeatMark[]) =
        beats
        |> Array.tryFindIndex (fun b -> b.Tick >= tick)
        |> Option.defaultValue beats.Length

    /// <summary>Compares the beats of one record.</summary>
    /// <param name="window">The largest number of ticks between two marks of the same beat; EC57 says 150 ms.</param>
    /// <param name="first">The tick at which the comparison begins; EC57 leaves out the first 5 minutes.</param>
    /// <param name="last">The tick at which it ends.</param>
    /// <param name="reference">The beats that are true.</param>
    /// <param name="detected">The beats that are judged.</param>
    [<CompiledName("Compare")>]
    let compare
        (window: int64)
        (first: int64)
        (last: int64)
        (reference: BeatMarks)
        (detected: BeatMarks)
        : BeatComparison =
        let pairs = Array.init 7 (fun _ -> Array.zeroCreate<int> 7)
        let truth, found = reference.Beats, detected.Beats

        let add row column =
            pairs[row][column] <- pairs[row][column] + 1

        let truthAt, foundAt = tickOf truth, tickOf found
        let mutable i, j = firstFrom first truth, firstFrom first found

        let pair () =
            add (int truth[i].Class) (int found[j].Class)
            i <- i + 1
            j <- j + 1

        // Where beats lie before the comparison, a beat may have its partner there: the first of the reference
        // may be the detector's last one before, and the detector's first one may be the reference's last one before.
        if first > 0L then
            let before = foundAt (j - 1)

            if truthAt i - before <= window && truthAt i - before < abs (truthAt i - foundAt j) then
                add (int truth[i].Class) (int found[j - 1].Class)
                i <- i + 1
            elif
                foundAt j - first <= window
                && abs (truthAt i - foundAt (j + 1)) < abs (truthAt i - foundAt j)
            then
                j <- j + 1

        // The earlier of the next two beats is the other's partner if they are near enough and no later beat of its own
        // side is nearer to the other; else it has none.
        while min (truthAt i) (foundAt j) <= last do
            let t, d = truthAt i, foundAt j

            if d < t then
                if t - d <= window && t - d < abs (t - foundAt (j + 1)) then
                    pair ()
                else
                    // Whatever is marked in the reference's fibrillation is not counted.
                    if not (holds reference.Fibrillation d) then
                        add (if holds reference.Unreadable d then unreadable else none) (int found[j].Class)

                    j <- j + 1
            elif d - t <= window && d - t < abs (d - truthAt (i + 1)) then
                pair ()
            else
                add (int truth[i].Class) (if holds detected.Unreadable t then unreadable else none)
                i <- i + 1

        { Pairs = pairs }

    /// Adds up the counts of all records; the ratios of the sum are EC57's "gross" figures.
    [<CompiledName("Gross")>]
    let gross (records: BeatComparison seq) : BeatComparison =
        let pairs = Array.init 7 (fun _ -> Array.zeroCreate<int> 7)

        for record in records do
            for row in 0..6 do
                for column in 0..6 do
                    pairs[row][column] <- pairs[row][column] + record.Pairs[row][column]

        { Pairs = pairs }

    /// The mean of a ratio over the records where it is defined, which is EC57's "average"; NaN where it is defined in
    /// none.
    [<CompiledName("Average")>]
    let average (ratio: Func<BeatComparison, float>) (records: BeatComparison seq) : float =
        records |> Seq.map ratio.Invoke |> EpisodeComparisons.meanOfDefined
