namespace Mina.Model

open System

/// What an alarm is about.
type AlarmCause =
    /// An AF episode.
    | AF = 0
    /// No usable contact with the patient.
    | LeadOff = 1
    /// The stream stopped.
    | Stale = 2

/// An alarm that is raised and not cleared.
[<Struct>]
type ActiveAlarm = {
    Cause: AlarmCause
    Raised: DateTimeOffset
    /// When a person saw it; null: not yet.
    Acknowledged: Nullable<DateTimeOffset>
}

/// The alarms of one stream; at most one of a cause.
type AlarmState = {
    Active: ActiveAlarm[]
} with

    /// None is raised.
    static member None: AlarmState = { Active = [||] }

/// What happened to an alarm.
type AlarmEventKind =
    | Raised = 0
    | Acknowledged = 1
    | Cleared = 2

[<Struct>]
type AlarmEvent = {
    Kind: AlarmEventKind
    /// As it stands after this event.
    Alarm: ActiveAlarm
    At: DateTimeOffset
}

/// Alarms of a stream as a pure fold: raised once when their cause appears, acknowledged once by a person, cleared when the cause
/// has gone. An alarm that nobody acknowledged is cleared all the same: its history says so.
[<RequireQualifiedAccess>]
module Alarms =
    let private unchanged state = struct (state, Array.empty<AlarmEvent>)

    let private find cause (state: AlarmState) =
        state.Active |> Array.tryFind (fun alarm -> alarm.Cause = cause)

    let private others cause (state: AlarmState) =
        state.Active |> Array.filter (fun alarm -> alarm.Cause <> cause)

    /// <summary>A cause is there, or is not.</summary>
    /// <param name="state">Before.</param>
    /// <param name="cause">Which.</param>
    /// <param name="present">Whether it is there now; the same again changes nothing.</param>
    /// <param name="at">When that was seen.</param>
    [<CompiledName("Observe")>]
    let observe
        (state: AlarmState)
        (cause: AlarmCause)
        (present: bool)
        (at: DateTimeOffset)
        : struct (AlarmState * AlarmEvent[]) =
        match find cause state, present with
        | Some alarm, false ->
            struct ({ Active = others cause state },
                    [|
                        {
                            Kind = AlarmEventKind.Cleared
                            Alarm = alarm
                            At = at
                        }
                    |])
        | None, true ->
            let alarm = {
                Cause = cause
                Raised = at
                Acknowledged = Nullable()
            }

            struct ({
                        Active = Array.append state.Active [| alarm |]
                    },
                    [|
                        {
                            Kind = AlarmEventKind.Raised
                            Alarm = alarm
                            At = at
                        }
                    |])
        | _ -> unchanged state

    /// <summary>A person has seen the alarm of a cause. Nothing happens where there is none, or it was acknowledged before.</summary>
    [<CompiledName("Acknowledge")>]
    let acknowledge (state: AlarmState) (cause: AlarmCause) (at: DateTimeOffset) : struct (AlarmState * AlarmEvent[]) =
        match find cause state with
        | Some alarm when not alarm.Acknowledged.HasValue ->
            let alarm = {
                alarm with
                    Acknowledged = Nullable at
            }

            struct ({
                        Active = Array.append (others cause state) [| alarm |]
                    },
                    [|
                        {
                            Kind = AlarmEventKind.Acknowledged
                            Alarm = alarm
                            At = at
                        }
                    |])
        | _ -> unchanged state
