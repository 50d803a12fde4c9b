/// What must hold of every simulated life.
module Mina.Model.Tests.Streams.Oracles

open System
open System.Collections.Generic
open Mina.Model
open Mina.Model.Streams
open Mina.Model.Tests.Streams.Simulation
open Mina.Preprocess.Streams

let verdicts (outputs: StreamOutput seq) =
    outputs
    |> Seq.choose (fun output ->
        match output with
        | Judged verdict -> Some verdict
        | _ -> None)
    |> List.ofSeq

/// Starts of one origin get later and later, and an origin never comes back.
let private startsIncrease (told: StreamVerdict list) =
    let closed = HashSet<DateTimeOffset>()

    for before, after in List.pairwise told do
        if before.Origin = after.Origin then
            let early, late = before.Verdict.StartSeconds, after.Verdict.StartSeconds

            if not (late > early) then
                failwith $"The window at {late} s was told after the one at {early} s."
        else
            closed.Add before.Origin |> ignore

            if closed.Contains after.Origin then
                failwith $"The origin {after.Origin:O} came back."

/// Every acknowledged chunk was cut, or counted as one that had come before; chunks that never came are counted.
let private everyChunkCounts (life: Life) =
    let chunks =
        life.Log
        |> List.choose (fun (struct (_, event)) ->
            match event with
            | Chunk chunk -> Some chunk
            | _ -> None)

    let order = life.Stream.Cutter.Order

    if order.Early.Count > 0 then
        failwith "Chunks still wait when all is over."

    let distinct =
        chunks |> List.distinctBy (fun chunk -> chunk.Sequence, chunk.FirstSample)

    // One that comes just when its number is due in the next session is taken for new.
    let mayBeNew = life.Stream.Cutter.Sessions - 1L

    if order.Repeated + mayBeNew < int64 (chunks.Length - distinct.Length) then
        failwith $"{chunks.Length - distinct.Length} chunks came again, {order.Repeated} were counted."

/// Every alarm is raised once, acknowledged once at most, cleared once and not before; at most one of a kind is open.
let private alarmsAlternate (outputs: StreamOutput seq) =
    let active = Dictionary<AlarmKind, ActiveAlarm>()

    for output in outputs do
        match output with
        | Alarm event ->
            let kind = event.Alarm.Kind
            let isOpen, alarm = active.TryGetValue kind

            match event.Kind with
            | AlarmEventKind.Raised when not isOpen -> active[kind] <- event.Alarm
            | AlarmEventKind.Acknowledged when
                isOpen
                && not alarm.Acknowledged.HasValue
                && event.Alarm.By = "nurse"
                && event.At >= alarm.Raised
                ->
                active[kind] <- event.Alarm
            | AlarmEventKind.Cleared when isOpen && event.Alarm = alarm && event.At >= alarm.Raised ->
                active.Remove kind |> ignore
            | other -> failwith $"The alarm {kind} is {other} at {event.At:O}; open: {isOpen}."
        | _ -> ()

/// Episodes of an origin are disjoint, begin before they end, and their mean is a probability.
let private episodesAreDisjoint (outputs: StreamOutput seq) =
    let mutable origin = DateTimeOffset.MinValue
    let mutable last = DateTimeOffset.MinValue
    let mutable current: StreamEpisode voption = ValueNone

    for output in outputs do
        match output with
        | Judged verdict when verdict.Origin <> origin ->
            // Its times may lie before.
            if current.IsSome then
                failwith $"An episode goes on from the origin {origin:O} to {verdict.Origin:O}."

            origin <- verdict.Origin
            last <- DateTimeOffset.MinValue
        | Episode episode ->
            if not (episode.MeanProbability >= 0.0 && episode.MeanProbability <= 1.0) then
                failwith $"An episode has a mean probability of {episode.MeanProbability}."

            if episode.End < episode.Start then
                failwith $"An episode ends at {episode.End:O}, before its start at {episode.Start:O}."

            match episode.Kind, current with
            | EpisodeEventKind.Opened, ValueNone ->
                if episode.Start < last then
                    failwith $"An episode starts at {episode.Start:O}, before the last one ended at {last:O}."

                current <- ValueSome episode
            | EpisodeEventKind.Extended, ValueSome last when episode.Start = last.Start && episode.End >= last.End ->
                current <- ValueSome episode
            | EpisodeEventKind.Closed, ValueSome before when episode.Start = before.Start && episode.End = before.End ->
                current <- ValueNone
                last <- episode.End
            | kind, _ -> failwith $"An episode is {kind} at {episode.Start:O} to {episode.End:O}."
        | _ -> ()

/// Episodes, and alarms by what names them. When a person sees an alarm is not in the chunks, and whether the
/// classifier is late neither.
let findings (kinds: AlarmKind list) (outputs: StreamOutput seq) =
    outputs
    |> Seq.choose (fun output ->
        match output with
        | Episode episode -> Some $"{episode}"
        | Alarm event when
            event.Kind <> AlarmEventKind.Acknowledged
            && List.contains event.Alarm.Kind kinds
            ->
            Some $"{event.Alarm.Kind} {event.Kind} {event.Alarm.Raised:O} {event.At:O} {event.Alarm.Signal:O}"
        | _ -> None)
    |> List.ofSeq

/// What was told is what an undisturbed monitor makes of the acknowledged chunks: nothing missed, nothing doubled.
let private sameAsUndisturbed (life: Life) (told: StreamVerdict list) =
    let outputs = undisturbed life
    let expected = verdicts outputs
    let kinds = [ AlarmKind.AF; AlarmKind.LeadOff ]
    let history = life.History |> List.map (fun (struct (_, output)) -> output)

    if findings kinds history <> findings kinds outputs then
        failwith $"Told: {findings kinds history}\nDue: {findings kinds outputs}"

    if told <> expected then
        let at = Seq.zip told expected |> Seq.tryFindIndex (fun (a, b) -> a <> b)

        failwith $"{told.Length} verdicts were told, {expected.Length} were due; the first that differs: {at}."

/// Throws when something does not hold.
let check (life: Life) =
    let outputs = life.History |> List.map (fun (struct (_, output)) -> output)
    let told = verdicts outputs
    startsIncrease told
    everyChunkCounts life
    alarmsAlternate outputs
    episodesAreDisjoint outputs
    sameAsUndisturbed life told
