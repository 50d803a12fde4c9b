module Mina.Model.Tests.EpisodesTests

open System
open System.Text.Json
open Xunit
open FsCheck.Xunit
open FsCheck.FSharp
open Mina.Model
open Mina.Preprocess

let private stride = 5.0 / 3.0
let private length = 10.0

/// Windows on the grid, by their place on it; places may be missing.
let private at (place: int) (probability: float) : Verdict = {
    StartSeconds = float place * stride
    Probability =
        if Double.IsNaN probability then
            Nullable()
        else
            Nullable probability
    Fault =
        if Double.IsNaN probability then
            WindowFault.Gap
        else
            WindowFault.None
}

let private windows (probabilities: float list) = probabilities |> List.mapi at

let private rules = EpisodeRules.At 0.5

let private endOf (windows: Verdict list) =
    if windows.IsEmpty then
        0.0
    else
        (List.last windows).StartSeconds + length

let private whole rules (windows: Verdict list) =
    let struct (state, episodes) =
        Episodes.ofRecording rules (List.toSeq windows) (endOf windows)

    state, List.ofArray episodes

type Stream = {
    Windows: Verdict list
    Rules: EpisodeRules
}

type Generators =
    /// Runs of AF, not AF, unclassifiable and missing windows, under all sorts of rules.
    static member Stream() =
        gen {
            let! runs =
                Gen.listOf (
                    Gen.zip
                        (Gen.choose (1, 30))
                        (Gen.elements [ Some 0.9; Some 0.1; Some 0.55; Some 0.45; Some nan; None ])
                )

            let! minimum = Gen.elements [ 5.0; 30.0; 120.0 ]
            let! merge = Gen.elements [ 0.0; 5.0; 20.0 ]
            let! bridge = Gen.elements [ 0.0; 7.0; 60.0 ]
            let! smoothing = Gen.elements [ 0.0; 3.5; 10.0 ]
            let! offset = Gen.elements [ 0.3; 0.5 ]

            let places =
                runs |> List.collect (fun (count, p) -> List.replicate count p) |> List.indexed

            return {
                Windows = places |> List.choose (fun (place, p) -> p |> Option.map (at place))
                Rules = {
                    rules with
                        MinimumSeconds = minimum
                        MergeGapSeconds = merge
                        BridgeSeconds = bridge
                        SmoothingSeconds = smoothing
                        OffsetProbability = offset
                }
            }
        }
        |> Arb.fromGen

let private near (a: float) (b: float) = abs (a - b) < 1e-6

/// Folds, keeping the state as JSON after every `keepEvery` windows, as a process killed there would find it.
let private eventsOf rules keepEvery (windows: Verdict list) =
    let mutable state = Episodes.start
    let events = ResizeArray()

    windows
    |> List.iteri (fun i window ->
        if i % keepEvery = 0 then
            match JsonSerializer.Deserialize<EpisodeState>(JsonSerializer.Serialize state) with
            | null -> failwith "no state"
            | kept -> state <- kept

        let struct (next, happened) = Episodes.step rules state window
        events.AddRange happened
        state <- next)

    let struct (final, happened) = Episodes.finish rules state (endOf windows)
    events.AddRange happened
    final, List.ofSeq events

