/// Streams that send, and of which no window can be classified.
module Mina.Model.Tests.Streams.BlindStreamTests

open Mina.Model
open Mina.Model.Streams
open Mina.Model.Tests.Streams.Devices
open Mina.Model.Tests.Streams.StartingTests
open Mina.Preprocess
open Mina.Preprocess.Streams
open Xunit

/// A healthy device's chunks of a second, of which a fault spoils those from one second to another.
let private spoilt from until (spoil: int -> SampleChunk -> SampleChunk option) seconds =
    healthy 300.0 1.0 1.0 (fun _ -> 0.0) seconds
    |> List.indexed
    |> List.choose (fun (i, (at, chunk)) ->
        if i < from || i >= until then
            Some(at, chunk)
        else
            spoil i chunk |> Option.map (fun spoilt -> at, spoilt))

let private withSamples change _ (chunk: SampleChunk) =
    Some(SampleChunk(chunk.Sequence, chunk.FirstSample, chunk.Fs, Array.mapi change chunk.Millivolts, chunk.End))

let private withGaps i chunk = if i % 4 = 0 then None else Some chunk

/// A converter at its limits, with beats that reach beyond them.
let private saturated = withSamples (fun i x -> if i % 300 < 100 then 5.0f else x)

let private flat = withSamples (fun _ _ -> 0.0f)

let private states = List.map (fun (state, _, _) -> state)

[<Theory>]
[<InlineData(true, WindowFault.Gap)>]
[<InlineData(false, WindowFault.Saturated)>]
let ``a minute without a classifiable window is not monitored, says why and alarms until there is one``
    (gaps: bool, fault: WindowFault)
    =
    let spoil = if gaps then withGaps else saturated
    let fault = string (WindowFaults.Describe fault)
    let stream, shown = live true (spoilt 20 120 spoil 118.0) 118.0
    let unclassifiable = shown |> List.findIndex (fun (_, reason, _) -> reason = fault)

    let notMonitored =
        StreamState.NotMonitored, $"no classifiable window for a minute: {fault}"

    let state, reason, at = shown[unclassifiable + 1]
    Assert.Equal(notMonitored, (state, reason))
    // The first window that has a fault ends at 21 s or some seconds later, when it is known what is missing.
    Assert.InRange(at, 71.0, 80.0)
    Assert.Equal(notMonitored, List.last shown |> fun (state, reason, _) -> state, reason)
    let alarm = Assert.Single stream.Alarms.Active
    Assert.Equal((AlarmKind.NotMonitored, at), (alarm.Kind, (alarm.Raised - epoch).TotalSeconds))

    let stream, shown = live true (spoilt 20 120 spoil 140.0) 140.0
    Assert.Equal(StreamState.Normal, List.last (states shown))
    Assert.Empty stream.Alarms.Active

[<Fact>]
let ``half a minute that cannot be classified raises no alarm`` () =
    let stream, shown = live true (spoilt 20 50 saturated 80.0) 80.0
    Assert.Contains(StreamState.Unclassifiable, states shown)
    Assert.DoesNotContain(StreamState.NotMonitored, states shown)
    Assert.Empty stream.Alarms.Active

[<Fact>]
let ``a lead that is off has its own alarm and no other`` () =
    let stream, shown = live true (spoilt 20 120 flat 118.0) 118.0
    Assert.Equal(AlarmKind.LeadOff, (Assert.Single stream.Alarms.Active).Kind)
    Assert.DoesNotContain(StreamState.NotMonitored, states shown)
    Assert.Equal((StreamState.Unclassifiable, "lead off"), List.last shown |> fun (state, reason, _) -> state, reason)
