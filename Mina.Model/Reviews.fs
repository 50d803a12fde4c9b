namespace Mina.Model

open System

/// What a person says of a span of a stream.
type ReviewVerdict =
    /// It is AF.
    | Confirmed = 0
    /// It is not AF.
    | Rejected = 1
    /// A comment; nothing is said of the rhythm.
    | Noted = 2
    /// The review that it replaces no longer counts, and nothing takes its place.
    | Withdrawn = 3

/// What a rejected span was.
type RejectedAs =
    | Flutter = 0
    /// Premature beats that make the rhythm irregular.
    | Ectopy = 1
    | Paced = 2
    | Noise = 3
    | Sinus = 4
    | Other = 5

/// A review of a span of one stream. It is an event and never changes: a later one may replace it.
type Review = {
    /// When it was made, by the server's clock. No two reviews of a stream share it, so it names the review.
    Made: DateTimeOffset
    /// The start of the span, by the device's clock.
    Start: DateTimeOffset
    /// The end of the span, after its start.
    End: DateTimeOffset
    Verdict: ReviewVerdict
    /// What the span was; of a rejected span only.
    Was: Nullable<RejectedAs>
    /// When the review that it replaces was made; null where it replaces none.
    Replaces: Nullable<DateTimeOffset>
    /// The onset of the episode that it is about; null where it is about a span alone.
    Onset: Nullable<DateTimeOffset>
}

/// A stretch of time and the review that has the word there.
[<Struct>]
type ReviewedSpan = {
    Start: DateTimeOffset
    End: DateTimeOffset
    Review: Review
}

/// What a stream's reviews say now. Of two reviews of an instant the later has the word, unless a review has replaced
/// it, which takes its word everywhere, also where the replacing review does not reach. Comments change no word.
[<RequireQualifiedAccess>]
module Reviews =
    /// The longest comment, in characters.
    [<Literal>]
    let MaxComment = 1000

    /// The reviews that still count: confirmed and rejected spans that no later review has replaced, in the order in
    /// which they were made.
    [<CompiledName("Standing")>]
    let standing (reviews: Review seq) : Review[] =
        let replaced =
            reviews
            |> Seq.filter (fun review -> review.Replaces.HasValue)
            |> Seq.map _.Replaces.Value
            |> Set.ofSeq

        reviews
        |> Seq.filter (fun review ->
            (review.Verdict = ReviewVerdict.Confirmed
             || review.Verdict = ReviewVerdict.Rejected)
            && not (replaced.Contains review.Made))
        |> Seq.sortBy _.Made
        |> Array.ofSeq

    /// The review that has the word on an episode: the latest that counts, and that is about the episode or covers all
    /// of it; none where nobody has reviewed it.
    /// Of an episode that still goes on, `finish` is its latest instant of AF.
    [<CompiledName("WordOn")>]
    let wordOn (reviews: Review seq) (onset: DateTimeOffset) (finish: DateTimeOffset) : Review voption =
        let covers (review: Review) =
            review.Start <= onset && review.End >= finish

        standing reviews
        |> Array.tryFindBack (fun review -> review.Onset = Nullable onset || covers review)
        |> Option.toValueOption

    /// Which review has the word at which time, in order of time, without overlaps. Neighbours of one review are one
    /// span; time in no span has not been reviewed.
    [<CompiledName("Timeline")>]
    let timeline (reviews: Review seq) : ReviewedSpan[] =
        let standing =
            standing reviews |> Array.filter (fun review -> review.End > review.Start)

        let wordAt (time: DateTimeOffset) =
            standing
            |> Array.tryFindBack (fun review -> review.Start <= time && time < review.End)

        let join (spans: ReviewedSpan list) (next: ReviewedSpan) =
            match spans with
            | last :: rest when last.End = next.Start && last.Review.Made = next.Review.Made ->
                { last with End = next.End } :: rest
            | _ -> next :: spans

        standing
        |> Array.collect (fun review -> [| review.Start; review.End |])
        |> Array.distinct
        |> Array.sort
        |> Array.pairwise
        |> Array.choose (fun (start, finish) ->
            wordAt start
            |> Option.map (fun review -> {
                Start = start
                End = finish
                Review = review
            }))
        |> Array.fold join []
        |> List.rev
        |> Array.ofList

    /// The rhythm of a review that counts, as WFDB's rhythm annotations name it, without the parenthesis. PhysioNet has
    /// no code for ectopic beats in general, nor one for all other rhythms; here they are ECTOPY and OTHER.
    [<CompiledName("RhythmOf")>]
    let rhythmOf (review: Review) : string =
        match review.Verdict, Option.ofNullable review.Was with
        | ReviewVerdict.Confirmed, _ -> "AFIB"
        | _, Some RejectedAs.Flutter -> "AFL"
        | _, Some RejectedAs.Ectopy -> "ECTOPY"
        | _, Some RejectedAs.Paced -> "P"
        | _, Some RejectedAs.Noise -> "NOISE"
        | _, Some RejectedAs.Sinus -> "N"
        | _ -> "OTHER"
