module Mina.Model.Tests.AlarmDelaysTests

open System
open Xunit
open Mina.Model

let private span start ends : Span = { Start = start; End = ends }

let private rules = EpisodeRules.At 0.5

/// A window every 5/3 s of five minutes, AF where its centre lies in one of the spans.
let private verdicts (spans: Span list) : Verdict[] = [|
    for k in 0..174 ->
        let start = 5.0 / 3.0 * float k

        let isAF =
            spans |> List.exists (fun s -> s.Start <= start + 5.0 && start + 5.0 < s.End)

        {
            StartSeconds = start
            Probability = Nullable(if isAF then 0.9 else 0.1)
            Fault = Mina.Preprocess.WindowFault.None
        }
|]

[<Fact>]
let ``an episode is told when its 30 s have passed and the verdict that says so has come`` () =
    let found = AlarmDelays.episodes rules 10.0 300.0 (verdicts [ span 100.0 200.0 ])
    let one = Assert.Single found
    Assert.InRange(one.Episode.Start, 98.0, 102.0)
    Assert.InRange(one.Episode.End, 198.0, 202.0)
    // 30 s of AF, half a window and at most two strides.
    Assert.InRange(one.ReportedSeconds, 135.0, 139.0)
    let later = AlarmDelays.episodes rules 25.0 300.0 (verdicts [ span 100.0 200.0 ])
    Assert.Equal(one.ReportedSeconds + 15.0, later[0].ReportedSeconds, 9)

[<Fact>]
let ``without a minimum AF of any length is an episode`` () =
    let short = verdicts [ span 50.0 60.0; span 100.0 200.0 ]
    Assert.Single(AlarmDelays.episodes rules 10.0 300.0 short) |> ignore
    Assert.Equal(2, (AlarmDelays.episodes { rules with MinimumSeconds = 0.0 } 10.0 300.0 short).Length)

[<Fact>]
let ``delays are those of onsets in the period that an alarm follows`` () =
    let told start ends at : ReportedEpisode = {
        Episode = span start ends
        ReportedSeconds = at
    }

    let delays =
        AlarmDelays.measure 30.0 (span 0.0 1000.0) [|
            span 0.0 60.0 // on from the beginning: no onset
            span 100.0 200.0 // told at 140
            span 300.0 320.0 // too short to be told
            span 400.0 500.0 // an alarm is on already
            span 600.0 700.0 // missed
            span 800.0 900.0 // told at 850
        |] [|
            told 0.0 60.0 35.0
            told 105.0 200.0 140.0
            told 350.0 500.0 390.0
            told 810.0 900.0 850.0
        |]

    Assert.Equal<float[]>([| 40.0; 50.0 |], delays.Seconds)
    Assert.Equal((1, 1), (delays.AlreadyOn, delays.Missed))
    Assert.Equal(40.0, delays.Quantile 0.5)
    Assert.Equal(50.0, delays.Quantile 0.99)
    Assert.Equal(4, (AlarmDelays.gross [ delays; delays ]).Seconds.Length)
    Assert.True(Double.IsNaN((AlarmDelays.gross []).Quantile 0.5))
