namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess
open Mina.Preprocess.Beats
open Mina.Preprocess.Streams

/// <summary>
/// Classifies a recording window by window. A recording of up to 61 s is normalised as a whole. A longer one
/// (`Recording.IsLong`) is normalised the live way, by the trailing 60 s, so that a file and its replay agree.
/// </summary>
/// <param name="settings">The model's preprocessing.</param>
/// <param name="classify">Gives the probability of AF of each segment of a batch.</param>
/// <param name="thresholds">Windows and episodes are judged by the uniform view's, short recordings by the recording
/// view's.</param>
/// <param name="check">Says which windows can be classified, and why the others cannot.</param>
/// <param name="rhythm">The level that makes the episodes of recordings of a minute or more; null where the windows'
/// own probabilities make them.</param>
/// <param name="level">The level that judges recordings of up to 61 s; null where the mean of their windows
/// does.</param>
/// <remarks>It holds scratch buffers, so it serves one thread at a time.</remarks>
[<Sealed>]
type RecordingClassifier
    (
        settings: PreprocessSettings,
        classify: Func<SegmentBatch, float32[]>,
        thresholds: ViewThresholds,
        check: WindowCheck,
        rhythm: RhythmModel | null,
        level: RecordingLevel | null
    ) =
    let batchSize = 128
    let pieceSamples = 1 <<< 14
    let preprocessor = Preprocessor settings
    let rows = Segments()
    let batch = SegmentBatch batchSize

    let verdict (start: int64) probability fault : Verdict = {
        StartSeconds = float start / float settings.Fs
        Probability = probability
        Fault = fault
    }

    let classified start (probability: float32) =
        verdict start (Nullable(float probability)) WindowFault.None

    let faulty start fault = verdict start (Nullable()) fault

    /// The verdict that a window's samples alone allow: its fault, or none yet.
    let checkedAt (samples: float32[]) start =
        faulty (int64 start) (check.Invoke(ReadOnlySpan(samples, start, settings.Window)))

    /// Probabilities of the first `count` rows.
    let probabilities count =
        let all = Array.zeroCreate<float32> count

        for first in 0..batchSize .. count - 1 do
            batch.Count <- min batchSize (count - first)

            for i in 0 .. batch.Count - 1 do
                batch.Start[i] <- rows.Start[first + i]
                batch.Set(i, rows, first + i)

            (classify.Invoke batch).AsSpan(0, batch.Count).CopyTo(all.AsSpan first)

        all

    /// The windows of a recording normalised as a whole, whose gap-free windows are in the rows.
    let whole (samples: float32[]) =
        let probabilities = probabilities rows.Count
        let rowOf = dict (Seq.init rows.Count (fun row -> rows.Start[row], row))

        [| 0 .. settings.StrideNotAF .. samples.Length - settings.Window |]
        |> Array.map (fun start ->
            let found = checkedAt samples start

            if found.Fault <> WindowFault.None then
                found
            else
                match rowOf.TryGetValue start with
                | true, row -> classified (int64 start) probabilities[row]
                | _ -> faulty (int64 start) WindowFault.Gap)

    /// The windows of a group, each normalised by the 60 s that end with it.
    let live (group: WindowGroup) =
        let samples = group.Samples
        rows.Resize group.Count
        // The row of each window that was cut; -1 where there is a fault.
        let rowOf = Array.create group.Count -1
        let faults = Array.create group.Count WindowFault.None
        let mutable count = 0

        for i in 0 .. group.Count - 1 do
            let at = int (group.Start - group.First) + i * settings.StrideNotAF
            faults[i] <- check.Invoke(ReadOnlySpan(samples, at, settings.Window))

            if faults[i] = WindowFault.None then
                if preprocessor.LiveWindow(ReadOnlySpan samples, at + settings.Window, rows, count) then
                    rows.Start[count] <- int (group.Start + int64 (i * settings.StrideNotAF))
                    rowOf[i] <- count
                    count <- count + 1
                else
                    // Where there is nothing to normalise by, the line is flat, as in a stream.
                    faults[i] <- WindowFault.LeadOff

        let probabilities = probabilities count

        Array.init group.Count (fun i ->
            let start = group.Start + int64 (i * settings.StrideNotAF)

            if rowOf[i] >= 0 then
                classified start probabilities[rowOf[i]]
            else
                faulty start faults[i])

    let summarise (recording: RecordingFacts) (windows: Verdict[]) (beats: Beat[]) =
        // The level judges minutes, and a shorter recording shows it too little.
        let minutes =
            if recording.Seconds >= RhythmLevel.minuteSeconds then
                rhythm
            else
                null

        let rules =
            match minutes with
            | null -> (EpisodeRules.At thresholds.Uniform).ForRecordingOf recording.Seconds
            | model -> RhythmRules.forRecordingOf model.Settings recording.Seconds

        let struct (state, verdicts, episodes) =
            EpisodeJudges.ofRecording { Rhythm = minutes; Rules = rules } beats windows recording.Seconds

        let known =
            windows |> Array.filter _.Probability.HasValue |> Array.map _.Probability.Value

        let mean =
            if known.Length = 0 then
                Nullable()
            else
                Nullable(Array.averageBy id known)

        let struct (probability, threshold) =
            match level with
            | null -> struct (mean, thresholds.Recording)
            | _ when recording.IsLong -> struct (mean, thresholds.Recording)
            | level ->
                match RecordingKnowledge.ofRecording windows beats recording.Seconds with
                | null -> struct (Nullable(), level.Threshold)
                | knowledge -> struct (Nullable(RecordingLevels.probabilityOf level knowledge), level.Threshold)

        {
            Id = recording.Id
            Fs = recording.Fs
            Lead = recording.Lead
            Unit = recording.Unit
            Source = recording.Source
            DurationSeconds = recording.Seconds
            IsLong = recording.IsLong
            Windows = windows
            Beats = beats
            Rhythm =
                match minutes with
                | null -> null
                | _ -> verdicts
            Threshold = thresholds.Uniform
            Episodes = episodes
            Probability = probability
            Finding =
                if recording.IsLong && known.Length > 0 then
                    if episodes.Length > 0 then Finding.AF else Finding.NotAF
                else
                    Findings.at threshold probability
            Burden = Episodes.burden state.Episodes
            UnclassifiableSeconds = state.Episodes.UnclassifiableSeconds
        }

    let long (recording: Recording) =
        let parts = LongRecording(RecordingFacts.Of recording, settings)

        match parts.Refusal with
        | null ->
            let windows = ResizeArray<Verdict>()

            for at in 0..pieceSamples .. recording.Samples.Length - 1 do
                let piece =
                    ReadOnlySpan(recording.Samples, at, min pieceSamples (recording.Samples.Length - at))

                for group in parts.Push piece do
                    windows.AddRange(live group)

            let mutable last: IReadOnlyList<WindowGroup> = [||]

            match parts.Finish(&last) with
            | null ->
                for group in last do
                    windows.AddRange(live group)

                Ok(summarise parts.Facts (windows.ToArray()) (Array.ofSeq parts.Beats))
            | rejection -> Error rejection
        | refusal -> Error refusal

    /// A classifier without the levels above the windows.
    new(settings, classify, thresholds, check) = RecordingClassifier(settings, classify, thresholds, check, null, null)

    /// <summary>Classifies a recording.</summary>
    /// <returns>The classification, or the reason why the recording cannot be used.</returns>
    member _.Classify(recording: Recording) : Result<ClassifiedRecording, Rejection> =
        // Without its label, every recording is cut at the stride of class 0.
        let recording =
            Recording(
                recording.Id,
                recording.Fs,
                recording.Samples,
                Lead = recording.Lead,
                Unit = recording.Unit,
                Source = recording.Source
            )

        if recording.IsLong then
            long recording
        else
            let mutable samples = [||]

            let rejection =
                match preprocessor.Prepare(recording, &samples) with
                | null -> preprocessor.RunWithoutArtefact(recording, rows)
                | rejection -> rejection

            match rejection with
            | null ->
                let beats = BeatDetector.Detect(samples).ToArray()
                Ok(summarise (RecordingFacts.Of recording) (whole samples) beats)
            | rejection -> Error rejection

    /// <summary>Judges some windows of a long recording.</summary>
    /// <returns>A verdict of each window, in order of time.</returns>
    member _.Judge(group: WindowGroup) : Verdict[] = live group

    /// <summary>Concludes a long recording from the verdicts of its windows.</summary>
    /// <param name="recording">The recording, whose last piece was taken and which was not rejected.</param>
    /// <param name="windows">The verdicts of all its windows, in order of time.</param>
    member _.Conclude(recording: LongRecording, windows: Verdict seq) : ClassifiedRecording =
        summarise recording.Facts (Array.ofSeq windows) (Array.ofSeq recording.Beats)

    /// What makes episodes of a recording's verdicts, and how many seconds after its window's start a verdict comes.
    member internal _.JudgingOf(classified: ClassifiedRecording) : struct (EpisodeRules * float) =
        let seconds = classified.DurationSeconds

        match rhythm, classified.Rhythm with
        | NonNull model, NonNull _ ->
            struct (RhythmRules.forRecordingOf model.Settings seconds, 5.0 + model.Settings.LookAheadSeconds)
        | _ ->
            struct ((EpisodeRules.At thresholds.Uniform).ForRecordingOf seconds,
                    float settings.Window / float settings.Fs)
