/// Alarms are raised once, acknowledged once, and cleared.
module Mina.Model.Tests.AlarmsTests

open System
open FsCheck.Xunit
open Mina.Model
open Xunit

let private at (second: int) =
    DateTimeOffset.UnixEpoch.AddSeconds(float second)

/// What a stream may see: a cause there or gone, or a person.
type Input =
    | Seen of cause: int * present: bool
    | Acknowledged of cause: int

let private causes = Enum.GetValues<AlarmKind>()
let private causeOf (n: int) = causes[abs (n % causes.Length)]

/// All events of a sequence of inputs, and the state after each.
let private run (inputs: Input list) =
    inputs
    |> List.indexed
    |> List.scan
        (fun (state, _) (i, input) ->
            let struct (next, events) =
                match input with
                | Seen(cause, present) -> Alarms.observe state (causeOf cause) present (Nullable()) (Nullable()) (at i)
                | Acknowledged cause -> Alarms.acknowledge state (causeOf cause) "nurse" (at i)

            (next, events))
        (AlarmState.None, [||])

[<Property>]
let ``an alarm is raised and cleared in turn, and acknowledged at most once in between`` (inputs: Input list) =
    let events = run inputs |> List.collect (fun (_, events) -> List.ofArray events)

    for cause in causes do
        let mutable raised = false
        let mutable seen = false

        for e in events |> List.filter (fun e -> e.Alarm.Kind = cause) do
            match e.Kind with
            | AlarmEventKind.Raised ->
                Assert.False raised
                raised <- true
                seen <- false
            | AlarmEventKind.Acknowledged ->
                Assert.True raised
                Assert.False seen
                seen <- true
            | _ ->
                Assert.True raised
                raised <- false

[<Property>]
let ``an alarm is active exactly while its cause was last seen present`` (inputs: Input list) =
    let state, _ = run inputs |> List.last

    for cause in causes do
        let last =
            inputs
            |> List.choose (function
                | Seen(c, present) when causeOf c = cause -> Some present
                | _ -> None)
            |> List.tryLast

        Assert.Equal((last = Some true), state.Active |> Array.exists (fun alarm -> alarm.Kind = cause))

[<Property>]
let ``the same again changes nothing`` (inputs: Input list) (cause: int) (present: bool) =
    let state, _ = run inputs |> List.last

    let struct (once, _) =
        Alarms.observe state (causeOf cause) present (Nullable()) (Nullable()) (at 1000)

    let struct (twice, events) =
        Alarms.observe once (causeOf cause) present (Nullable()) (Nullable()) (at 1001)

    Assert.Equal(once, twice)
    Assert.Empty events

[<Property>]
let ``one cause leaves the alarms of the others alone`` (inputs: Input list) (cause: int) (present: bool) =
    let state, _ = run inputs |> List.last

    let others (state: AlarmState) =
        state.Active
        |> Array.filter (fun alarm -> alarm.Kind <> causeOf cause)
        |> Array.sortBy (fun alarm -> int alarm.Kind)

    let struct (next, _) =
        Alarms.observe state (causeOf cause) present (Nullable()) (Nullable()) (at 1000)

    Assert.Equal<ActiveAlarm[]>(others state, others next)

[<Fact>]
let ``an acknowledged alarm keeps when it was raised and when it was seen`` () =
    let struct (raised, _) =
        Alarms.observe AlarmState.None AlarmKind.AF true (Nullable()) (Nullable()) (at 1)

    let struct (seen, events) = Alarms.acknowledge raised AlarmKind.AF "nurse" (at 5)
    Assert.Equal(at 1, events[0].Alarm.Raised)
    Assert.Equal(Nullable(at 5), seen.Active[0].Acknowledged)

    let struct (_, cleared) =
        Alarms.observe seen AlarmKind.AF false (Nullable()) (Nullable()) (at 9)

    Assert.Equal(AlarmEventKind.Cleared, cleared[0].Kind)
    Assert.Equal(Nullable(at 5), cleared[0].Alarm.Acknowledged)

[<Fact>]
let ``an alarm knows the onset of its episode until it is cleared, and AF alone latches`` () =
    let struct (raised, _) =
        Alarms.observe AlarmState.None AlarmKind.AF true (Nullable(at 40)) (Nullable(at 10)) (at 41)

    let struct (_, events) =
        Alarms.observe raised AlarmKind.AF false (Nullable()) (Nullable()) (at 90)

    Assert.Equal(Nullable(at 10), events[0].Alarm.Onset)
    Assert.Equal<AlarmKind[]>([| AlarmKind.AF |], causes |> Array.filter Alarms.latches)

[<Fact>]
let ``an alarm that is dropped is raised as another one when its cause is seen again`` () =
    let struct (raised, _) =
        Alarms.observe AlarmState.None AlarmKind.AF true (Nullable()) (Nullable()) (at 1)

    Assert.Equal(1, (Alarms.drop raised AlarmKind.AF (at 2)).Active.Length)
    Assert.Equal(1, (Alarms.drop raised AlarmKind.Stale (at 1)).Active.Length)
    let dropped = Alarms.drop raised AlarmKind.AF (at 1)
    Assert.Empty dropped.Active

    let struct (again, events) =
        Alarms.observe dropped AlarmKind.AF true (Nullable()) (Nullable()) (at 9)

    Assert.Equal(at 9, again.Active[0].Raised)
    Assert.Equal(AlarmEventKind.Raised, events[0].Kind)
