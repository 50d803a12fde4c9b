/// What has become of alarms, in figures.
module Mina.Model.Tests.AlarmFiguresTests

open System
open FsCheck.Xunit
open Mina.Model
open Xunit

let private alarm (wait: float voption) verdict = {
    Raised = DateTimeOffset.UnixEpoch
    Acknowledged =
        match wait with
        | ValueSome seconds -> Nullable(DateTimeOffset.UnixEpoch.AddSeconds seconds)
        | ValueNone -> Nullable()
    Verdict = verdict
}

[<Fact>]
let ``alarms are counted by what a person has said, a day of a bed, and by how long they waited`` () =
    let figures =
        AlarmFigures.Count(
            [
                alarm (ValueSome 10.0) (Nullable ReviewVerdict.Confirmed)
                alarm (ValueSome 30.0) (Nullable ReviewVerdict.Rejected)
                alarm (ValueSome 20.0) (Nullable ReviewVerdict.Rejected)
                alarm (ValueSome 400.0) (Nullable())
                alarm ValueNone (Nullable())
            ],
            2.5
        )

    Assert.Equal(
        (5, 1, 2, 2, 4),
        (figures.Alarms, figures.True, figures.False, figures.Unreviewed, figures.Acknowledged)
    )

    Assert.Equal((Nullable 2.0, Nullable 0.8), (figures.PerBedDay, figures.FalsePerBedDay))
    Assert.Equal((Nullable 25.0, Nullable 400.0), (figures.MedianSecondsToAcknowledge, figures.P95SecondsToAcknowledge))

[<Fact>]
let ``without streams and alarms there are no rates and no waits`` () =
    let figures = AlarmFigures.Count([], 0.0)
    Assert.Equal((0, Nullable(), Nullable()), (figures.Alarms, figures.PerBedDay, figures.MedianSecondsToAcknowledge))

[<Fact>]
let ``of 100 waits the 95th shortest is the one within which 95 were over`` () =
    let figures =
        AlarmFigures.Count([ for second in 100..-1..1 -> alarm (ValueSome(float second)) (Nullable()) ], 1.0)

    Assert.Equal(Nullable 95.0, figures.P95SecondsToAcknowledge)

[<Property>]
let ``every alarm is true, false or not reviewed`` (given: (int * int) list) =
    let alarms =
        given
        |> List.map (fun (wait, verdict) ->
            alarm
                (if wait % 2 = 0 then
                     ValueSome(float (abs wait % 1000))
                 else
                     ValueNone)
                (match abs verdict % 3 with
                 | 0 -> Nullable ReviewVerdict.Confirmed
                 | 1 -> Nullable ReviewVerdict.Rejected
                 | _ -> Nullable()))

    let figures = AlarmFigures.Count(alarms, 1.0)
    Assert.Equal(figures.Alarms, figures.True + figures.False + figures.Unreviewed)
    Assert.True(figures.Acknowledged <= figures.Alarms)
