namespace Mina.Model

open System

/// The cause of an alarm.
type AlarmKind =
    /// An AF episode.
    | AF = 0
    /// No usable contact with the patient.
    | LeadOff = 1
    /// The stream stopped.
    | Stale = 2
    /// Samples arrive, but no verdict has followed from them for too long, or no window of a minute could be
    /// classified.
    | NotMonitored = 3

/// An alarm that is raised and not cleared.
[<Struct>]
type ActiveAlarm = {
    Kind: AlarmKind
    /// When it was raised, by the server's clock.
    Raised: DateTimeOffset
    /// When a person acknowledged it; null where nobody has yet.
    Acknowledged: Nullable<DateTimeOffset>
    /// Who acknowledged it; null where nobody has yet.
    By: string | null
    /// The time of the signal at which its cause was seen; null where there was no signal.
    Signal: Nullable<DateTimeOffset>
    /// The start of the episode that it is about, by the device's clock; null where it is about none.
    Onset: Nullable<DateTimeOffset>
}

/// The alarms of one stream; at most one of each kind.
type AlarmState = {
    Active: ActiveAlarm[]
} with

    /// The state in which no alarm is raised.
    static member None: AlarmState = { Active = [||] }

/// What happened to an alarm.
type AlarmEventKind =
    | Raised = 0
    | Acknowledged = 1
    | Cleared = 2
    /// Nobody acknowledged it for longer than it may wait. The fold never says so: a monitor does, by its own rules.
    | Escalated = 3

[<Struct>]
type AlarmEvent = {
    Kind: AlarmEventKind
    /// The alarm after this event.
    Alarm: ActiveAlarm
    /// When it happened; never before the alarm was raised.
    At: DateTimeOffset
}

/// The alarms of a stream as a pure fold. An alarm is raised once when its cause appears, acknowledged once by a
/// person, and cleared when the cause has gone, whether or not somebody acknowledged it. One that latches is then still
/// to be acknowledged, and it is listed until it is. A clock that steps back between two events does not put the second
/// before the first.
[<RequireQualifiedAccess>]
module Alarms =
    /// Whether an alarm of this kind stays listed after its cause has gone, until a person has acknowledged it. An
    /// episode of AF has to be seen even when it is over; once a technical cause has gone, there is nothing left to do.
    [<CompiledName("Latches")>]
    let latches (kind: AlarmKind) : bool = kind = AlarmKind.AF

    let private unchanged state = struct (state, Array.empty<AlarmEvent>)

    let private find kind (state: AlarmState) =
        state.Active |> Array.tryFind (fun alarm -> alarm.Kind = kind)

    let private others kind (state: AlarmState) =
        state.Active |> Array.filter (fun alarm -> alarm.Kind <> kind)

    let private after (alarm: ActiveAlarm) (at: DateTimeOffset) = max at alarm.Raised

    /// <summary>Observes whether the cause of an alarm is present.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="kind">The kind of the alarm.</param>
    /// <param name="present">Whether its cause is there now; observing the same again changes nothing.</param>
    /// <param name="signal">The time of the signal at which that was seen; null where there is no signal.</param>
    /// <param name="onset">The start of the episode that the alarm is about; null where it is about none.</param>
    /// <param name="at">The time of the observation, by the server's clock.</param>
    [<CompiledName("Observe")>]
    let observe
        (state: AlarmState)
        (kind: AlarmKind)
        (present: bool)
        (signal: Nullable<DateTimeOffset>)
        (onset: Nullable<DateTimeOffset>)
        (at: DateTimeOffset)
        : struct (AlarmState * AlarmEvent[]) =
        match find kind state, present with
        | Some alarm, false ->
            struct ({ Active = others kind state },
                    [|
                        {
                            Kind = AlarmEventKind.Cleared
                            Alarm = alarm
                            At = after alarm at
                        }
                    |])
        | None, true ->
            let alarm: ActiveAlarm = {
                Kind = kind
                Raised = at
                Acknowledged = Nullable()
                By = null
                Signal = signal
                Onset = onset
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

    /// <summary>Drops the alarm of a kind without an event, if it was raised at this time: that it is over was told
    /// before. It is raised again, as another one, when its cause is observed the next time.</summary>
    [<CompiledName("Drop")>]
    let drop (state: AlarmState) (kind: AlarmKind) (raised: DateTimeOffset) : AlarmState = {
        Active =
            state.Active
            |> Array.filter (fun alarm -> alarm.Kind <> kind || alarm.Raised <> raised)
    }

    /// <summary>Acknowledges the alarm of a kind. Nothing happens where no such alarm is raised, or it was acknowledged
    /// before.</summary>
    [<CompiledName("Acknowledge")>]
    let acknowledge
        (state: AlarmState)
        (kind: AlarmKind)
        (by: string)
        (at: DateTimeOffset)
        : struct (AlarmState * AlarmEvent[]) =
        match find kind state with
        | Some alarm when not alarm.Acknowledged.HasValue ->
            let at = after alarm at

            let alarm: ActiveAlarm = {
                alarm with
                    Acknowledged = Nullable at
                    By = by
            }

            struct ({
                        Active = Array.append (others kind state) [| alarm |]
                    },
                    [|
                        {
                            Kind = AlarmEventKind.Acknowledged
                            Alarm = alarm
                            At = at
                        }
                    |])
        | _ -> unchanged state
