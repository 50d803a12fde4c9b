/// Thousands of simulated lives, each from a seed: `MINA_SIMULATION_SEEDS=5000` runs more of them,
/// `MINA_SIMULATION_SEED=17` that one.
module Mina.Model.Tests.Streams.SimulationTests

open System
open System.Collections.Generic
open System.Globalization
open Mina.Model
open Mina.Model.Streams
open Mina.Model.Tests.Streams.Devices
open Mina.Model.Tests.Streams.Simulation
open Xunit

let private setting name otherwise =
    match Int32.TryParse(Environment.GetEnvironmentVariable name, NumberStyles.None, CultureInfo.InvariantCulture) with
    | true, value -> value
    | _ -> otherwise

let private seeds =
    match setting "MINA_SIMULATION_SEED" -1 with
    | -1 -> [ 0 .. setting "MINA_SIMULATION_SEEDS" 100 - 1 ]
    | one -> [ one ]

let private forAll (check: int -> unit) =
    for seed in seeds do
        try
            check seed
        with e ->
            Assert.Fail $"Seed {seed} (MINA_SIMULATION_SEED={seed} runs it alone): {e.Message}\n{e.StackTrace}"

[<Fact>]
let ``whatever network, devices' clocks and kills do, nothing acknowledged is lost or doubled and no rule is broken``
    ()
    =
    let seen = HashSet<string>()

    forAll (fun seed ->
        let life = live (2 * seed) 90.0 rough true
        Oracles.check life

        for struct (_, output) in life.History do
            match output with
            | Alarm event -> $"{event.Alarm.Kind} {event.Kind}"
            | Episode episode -> $"episode {episode.Kind}"
            | StateChanged(state, _, _) -> $"{state}"
            | Judged verdict -> $"{verdict.Verdict.Fault}"
            | RhythmJudged _ -> "judged by the rhythm level"
            | Classify _ -> "classified"
            |> seen.Add
            |> ignore)

    // The world is bad enough for this to mean something.
    if seeds.Length > 50 then
        for state in Enum.GetNames<StreamState>() do
            Assert.Contains(state, seen)

        for what in
            [
                "episode Opened"
                "episode Closed"
                "AF Raised"
                "Stale Cleared"
                "Stale Acknowledged"
                "Gap"
                "None"
            ] do
            Assert.Contains(what, seen)

[<Fact>]
let ``a calm stream is normal or in AF but for its first seconds`` () =
    forAll (fun seed ->
        if seed % 10 = 0 then
            let life = live (2 * seed) 60.0 calm false
            Oracles.check life

            let states =
                life.History
                |> List.choose (fun (struct (_, output)) ->
                    match output with
                    | StateChanged(state, _, _) -> Some state
                    | _ -> None)

            Assert.Equal(StreamState.Starting, states.Head)
            Assert.Equal(StreamState.Stale, List.last states)
            Assert.DoesNotContain(StreamState.NotMonitored, states)
            Assert.Single(states |> List.filter ((=) StreamState.Stale)) |> ignore)

[<Fact>]
let ``the same seed gives the same history`` () =
    let plain life =
        life.History |> List.filter (fun (struct (_, output)) -> isPlain output)

    let lives = List.init 2 (fun _ -> live 8 60.0 rough true)
    Assert.Equal<struct (DateTimeOffset * StreamOutput) list>(plain lives[0], plain lives[1])

[<Fact>]
let ``however late answers are and in whatever order, the same is said, with the same times`` () =
    forAll (fun seed ->
        let chunks = arrivals (2 * seed) 90.0 rough
        let kinds = [ AlarmKind.AF; AlarmKind.LeadOff; AlarmKind.Stale ]
        let prompt = answeredAtRandom seed 0.0 chunks
        let late = answeredAtRandom seed 30.0 chunks
        Assert.Equal<StreamVerdict list>(Oracles.verdicts prompt, Oracles.verdicts late)
        // What silence says and what answers say may come in another order.
        Assert.Equal<string list>(List.sort (Oracles.findings kinds prompt), List.sort (Oracles.findings kinds late)))