[<Properties(Arbitrary = [| typeof<Generators> |], MaxTest = 300)>]
module Properties =
    [<Property>]
    let ``episodes are ordered, disjoint, and as long as the rules ask`` (stream: Stream) =
        let _, episodes = whole stream.Rules stream.Windows

        episodes
        |> List.forall (fun e ->
            e.ClassifiableSeconds >= stream.Rules.MinimumSeconds - 1e-5
            && e.EndSeconds - e.StartSeconds >= e.ClassifiableSeconds - 1e-6)
        && episodes
           |> List.pairwise
           |> List.forall (fun (a, b) -> a.EndSeconds < b.StartSeconds)

    [<Property>]
    let ``an episode's mean probability lies between the lowest and the highest that was given`` (stream: Stream) =
        let _, episodes = whole stream.Rules stream.Windows

        episodes
        |> List.forall (fun e -> e.MeanProbability > 0.1 - 1e-9 && e.MeanProbability < 0.9 + 1e-9)

    [<Property>]
    let ``a state kept as JSON and read again goes on as if nothing had happened`` (stream: Stream) =
        eventsOf stream.Rules 1 stream.Windows = eventsOf stream.Rules Int32.MaxValue stream.Windows

    [<Property>]
    let ``events open an episode, extend it, close it, and then the next`` (stream: Stream) =
        let _, events = eventsOf stream.Rules Int32.MaxValue stream.Windows

        let follows (isOpen, right) (e: EpisodeEvent) =
            match e.Kind with
            | EpisodeEventKind.Opened -> true, right && not isOpen
            | EpisodeEventKind.Extended -> true, right && isOpen
            | _ -> false, right && isOpen

        List.fold follows (false, true) events = (false, true)

    [<Property>]
    let ``an episode starts where it started and only grows`` (stream: Stream) =
        let _, events = eventsOf stream.Rules Int32.MaxValue stream.Windows

        events
        |> List.pairwise
        |> List.forall (fun (a, b) ->
            b.Kind = EpisodeEventKind.Opened
            || b.Kind = EpisodeEventKind.Closed && a.Episode = b.Episode
            || a.Episode.StartSeconds = b.Episode.StartSeconds
               && a.Episode.EndSeconds < b.Episode.EndSeconds)

    [<Property>]
    let ``classifiable and unclassifiable time add up to all of it, and burden is a share`` (stream: Stream) =
        let state, episodes = whole stream.Rules stream.Windows

        let total =
            match stream.Windows with
            | [] -> 0.0
            | first :: _ -> endOf stream.Windows - first.StartSeconds

        let burden = Episodes.burden state

        near total (state.ClassifiableSeconds + state.UnclassifiableSeconds)
        && near state.ClosedSeconds (episodes |> List.sumBy _.ClassifiableSeconds)
        && burden.HasValue = (state.ClassifiableSeconds > 0.0)
        && (not burden.HasValue || burden.Value >= 0.0 && burden.Value <= 1.0)

    [<Property>]
    let ``without a window at the threshold there is no episode`` (stream: Stream) =
        let low =
            stream.Windows
            |> List.filter (fun w -> not w.Probability.HasValue || w.Probability.Value < 0.5)

        snd (
            whole
                {
                    stream.Rules with
                        SmoothingSeconds = 0.0
                }
                low
        ) = []

    [<Property>]
    let ``windows turned unclassifiable never make an episode out of none`` (stream: Stream) (blinded: int list) =
        let rules = {
            stream.Rules with
                SmoothingSeconds = 0.0
        }

        let hide = blinded |> List.map (fun i -> abs i % 60) |> Set.ofList

        let hidden =
            stream.Windows
            |> List.mapi (fun i w ->
                if hide.Contains i && w.Probability.HasValue && w.Probability.Value >= 0.5 then
                    { w with Probability = Nullable() }
                else
                    w)

        let _, seen = whole rules stream.Windows
        let _, left = whole rules hidden
        not seen.IsEmpty || left.IsEmpty

    [<Property>]
    let ``a stream that starts later has the same episodes, later`` (stream: Stream) (shift: int) =
        let by = float (abs shift % 100_000) * stride

        let later =
            stream.Windows
            |> List.map (fun w -> {
                w with
                    StartSeconds = w.StartSeconds + by
            })

        let _, a = whole stream.Rules stream.Windows
        let _, b = whole stream.Rules later

        a.Length = b.Length
        && List.forall2
            (fun (x: Episode) (y: Episode) ->
                near (x.StartSeconds + by) y.StartSeconds
                && near (x.EndSeconds + by) y.EndSeconds)
            a
            b

let private sixty value = List.replicate 60 value

[<Fact>]
let ``a stream all AF is one episode from its first second to its last, and burden is 1`` () =
    let state, episodes = whole rules (windows (sixty 0.8))
    let only = Assert.Single episodes
    Assert.Equal(0.0, only.StartSeconds)
    Assert.Equal(59.0 * stride + length, only.EndSeconds, 9)
    Assert.Equal(0.8, only.MeanProbability, 9)
    Assert.Equal(1.0, (Episodes.burden state).Value, 9)

[<Fact>]
let ``a stream without AF has burden 0, and one without a classifiable window has none`` () =
    Assert.Equal(0.0, (Episodes.burden (fst (whole rules (windows (sixty 0.2))))).Value)
    Assert.False((Episodes.burden (fst (whole rules (windows (sixty nan))))).HasValue)

[<Fact>]
let ``onset and end lie halfway between the centres of the windows that differ`` () =
    // AF from 100 s to 200 s: a window says AF when more than half of it is.
    let seen = [ for place in 0..179 -> if place >= 57 && place < 117 then 0.9 else 0.1 ]
    let only = Assert.Single(snd (whole rules (windows seen)))
    Assert.Equal(56.5 * stride + length / 2.0, only.StartSeconds, 9)
    Assert.Equal(116.5 * stride + length / 2.0, only.EndSeconds, 9)
    Assert.InRange(only.StartSeconds, 100.0 - stride, 100.0 + stride)
    Assert.InRange(only.EndSeconds, 200.0 - stride, 200.0 + stride)

