namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess
open Mina.Preprocess.Beats

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
    let preprocessor = Preprocessor settings
    let rows = Segments()
    let batch = SegmentBatch batchSize

    let verdict start probability fault : Verdict = {
        StartSeconds = float start / float settings.Fs
        Probability = probability
        Fault = fault
    }

    let classified start (probability: float32) =
        verdict start (Nullable(float probability)) WindowFault.None

    let faulty start fault = verdict start (Nullable()) fault

    /// The verdict that a window's samples alone allow: its fault, or none yet.
    let checkedAt (samples: float32[]) start =
        faulty start (check.Invoke(ReadOnlySpan(samples, start, settings.Window)))

    let starts (samples: float32[]) = [| 0 .. settings.StrideNotAF .. samples.Length - settings.Window |]

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

        starts samples
        |> Array.map (fun start ->
            let found = checkedAt samples start

            if found.Fault <> WindowFault.None then
                found
            else
                match rowOf.TryGetValue start with
                | true, row -> classified start probabilities[row]
                | _ -> faulty start WindowFault.Gap)

    /// A batch of windows without a fault, each normalised by the 60 s that it ends.
    let live (samples: float32[]) (starts: int[]) =
        rows.Resize starts.Length
        let cut = Array.zeroCreate<bool> starts.Length
        let mutable count = 0

        for i in 0 .. starts.Length - 1 do
            if preprocessor.LiveWindow(ReadOnlySpan samples, starts[i] + settings.Window, rows, count) then
                cut[i] <- true
                count <- count + 1

        let probabilities = probabilities count
        // Where there is nothing to normalise by, the line is flat, as in a stream.
        let rowOf = Array.scan (fun row isCut -> if isCut then row + 1 else row) 0 cut

        Array.init starts.Length (fun i ->
            if cut[i] then
                classified starts[i] probabilities[rowOf[i]]
            else
                faulty starts[i] WindowFault.LeadOff)

    let windows (recording: PreparedRecording) =
        let samples = recording.Samples

        if recording.IsLong then
            let starts = starts samples
            let verdicts = starts |> Array.map (checkedAt samples)

            [| 0 .. starts.Length - 1 |]
            |> Array.filter (fun i -> verdicts[i].Fault = WindowFault.None)
            |> Array.chunkBySize batchSize
            |> Array.iter (fun places ->
                places
                |> Array.map (fun i -> starts[i])
                |> live samples
                |> Array.iter2 (fun i found -> verdicts[i] <- found) places)

            verdicts
        else
            whole samples

    let summarise (recording: PreparedRecording) (windows: Verdict[]) =
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

        let beats =
            match minutes, level with
            | null, null -> [||]
            | null, _ when recording.IsLong -> [||]
            | _ -> BeatDetector.Detect(recording.Samples).ToArray()

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

        let mutable samples = [||]

        let rejection =
            match preprocessor.Prepare(recording, &samples) with
            | null when not recording.IsLong -> preprocessor.RunWithoutArtefact(recording, rows)
            | rejection -> rejection

        match rejection with
        | null ->
            let prepared = PreparedRecording.Of(recording, samples)
            Ok(summarise prepared (windows prepared))
        | rejection -> Error rejection

    /// <summary>Classifies a long recording, of which only the samples at 300 Hz are needed.</summary>
    /// <exception cref="T:System.ArgumentException">It is not long.</exception>
    member _.ClassifyPrepared(recording: PreparedRecording) : ClassifiedRecording =
        if not recording.IsLong then
            invalidArg (nameof recording) "a recording of up to 61 s is classified from its own samples"

        summarise recording (windows recording)

    /// What makes episodes of a recording's verdicts, and how many seconds after its window's start a verdict comes.
    member internal _.JudgingOf(classified: ClassifiedRecording) : struct (EpisodeRules * float) =
        let seconds = classified.DurationSeconds

        match rhythm, classified.Rhythm with
        | NonNull model, NonNull _ ->
            struct (RhythmRules.forRecordingOf model.Settings seconds, 5.0 + model.Settings.LookAheadSeconds)
        | _ ->
            struct ((EpisodeRules.At thresholds.Uniform).ForRecordingOf seconds,
                    float settings.Window / float settings.Fs)
