namespace Mina.Model.Streams

open System
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Streams

/// Writes the value of a stream, and reads one of this version or an earlier one back: the events that follow give the
/// same outputs, bit for bit.
///
/// A later version adds fields at the end of a section and reads them only where `HasMore` says that they are there.
[<RequireQualifiedAccess>]
module StreamSnapshot =
    /// The version of the layout. Since 2, samples that are multiples of a step are written as small integers; since 3,
    /// only what windows are normalised by is written of the trailing 60 s, and not their samples; since 4, of the beat
    /// detection only what does not follow from the rest.
    [<Literal>]
    let Version = 4

    let private writeVerdict (to': SnapshotWriter) (verdict: Verdict) =
        to'.Write verdict.StartSeconds
        to'.Write verdict.Probability
        to'.Write(int verdict.Fault)

    let private readVerdict (from: SnapshotReader) () : Verdict =
        let start = from.ReadDouble()
        let probability = from.ReadDoubleOrNull()

        {
            StartSeconds = start
            Probability = probability
            Fault = enum<WindowFault>(from.ReadInt32())
        }

    let private writeJudged (to': SnapshotWriter) (judged: StreamVerdict) =
        to'.Section(fun () ->
            to'.Write judged.Origin
            to'.Write judged.Start
            writeVerdict to' judged.Verdict
            to'.Write judged.HeartRate
            to'.Write judged.Seen)

    let private readJudged (from: SnapshotReader) : StreamVerdict =
        from.Section(fun () ->
            let origin = from.ReadTime()
            let start = from.ReadTime()
            let verdict = readVerdict from ()
            let heartRate = from.ReadDoubleOrNull()

            {
                Origin = origin
                Start = start
                Verdict = verdict
                HeartRate = heartRate
                Seen = from.ReadTime()
            })

    let private writeAnswer (to': SnapshotWriter) (answer: Nullable<float32>) =
        to'.Write answer.HasValue
        to'.Write(answer.GetValueOrDefault())

    let private readAnswer (from: SnapshotReader) : Nullable<float32> =
        let there = from.ReadBoolean()
        let value = from.ReadSingle()
        if there then Nullable value else Nullable()

    let private writeArray (to': SnapshotWriter) (items: 'a[]) (write: 'a -> unit) =
        to'.Write items.Length
        Array.iter write items

    let private readArray (from: SnapshotReader) (read: unit -> 'a) : 'a[] =
        let items = ResizeArray()

        for _ in 1 .. from.ReadInt32() do
            items.Add(read ())

        items.ToArray()

    let private writeEpisodes (to': SnapshotWriter) (episodes: EpisodeState) =
        to'.Section(fun () ->
            writeArray to' episodes.Recent (writeVerdict to')
            to'.Write episodes.Passed
            to'.Write episodes.Pending.HasValue
            writeVerdict to' (episodes.Pending.GetValueOrDefault())
            to'.Write episodes.PendingFrom
            to'.Write(episodes.Settled)
            to'.Write episodes.ClassifiableSeconds
            to'.Write episodes.ClosedSeconds
            to'.Write episodes.UnclassifiableSeconds
            let run = episodes.Run
            to'.Write run.Active
            to'.Write run.Open
            to'.Write run.Start
            to'.Write run.End
            to'.Write run.Seconds
            to'.Write run.Weighted
            to'.Write run.PauseSeconds
            to'.Write run.PauseWeighted
            to'.Write run.BlindSeconds)

    let private readEpisodes (from: SnapshotReader) : EpisodeState =
        from.Section(fun () ->
            let recent = readArray from (readVerdict from)
            let passed = from.ReadInt32()
            let isPending = from.ReadBoolean()
            let pending = readVerdict from ()
            let pendingFrom = from.ReadDouble()
            let settled = from.ReadDoubleOrNull()
            let classifiable = from.ReadDouble()
            let closed = from.ReadDouble()
            let unclassifiable = from.ReadDouble()

            {
                Recent = recent
                Passed = passed
                Pending = if isPending then Nullable pending else Nullable()
                PendingFrom = pendingFrom
                Settled = settled
                ClassifiableSeconds = classifiable
                ClosedSeconds = closed
                UnclassifiableSeconds = unclassifiable
                Run = {
                    Active = from.ReadBoolean()
                    Open = from.ReadBoolean()
                    Start = from.ReadDouble()
                    End = from.ReadDouble()
                    Seconds = from.ReadDouble()
                    Weighted = from.ReadDouble()
                    PauseSeconds = from.ReadDouble()
                    PauseWeighted = from.ReadDouble()
                    BlindSeconds = from.ReadDouble()
                }
            })

    let private writeText (to': SnapshotWriter) (text: string | null) =
        match text with
        | null ->
            to'.Write false
            to'.Write ""
        | text ->
            to'.Write true
            to'.Write text

    let private readText (from: SnapshotReader) : string | null =
        let there = from.ReadBoolean()
        let text = from.ReadString()
        if there then text else null

    let private writeEpisode (to': SnapshotWriter) (episode: StreamEpisode) =
        to'.Write(int episode.Kind)
        to'.Write episode.Start
        to'.Write episode.End
        to'.Write episode.MeanProbability

    let private readEpisode (from: SnapshotReader) : StreamEpisode =
        let kind = enum<EpisodeEventKind>(from.ReadInt32())
        let start = from.ReadTime()
        let ends = from.ReadTime()

        {
            Kind = kind
            Start = start
            End = ends
            MeanProbability = from.ReadDouble()
        }

    let private writePending (to': SnapshotWriter) pending =
        match pending with
        | Unjudged waiting ->
            to'.Write false
            CutterSnapshot.Write(to', waiting.Window)
            to'.Write waiting.Seen
            writeAnswer to' waiting.Answer
        | EndOfEpisodes(at, until) ->
            to'.Write true
            to'.Write at
            to'.Write until

    let private readPending (from: SnapshotReader) () =
        if from.ReadBoolean() then
            let at = from.ReadTime()
            EndOfEpisodes(at, from.ReadTimeOrNull())
        else
            let window = CutterSnapshot.ReadWindow from
            let seen = from.ReadTime()

            Unjudged {
                Window = window
                Seen = seen
                Answer = readAnswer from
            }

    let private writeAlarm (to': SnapshotWriter) (alarm: ActiveAlarm) =
        to'.Write(int alarm.Kind)
        to'.Write alarm.Raised
        to'.Write alarm.Acknowledged
        writeText to' alarm.By
        to'.Write alarm.Signal

    let private readAlarm (from: SnapshotReader) () : ActiveAlarm =
        let kind = enum<AlarmKind>(from.ReadInt32())
        let raised = from.ReadTime()
        let acknowledged = from.ReadTimeOrNull()
        let by = readText from

        {
            Kind = kind
            Raised = raised
            Acknowledged = acknowledged
            By = by
            Signal = from.ReadTimeOrNull()
            Onset = Nullable()
        }

    // An earlier version did not write onsets: the alarm of an open episode has that episode's.
    let private withOnsets (from: SnapshotReader) (stream: StreamValue) =
        let onsets =
            if from.HasMore then
                readArray from from.ReadTimeOrNull
            else
                stream.Alarms.Active
                |> Array.map (fun alarm ->
                    match stream.Open with
                    | ValueSome episode when alarm.Kind = AlarmKind.AF -> Nullable episode.Start
                    | _ -> Nullable())

        if onsets.Length <> stream.Alarms.Active.Length then
            raise (IO.InvalidDataException "The snapshot of a stream has more or fewer onsets than alarms.")

        let active =
            Array.map2
                (fun (alarm: ActiveAlarm) onset -> { alarm with Onset = onset }: ActiveAlarm)
                stream.Alarms.Active
                onsets

        {
            stream with
                Alarms = { Active = active }
        }

    /// Writes a stream.
    [<CompiledName("Write")>]
    let write (stream: StreamValue) : byte[] =
        let to' = SnapshotWriter Version
        CutterSnapshot.Write(to', stream.Cutter)

        writeArray to' stream.Pending (writePending to')
        writeEpisodes to' stream.Episodes

        to'.Section(fun () ->
            to'.Write stream.Clock
            to'.Write stream.Arrived
            to'.Write stream.ChunkLength.Ticks
            to'.Write stream.Came
            to'.Write stream.Due
            to'.Write stream.Fresh
            to'.Write stream.Flushed
            to'.Write stream.Resumed
            to'.Write stream.Last.IsSome
            ValueOption.iter (writeJudged to') stream.Last
            writeArray to' stream.Recent (writeAnswer to')
            to'.Write stream.Origin
            to'.Write stream.LastStart
            to'.Write stream.Open.IsSome
            ValueOption.iter (writeEpisode to') stream.Open
            to'.Write stream.Closing
            to'.Write stream.Finished
            writeArray to' stream.Alarms.Active (writeAlarm to')
            to'.Write stream.Repeated
            writeText to' stream.Failed
            to'.Write(int stream.Shown)
            writeText to' stream.Reason)

        to'.Section(fun () ->
            RhythmSnapshot.write to' stream.Rhythm
            to'.Write stream.RhythmProbability
            writeArray to' stream.Alarms.Active (fun alarm -> to'.Write alarm.Onset))

        to'.ToArray()

    /// <summary>Reads a stream.</summary>
    /// <exception cref="T:System.IO.InvalidDataException">It is damaged or of a later version; the message says
    /// which.</exception>
    [<CompiledName("Read")>]
    let read (bytes: byte[]) : StreamValue =
        let from = SnapshotReader(bytes, Version)
        let cutter = CutterSnapshot.Read from

        let pending = readArray from (readPending from)
        let episodes = readEpisodes from

        let stream =
            from.Section(fun () ->
                let clock = from.ReadTime()
                let arrived = from.ReadTime()
                let chunkLength = TimeSpan(from.ReadInt64())
                let came = from.ReadTime()
                let due = from.ReadTime()
                let fresh = from.ReadTime()
                let flushed = from.ReadBoolean()
                let resumed = from.ReadTime()

                let last =
                    if from.ReadBoolean() then
                        ValueSome(readJudged from)
                    else
                        ValueNone

                let recent = readArray from (fun () -> readAnswer from)
                let origin = from.ReadTimeOrNull()
                let lastStart = from.ReadDouble()

                let opened =
                    if from.ReadBoolean() then
                        ValueSome(readEpisode from)
                    else
                        ValueNone

                let closing = from.ReadBoolean()
                let finished = from.ReadBoolean()
                let alarms = readArray from (readAlarm from)
                let repeated = from.ReadInt64()
                let failed = readText from
                let shown = enum<StreamState>(from.ReadInt32())

                {
                    Cutter = cutter
                    Pending = pending
                    Clock = clock
                    Arrived = arrived
                    ChunkLength = chunkLength
                    Came = came
                    Due = due
                    Fresh = fresh
                    Flushed = flushed
                    Resumed = resumed
                    Last = last
                    Recent = recent
                    Origin = origin
                    LastStart = lastStart
                    Episodes = episodes
                    Rhythm = RhythmLevel.start
                    RhythmProbability = Nullable()
                    Open = opened
                    Closing = closing
                    Finished = finished
                    Alarms = { Active = alarms }
                    Repeated = repeated
                    Failed = failed
                    Shown = shown
                    Reason = readText from
                })

        if not from.HasMore then
            withOnsets from stream
        else
            from.Section(fun () ->
                let rhythm = RhythmSnapshot.read from
                let probability = from.ReadDoubleOrNull()

                withOnsets from {
                    stream with
                        Rhythm = rhythm
                        RhythmProbability = probability
                })