[<Fact>]
let ``AF of less than 30 s is no episode, and of 30 s is one`` () =
    let of' count = [ for place in 0..99 -> if place >= 20 && place < 20 + count then 0.9 else 0.1 ]
    Assert.Empty(snd (whole rules (windows (of' 17))))
    let only = Assert.Single(snd (whole rules (windows (of' 18))))
    Assert.Equal(30.0, only.EndSeconds - only.StartSeconds, 9)

[<Fact>]
let ``in a strip of less than a minute half of it is enough`` () =
    Assert.Equal(30.0, (rules.ForRecordingOf 86400.0).MinimumSeconds)
    Assert.Equal(5.0, (rules.ForRecordingOf 10.0).MinimumSeconds)

    let strip = windows [ for place in 0..12 -> if place >= 4 then 0.9 else 0.1 ]
    Assert.Empty(snd (whole rules strip))
    let only = Assert.Single(snd (whole (rules.ForRecordingOf 30.0) strip))
    Assert.Equal(30.0, only.EndSeconds, 9)

[<Fact>]
let ``not-AF time up to the gap is merged, and longer time parts two episodes`` () =
    let apart count = [
        yield! List.replicate 30 0.9
        yield! List.replicate count 0.1
        yield! List.replicate 30 0.9
    ]

    let merged = Assert.Single(snd (whole rules (windows (apart 6))))
    Assert.Equal(merged.EndSeconds - merged.StartSeconds, merged.ClassifiableSeconds, 6)
    Assert.InRange(merged.MeanProbability, 0.1, 0.9 - 1e-6)
    Assert.Equal(2, (snd (whole rules (windows (apart 7)))).Length)

[<Fact>]
let ``a short unclassifiable stretch is bridged, but counts for nothing`` () =
    let seen = [
        yield! List.replicate 30 0.9
        yield! List.replicate 12 nan
        yield! List.replicate 30 0.9
    ]

    let state, episodes = whole rules (windows seen)
    let only = Assert.Single episodes
    // The windows before end at 29 strides + 10 s, those after begin at 42.
    let blind = 42.0 * stride - (29.0 * stride + length)
    Assert.Equal(blind, state.UnclassifiableSeconds, 6)
    Assert.Equal(only.EndSeconds - only.StartSeconds - blind, only.ClassifiableSeconds, 6)
    Assert.Equal(1.0, (Episodes.burden state).Value, 9)

[<Fact>]
let ``an open episode closes once the blind time is too long, without waiting for a window that can be judged`` () =
    let seen = List.replicate 30 0.9 @ List.replicate 40 nan |> windows
    let mutable state = Episodes.start
    let mutable closedAt = nan

    for window in seen do
        let struct (next, events) = Episodes.step rules state window
        state <- next

        if events |> Array.exists (fun e -> e.Kind = EpisodeEventKind.Closed) then
            closedAt <- window.StartSeconds

    let ends = 29.0 * stride + length
    Assert.InRange(closedAt, ends + 30.0, ends + 30.0 + 2.0 * stride)

[<Fact>]
let ``missing windows are unclassifiable time like any other`` () =
    let gap = [
        for place in 0..99 do
            if place < 40 || place >= 60 then
                at place 0.9
    ]

    let marked = [
        for place in 0..99 -> at place (if place < 40 || place >= 60 then 0.9 else nan)
    ]

    Assert.Equal((whole rules gap).ToString(), (whole rules marked).ToString())

[<Fact>]
let ``with an offset below the onset, AF goes on through windows in between and does not begin with them`` () =
    let hysteresis = {
        rules with
            OffsetProbability = 0.3
            MergeGapSeconds = 0.0
    }

    let seen =
        List.replicate 30 0.4 @ List.replicate 30 0.9 @ List.replicate 30 0.4 |> windows

    let only = Assert.Single(snd (whole hysteresis seen))
    Assert.Equal(29.5 * stride + 5.0, only.StartSeconds, 6)
    Assert.Equal(endOf seen, only.EndSeconds, 6)

[<Fact>]
let ``smoothing takes out a single window`` () =
    let smooth = {
        rules with
            SmoothingSeconds = 2.0 * stride
            MergeGapSeconds = 0.0
    }

    let seen = [ for place in 0..99 -> if place = 50 then 0.2 else 0.9 ] |> windows
    Assert.Equal(2, (snd (whole { rules with MergeGapSeconds = 0.0 } seen)).Length)
    Assert.Single(snd (whole smooth seen)) |> ignore

[<Fact>]
let ``windows out of order and numbers that are no probability are refused`` () =
    let struct (state, _) = Episodes.step rules Episodes.start (at 3 0.5)

    Assert.Throws<ArgumentException>(fun () -> Episodes.step rules state (at 3 0.5) |> ignore)
    |> ignore

    Assert.Throws<ArgumentException>(fun () -> Episodes.step rules state (at 4 1.5) |> ignore)
    |> ignore

[<Fact>]
let ``the rest of a recording that no window reaches goes to the last one`` () =
    let struct (_, episodes) =
        Episodes.ofRecording rules (windows (sixty 0.9)) (59.0 * stride + length + 1.2)

    Assert.Equal(59.0 * stride + length + 1.2, (Assert.Single episodes).EndSeconds, 9)
