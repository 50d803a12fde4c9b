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

    let private knowledgeOf (detector: Detector) (recording: Recording) : float[] | null =
        let classified = detector.Classify recording
        let beats = RecordingBeats.require detector.Info.Preprocessing recording
        RecordingKnowledge.ofRecording classified.Windows beats classified.DurationSeconds

    let private middleOf (recording: Recording) (seconds: int) =
        let length = int (float seconds * recording.Fs)
        let first = (recording.Samples.Length - length) / 2
        Recording(recording.Id, recording.Fs, Array.sub recording.Samples first length)

    /// <summary>Makes the examples of a recording.</summary>
    /// <param name="detector">The network whose probabilities the level is to read, without levels of its
    /// own.</param>
    /// <param name="label">The label of the recording.</param>
    /// <param name="split">The split of the recording.</param>
    /// <param name="recording">A recording of up to 61 s.</param>
    /// <returns>The whole recording and its parts; none where nothing in it is classifiable.</returns>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The recording cannot be used; the message says
    /// why.</exception>
    [<CompiledName("ExamplesOf")>]
    let examplesOf (detector: Detector) (label: Label) (split: Split) (recording: Recording) : RecordingExample[] =
        let example isWhole (recording: Recording) =
            match knowledgeOf detector recording with
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
    /// <param name="seed">The seed of the split, which is only noted, and of the threshold.</param>
    /// <param name="examples">The examples of all recordings, in any order; the test split's are not used.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">A split has no recording with AF, or none
    /// without AF.</exception>
    [<CompiledName("Run")>]
    let run (detector: Detector) (seed: int64) (examples: IReadOnlyList<RecordingExample>) : RecordingLevel =
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
