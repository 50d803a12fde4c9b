namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess

/// A recording, or a part of one, as the recording level learns from it.
type RecordingExample = {
    RecordingId: string
    IsAF: bool
    Split: Split
    /// Whether it is the whole recording.
    IsWhole: bool
    /// The numbers of `RecordingKnowledge.names`.
    Knowledge: float[]
}

/// Trains the recording level of a detector's network, from labelled recordings of up to 61 s.
[<RequireQualifiedAccess>]
module RecordingLevelTraining =
    /// Half the penalty on the squared weights, chosen on validation recordings among 3, 10 and 30.
    let private ridge = 10.0

    /// The lengths of the middle parts that are learned from besides the whole recording, because what is known about a
    /// rhythm depends on how long it was watched.
    let private partSeconds = [| 20; 10 |]

    /// What the detectors know of a recording, each number as their mean; null where nothing in it is classifiable.
    let private knowledgeOf (detectors: IReadOnlyList<Detector>) (recording: Recording) : float[] | null =
        let beats = RecordingBeats.require detectors[0].Info.Preprocessing recording

        let rows =
            detectors
            |> Seq.toArray
            |> Array.choose (fun detector ->
                let classified = detector.Classify recording

                RecordingKnowledge.ofRecording classified.Windows beats classified.DurationSeconds
                |> Option.ofObj)

        if rows.Length = 0 then
            null
        else
            Array.init rows[0].Length (fun i -> rows |> Array.averageBy (fun row -> row[i]))

    let private middleOf (recording: Recording) (seconds: int) =
        let length = int (float seconds * recording.Fs)
        let first = (recording.Samples.Length - length) / 2
        Recording(recording.Id, recording.Fs, Array.sub recording.Samples first length)

    /// <summary>The networks that judge a recording which the level learns from. Where there are fold models, a
    /// recording of the training split is judged by those that have not learned from it, together, so that the level
    /// learns how far to believe the network about recordings that are new to it. All other recordings are judged by
    /// the level's own network.</summary>
    /// <param name="detector">The network whose probabilities the level is to read.</param>
    /// <param name="foldModels">Networks of the same kind, and what each has learned from; empty where there are
    /// none.</param>
    /// <param name="split">The split of the recording.</param>
    /// <param name="recordingId">Its id.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">Every fold model has learned from the
    /// recording.</exception>
    [<CompiledName("JudgesOf")>]
    let judgesOf
        (detector: Detector)
        (foldModels: IReadOnlyList<struct (Detector * TrainedOn)>)
        (split: Split)
        (recordingId: string)
        : Detector[] =
        if split <> Split.Train || foldModels.Count = 0 then
            [| detector |]
        else
            let strangers = [|
                for struct (model, known) in foldModels do
                    if not (known.ContainsAny [ TrainedOn.Recording recordingId ]) then
                        model
            |]

            if strangers.Length = 0 then
                raise (
                    ProblemException
                        $"%s{recordingId} was learned from by every fold model: give one that was trained without it, \
                          with 'mina train --fold'."
                )

            strangers

    /// <summary>Makes the examples of a recording.</summary>
    /// <param name="detectors">The networks that judge it (`judgesOf`), without levels of their own, at least one. The
    /// level learns from the mean of what they say.</param>
    /// <param name="label">The label of the recording.</param>
    /// <param name="split">The split of the recording.</param>
    /// <param name="recording">A recording of up to 61 s.</param>
    /// <returns>The whole recording and its parts; none where nothing in it is classifiable.</returns>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The recording cannot be used; the message says
    /// why.</exception>
    [<CompiledName("ExamplesOf")>]
    let examplesOf
        (detectors: IReadOnlyList<Detector>)
        (label: Label)
        (split: Split)
        (recording: Recording)
        : RecordingExample[] =
        let example isWhole (recording: Recording) =
            match knowledgeOf detectors recording with
            | null -> None
            | knowledge ->
                Some {
                    RecordingId = recording.Id
                    IsAF = (label = Label.AF)
                    Split = split
                    IsWhole = isWhole
                    Knowledge = knowledge
                }

        let part seconds =
            try
                example false (middleOf recording seconds)
            with :? ProblemException ->
                // The middle alone may be unusable, a flat line or a gap, where the whole recording is usable.
                None

        [|
            yield! Option.toArray (example true recording)

            for seconds in partSeconds do
                if recording.Seconds >= float seconds + 1.0 then
                    yield! Option.toArray (part seconds)
        |]

    let private scaleOf (rows: float[][]) =
        let moments i =
            let known = rows |> Array.map (fun row -> row[i]) |> Array.filter Double.IsFinite

            if known.Length = 0 then
                struct (0.0, 1.0)
            else
                let mean = Array.average known
                struct (mean, sqrt (known |> Array.averageBy (fun v -> (v - mean) * (v - mean))) + 1e-6)

        let all = Array.init rows[0].Length moments

        struct (all |> Array.map (fun struct (mean, _) -> mean),
                all |> Array.map (fun struct (_, deviation) -> deviation))

    /// <summary>Trains the level on the training split, and chooses its threshold on the validation split.</summary>
    /// <param name="detector">The network whose probabilities the level is to read.</param>
    /// <param name="foldModels">The fold models that judged the training recordings in its place; empty where there
    /// were none.</param>
    /// <param name="seed">The seed of the split, which is only noted, and of the threshold.</param>
    /// <param name="examples">The examples of all recordings, in any order; the test split's are not used.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">A split has no recording with AF, or none
    /// without AF.</exception>
    [<CompiledName("Run")>]
    let run
        (detector: Detector)
        (foldModels: IReadOnlyList<struct (Detector * TrainedOn)>)
        (seed: int64)
        (examples: IReadOnlyList<RecordingExample>)
        : RecordingLevel =
        let of' split isWhole =
            examples
            |> Seq.filter (fun e -> e.Split = split && (e.IsWhole || not isWhole))
            |> Seq.sortBy (fun e -> struct (e.RecordingId, -e.Knowledge[2]))
            |> Seq.toArray

        let train, validation = of' Split.Train false, of' Split.Validation true

        for name, part in [ "training", train; "validation", validation ] do
            if not (Array.exists _.IsAF part) || Array.forall _.IsAF part then
                raise (
                    ProblemException
                        $"the %s{name} split needs recordings with AF and without, \
                          and has %d{part.Length} of one kind: give more recordings."
                )

        let struct (means, deviations) = scaleOf (train |> Array.map _.Knowledge)

        let untrained = {
            Format = RecordingLevels.Format
            Names = RecordingKnowledge.names
            Means = means
            Deviations = deviations
            Weights = Array.create means.Length 1.0
            Bias = 0.0
            Threshold = 0.5
            FirstLevel = ModelFiles.weightsHash detector.Model
            FoldModels = [| for struct (model, _) in foldModels -> ModelFiles.weightsHash model.Model |]
            Recordings = train |> Array.distinctBy _.RecordingId |> Array.length
            Seed = seed
            Metrics = Dictionary<string, float>()
        }

        // With weights of 1, the contribution of a number is the number as the regression reads it.
        let rows =
            train
            |> Array.map (fun e -> RecordingLevels.contributions untrained e.Knowledge)

        let fitted = LogisticRegression.fit rows (train |> Array.map _.IsAF) ridge

        let trained = {
            untrained with
                Weights = Array.sub fitted 0 means.Length
                Bias = fitted[means.Length]
        }

        let scores =
            validation
            |> Array.map (fun e -> RecordingLevels.probabilityOf trained e.Knowledge)

        let view =
            Views.ofRecordings
                (validation |> Array.map _.RecordingId)
                (Array.create validation.Length (Nullable()))
                (validation |> Array.map (fun e -> if e.IsAF then 1 else 0))
                scores

        let threshold = Thresholds.fit seed view
        let confusion = Confusion.at threshold scores view.Classes

        {
            trained with
                Threshold = threshold
                Metrics =
                    dict [
                        "validation/recordings", float validation.Length
                        "validation/roc_auc", Metrics.rocAuc scores view.Classes
                        "validation/pr_auc", Metrics.prAuc scores view.Classes
                        "validation/f1", Confusion.f1 confusion
                    ]
                    |> Dictionary
        }
