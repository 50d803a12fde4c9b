/// Who has the word on a span: the latest review that counts.
module Mina.Model.Tests.ReviewsTests

open System
open FsCheck.Xunit
open Mina.Model
open Xunit

let private at (second: int) =
    DateTimeOffset.UnixEpoch.AddSeconds(float second)

let private review made start finish verdict : Review = {
    Made = at made
    Start = at start
    End = at finish
    Verdict = verdict
    Was =
        if verdict = ReviewVerdict.Rejected then
            Nullable RejectedAs.Noise
        else
            Nullable()
    Replaces = Nullable()
    Onset = Nullable()
}

let private replacing (made: int) (review: Review) = {
    review with
        Replaces = Nullable(at made)
}

/// Reviews of one stream from numbers of any kind, each made a second after the one before.
let private many (given: (int * int * int * int) list) : Review list =
    given
    |> List.mapi (fun i (start, length, verdict, back) ->
        let start = abs (start % 100)
        let verdict = enum<ReviewVerdict>(abs (verdict % 4))

        let one = review i start (start + 1 + abs (length % 50)) verdict

        if verdict <> ReviewVerdict.Noted && back % 3 = 0 && i > 0 then
            one |> replacing (abs (back % i))
        else
            one)

/// The review that has the word at an instant, as one would look it up in a list.
let private word (reviews: Review list) (time: DateTimeOffset) =
    let isReplaced (review: Review) =
        reviews |> List.exists (fun other -> other.Replaces = Nullable review.Made)

    reviews
    |> List.filter (fun review ->
        (review.Verdict = ReviewVerdict.Confirmed
         || review.Verdict = ReviewVerdict.Rejected)
        && not (isReplaced review)
        && review.Start <= time
        && time < review.End)
    |> List.tryLast

[<Property>]
let ``at every instant the latest review that counts has the word, in whatever order the reviews are given``
    (given: (int * int * int * int) list)
    =
    let reviews = many given
    let timeline = Reviews.timeline (List.rev reviews)

    for second in 0..151 do
        let time = (at second).AddSeconds 0.5

        let said =
            timeline
            |> Array.tryFind (fun span -> span.Start <= time && time < span.End)
            |> Option.map _.Review

        Assert.Equal(word reviews time, said)

[<Property>]
let ``the spans of a timeline are in order, do not overlap, and join what one review says``
    (given: (int * int * int * int) list)
    =
    let timeline = Reviews.timeline (many given)

    for span in timeline do
        Assert.True(span.Start < span.End)

    for before, after in Array.pairwise timeline do
        Assert.True(before.End <= after.Start)
        Assert.False(before.End = after.Start && before.Review.Made = after.Review.Made)

[<Fact>]
let ``a replaced review has no word any more, also where the one that replaces it does not reach`` () =
    let wide = review 0 0 100 ReviewVerdict.Confirmed
    let narrow = review 1 20 80 ReviewVerdict.Confirmed |> replacing 0
    let span = Assert.Single(Reviews.timeline [ wide; narrow ])
    Assert.Equal((at 20, at 80), (span.Start, span.End))

[<Fact>]
let ``a withdrawn review leaves the word to those that were made before it`` () =
    let first = review 0 0 100 ReviewVerdict.Confirmed
    let second = review 1 50 100 ReviewVerdict.Rejected
    let withdrawal = review 2 50 100 ReviewVerdict.Withdrawn |> replacing 1
    Assert.Equal(first, Assert.Single(Reviews.standing [ first; second; withdrawal ]))
    Assert.Empty(Reviews.timeline [ second; withdrawal ])

[<Fact>]
let ``the word on an episode is of the latest review that is about it or covers all of it`` () =
    let about = {
        review 0 12 20 ReviewVerdict.Confirmed with
            Onset = Nullable(at 10)
    }

    let covering = review 1 0 100 ReviewVerdict.Rejected
    let part = review 2 10 15 ReviewVerdict.Confirmed

    let note = {
        review 3 10 20 ReviewVerdict.Noted with
            Onset = Nullable(at 10)
    }

    Assert.Equal(ValueSome about, Reviews.wordOn [ about; part; note ] (at 10) (at 20))
    Assert.Equal(ValueSome covering, Reviews.wordOn [ about; covering; part ] (at 10) (at 20))
    Assert.Equal(ValueNone, Reviews.wordOn [ part; note ] (at 10) (at 20))

[<Fact>]
let ``each word is a rhythm of its own`` () =
    let rejected (was: RejectedAs) = {
        review 0 0 10 ReviewVerdict.Rejected with
            Was = Nullable was
    }

    let rhythms = [
        yield Reviews.rhythmOf (review 0 0 10 ReviewVerdict.Confirmed)
        for was in Enum.GetValues<RejectedAs>() -> Reviews.rhythmOf (rejected was)
    ]

    Assert.Equal<string>([ "AFIB"; "AFL"; "ECTOPY"; "P"; "NOISE"; "N"; "OTHER" ], rhythms)
