namespace Mina.Model

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Diagnostics.CodeAnalysis
open System.Runtime.InteropServices
open System.Threading
open Mina.Preprocess
open Mina.Preprocess.Streams

/// <summary>
/// A trained AF detector, ready to use: it classifies and explains recordings, and can be evaluated and calibrated on
/// labelled ones.
/// Recordings come from Mina.Streaming or are made of samples in memory.
/// </summary>
/// <remarks>A detector never changes, and any number of threads may use it at once.</remarks>
[<Sealed>]
type Detector
    private
    (
        model: StoredModel,
        classifier: Classifier,
        thresholds: ViewThresholds,
        // Both are read when they are first needed, so that new levels can be trained where the shipped ones do not
        // fit this version.
        rhythm: Lazy<StoredRhythm | null>,
        level: Lazy<RecordingLevel | null>
    ) =
    static let shipped = lazy Detector(ModelFiles.readShipped ())

    let predict = Func<SegmentBatch, float32[]> classifier.Predict

    // The buffers of a classifier are large, so it is kept for the next call.
    let classifiers = ConcurrentBag<RecordingClassifier>()

    let newClassifier () =
        RecordingClassifier(
            model.Info.Preprocessing,
            predict,
            thresholds,
            WindowCheck(fun samples -> WindowQuality.FaultOf samples),
            (match rhythm.Value with
             | null -> null
             | level -> level.Model),
            level.Value
        )

    let withClassifier (work: RecordingClassifier -> 'T) : 'T =
        let own =
            match classifiers.TryTake() with
            | true, kept -> kept
            | _ -> newClassifier ()

        try
            work own
        finally
            classifiers.Add own

    /// Refuses a level that learned from another network's probabilities.
    let requireOwn level command firstLevel =
        if firstLevel <> ModelFiles.weightsHash model then
            raise (
                ProblemException(
                    $"the %s{level} was trained on the probabilities of another network than this model's: "
                    + $"train one for this model with 'mina %s{command} --model'."
                )
            )

    let optionsOrDefault (options: EvaluationOptions | null) : EvaluationOptions =
        let given =
            match options with
            | null -> EvaluationOptions()
            | options -> options

        EvaluationOptions(
            Thresholds = thresholds,
            Temperature = model.Info.Temperature,
            Seed = given.Seed,
            Resamples = given.Resamples,
            WorstMistakes = given.WorstMistakes
        )

    /// Creates the detector of weights in memory, at the model's own thresholds. The weights of the shipped network get
    /// the shipped rhythm level, and others get none.
    new(model: StoredModel) =
        Detector(
            model,
            Classifier.FromWeights(model.Weights, model.Info),
            model.Info.Thresholds,
            lazy (RhythmFiles.shippedFor model),
            lazy (RecordingLevelFiles.shippedFor model)
        )

    /// The detector that Mina ships, whose files are embedded in this library.
    static member Shipped: Detector = shipped.Value

    /// <summary>Loads a model, and the levels that lie beside it.</summary>
    /// <param name="folder">The folder of `model.safetensors` and `model.json`, as `mina train` writes them, and of the
    /// files of a rhythm level and a recording level, where they were trained for this model.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The folder holds no model, its files are damaged, or its
    /// rhythm level was trained for another network.</exception>
    static member Load(folder: string) : Detector =
        let detector = Detector(ModelFiles.read folder)

        let detector =
            if RhythmFiles.existIn folder then
                detector.WithRhythm(RhythmFiles.read folder)
            else
                detector

        if RecordingLevelFiles.existIn folder then
            detector.WithRecordingLevel(RecordingLevelFiles.read folder)
        else
            detector

    /// The data and the settings of the model's training.
    member _.Info: ModelInfo = model.Info

    /// The weights and the info, which `ModelFiles.Encode` turns into files.
    member _.Model: StoredModel = model

    /// The network, for batches of segments.
    member _.Classifier: Classifier = classifier

    /// The probabilities from which on windows and recordings are AF.
    member _.Thresholds: ViewThresholds = thresholds

    /// <summary>Returns the same model with one threshold in place of its own.</summary>
    /// <param name="threshold">The probability from which on all is AF; between 0 and 1.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The threshold is not between 0 and 1.</exception>
    member _.WithThreshold(threshold: float) : Detector =
        if not (threshold > 0.0 && threshold < 1.0) then
            raise (ProblemException $"a threshold of %g{threshold} is not between 0 and 1.")

        let level =
            lazy
                (match level.Value with
                 | null -> null
                 | level -> { level with Threshold = threshold })

        Detector(model, classifier, ViewThresholds.Same threshold, rhythm, level)

    /// The rhythm level that makes the episodes of recordings of a minute or more; null where the network's
    /// probabilities make them.
    member _.Rhythm: StoredRhythm | null = rhythm.Value

    /// <summary> Returns the same detector with a rhythm level, which looks at the beats and windows of a minute. In
    /// recordings of a minute or more, episodes and burden come from it, and so does the finding of recordings of more
    /// than 61 s. Windows keep the network's probability, and a threshold (`WithThreshold`) concerns windows alone.
    /// Shorter recordings are classified as without it. </summary>
    /// <param name="stored">The level, which was trained on the probabilities of this detector's network.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">It was trained on another network's.</exception>
    member _.WithRhythm(stored: StoredRhythm) : Detector =
        requireOwn "rhythm level" "train-rhythm" stored.Info.FirstLevel
        Detector(model, classifier, thresholds, lazy stored, level)

    /// <summary>Returns the same detector with the rhythm level that Mina ships, which was trained for the shipped
    /// network.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The detector has another network.</exception>
    member this.WithRhythm() : Detector =
        this.WithRhythm(RhythmFiles.readShipped ())

    /// Returns the same detector without a rhythm level and a recording level, so that episodes and findings come
    /// from the network's probabilities of 10 s alone.
    member _.WithoutRhythm() : Detector =
        Detector(model, classifier, thresholds, lazy null, lazy null)

    /// The level that judges recordings of up to 61 s; null where the mean of their windows does.
    member _.RecordingLevel: RecordingLevel | null = level.Value

    /// <summary>Returns the same detector with a recording level, by which the probability and the finding of a
    /// recording of up to 61 s come from its windows and its beats together.</summary>
    /// <param name="trained">The level, which was trained on the probabilities of this detector's network.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">It was trained on another network's.</exception>
    member _.WithRecordingLevel(trained: RecordingLevel) : Detector =
        requireOwn "recording level" "train-recordings" trained.FirstLevel
        Detector(model, classifier, thresholds, rhythm, lazy trained)

    /// <summary>Refuses segments that were made with settings other than those of the model's training.</summary>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The settings differ; the message names both.</exception>
    member _.RequireSettings(settings: PreprocessSettings) : unit =
        match model.Info.WhyIncompatible settings.Fingerprint with
        | null -> ()
        | problem -> raise (ProblemException problem)

    /// <summary>Classifies a recording.</summary>
    /// <param name="recording">At least 10 s, at 50 Hz or more.</param>
    /// <param name="classified">Its classification; null where it was rejected.</param>
    /// <param name="rejection">Why it cannot be used; null where it was classified.</param>
    /// <returns>Whether it was classified.</returns>
    member _.TryClassify
        (
            recording: Recording,
            [<Out; NotNullWhen(true)>] classified: byref<ClassifiedRecording | null>,
            [<Out; NotNullWhen(false)>] rejection: byref<Rejection | null>
        ) : bool =
        match withClassifier _.Classify(recording) with
        | Ok found ->
            classified <- found
            rejection <- null
            true
        | Error reason ->
            classified <- null
            rejection <- reason
            false

    /// <summary>Judges some windows of a long recording, which is read in pieces.</summary>
    /// <param name="group">Windows that <see cref="T:Mina.Preprocess.Streams.LongRecording" /> has cut.</param>
    /// <returns>The verdict of each window, in order of time.</returns>
    member _.Judge(group: WindowGroup) : Verdict[] = withClassifier _.Judge(group)

    /// <summary>Concludes a long recording that was read in pieces: the result is that of `Classify` for all of
    /// it.</summary>
    /// <param name="recording">The recording, whose last piece was taken and which was not rejected.</param>
    /// <param name="windows">What `Judge` says of all its windows, in order of time.</param>
    member _.Conclude(recording: LongRecording, windows: Verdict seq) : ClassifiedRecording =
        withClassifier _.Conclude(recording, windows)

    /// <summary>Classifies a recording.</summary>
    /// <param name="recording">At least 10 s, at 50 Hz or more.</param>
    /// <returns>Its windows, episodes, burden and finding.</returns>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The recording cannot be used; the message says
    /// why.</exception>
    member _.Classify(recording: Recording) : ClassifiedRecording =
        match withClassifier _.Classify(recording) with
        | Ok classified -> classified
        | Error rejection -> raise (ProblemException rejection.Message)

    /// <summary>Explains what the network looked at in one window of a recording.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="startSeconds">The start of the window of 10 s; null chooses the window of the highest probability,
    /// or of the lowest where none is AF.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The recording or the window cannot be classified, or the
    /// window lies outside the recording.</exception>
    member _.Explain(recording: Recording, [<Optional>] startSeconds: Nullable<float>) : WindowExplanation =
        RecordingExplainer(classifier, thresholds).Explain(recording, startSeconds)

    /// <summary>Scores labelled segments, and computes figures with 95 % intervals.</summary>
    /// <param name="batches">Labelled segments (`ShardSet.Batches`) in any order, which are read once.</param>
    /// <param name="options">The options of the bootstrap and of the mistakes kept. Thresholds and temperature are the
    /// detector's. Null stands for the usual options.</param>
    /// <param name="progress">Receives the progress after each batch; null reports nothing.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">There is nothing to score, or a segment has no
    /// class.</exception>
    member _.Evaluate
        (
            batches: SegmentBatch seq,
            [<Optional; DefaultParameterValue(null: EvaluationOptions | null)>] options: EvaluationOptions | null,
            [<Optional; DefaultParameterValue(null: Action<EvaluationProgress> | null)>] progress:
                Action<EvaluationProgress> | null,
            [<Optional>] cancel: CancellationToken
        ) : EvaluationResult =
        Evaluator.Run(batches, predict, optionsOrDefault options, progress, cancel)

    /// <summary>Takes a second look at an evaluation: explains typical windows, and checks whether the network needs
    /// what it attends to.</summary>
    /// <param name="batches">The segments that were scored.</param>
    /// <param name="result">Their scores.</param>
    /// <param name="cancel">Stops between batches and windows.</param>
    member _.Inspect
        (batches: SegmentBatch seq, result: EvaluationResult, [<Optional>] cancel: CancellationToken)
        : Inspection =
        Inspections.run batches classifier result cancel

    /// <summary>Compares the episodes found in annotated recordings with their annotations (ANSI/AAMI EC57).</summary>
    /// <param name="recordings">Functions that each read a recording when its turn comes. A ProblemException of one is
    /// a failure of that recording alone.</param>
    /// <param name="options">The options of the comparison; null stands for the usual ones.</param>
    /// <param name="progress">Receives the number of recordings done after each; null reports nothing.</param>
    /// <param name="cancel">Stops between recordings.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">No recording could be compared.</exception>
    member _.EvaluateRecordings
        (
            recordings: Func<AnnotatedRecording> seq,
            [<Optional; DefaultParameterValue(null: RecordingsOptions | null)>] options: RecordingsOptions | null,
            [<Optional; DefaultParameterValue(null: Action<int> | null)>] progress: Action<int> | null,
            [<Optional>] cancel: CancellationToken
        ) : RecordingsResult =
        let options =
            match options with
            | null -> RecordingsOptions()
            | options -> options

        withClassifier (fun own -> RecordingsEvaluator.Run(recordings, own, options, progress, cancel))

    /// <summary>Fits temperature and thresholds on labelled recordings that the model was not trained on. The weights
    /// stay as they are.</summary>
    /// <param name="batches">Labelled segments, each once, which are read once.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>The calibrated detector; this one does not change.</returns>
    member _.Calibrate(batches: SegmentBatch seq, [<Optional>] cancel: CancellationToken) : Detector =
        Detector {
            model with
                Info = ModelCalibration.Fit(model.Weights, model.Info, batches, cancel)
        }

    /// <summary>Scores detectors on windows disturbed by baseline wander and noise of growing strength.</summary>
    /// <param name="detectors">The detectors, each with the name that the result shows.</param>
    /// <param name="batches">Gives a split's labelled segments; it is called twice.</param>
    /// <param name="split">The name of the split, which the result shows.</param>
    /// <param name="maxWindows">The largest number of windows that are chosen.</param>
    /// <param name="seed">The seed of the choice, the disturbances and the bootstrap.</param>
    /// <param name="progress">Receives the number of conditions (`Condition.All`) done after each; null reports
    /// nothing.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The windows are not of both classes, or the detectors'
    /// preprocessing differs.</exception>
    static member Robustness
        (
            detectors: IReadOnlyList<struct (string * Detector)>,
            batches: Func<SegmentBatch seq>,
            split: string,
            maxWindows: int,
            seed: int64,
            [<Optional; DefaultParameterValue(null: Action<int> | null)>] progress: Action<int> | null,
            [<Optional>] cancel: CancellationToken
        ) : RobustnessResult =
        let struct (_, first) = detectors[0]
        let settings = first.Info.Preprocessing

        for struct (_, detector) in detectors do
            detector.RequireSettings settings

        RobustnessRun.Run(
            RobustnessRun.Choose(batches, maxWindows, seed, cancel),
            settings,
            [|
                for struct (name, detector) in detectors do
                    struct (name, Func<SegmentBatch, float32[]> detector.Classifier.Predict)
            |],
            split,
            seed,
            progress,
            cancel
        )
