namespace Mina.Model

open System
open System.Collections.Generic
open System.Threading
open Mina.Preprocess
open Mina.Preprocess.Beats

/// A trained rhythm level and the report of its cross-validation.
type TrainedRhythm = {
    Stored: StoredRhythm
    Report: RhythmReport
}

/// Trains the rhythm level of a detector's network, from annotated recordings and from annotated beats.
[<RequireQualifiedAccess>]
module RhythmLevelTraining =
    /// Excerpts do not depend on the seed of training, so that several seeds learn from the same ones.
    let private excerptSeed = 7L

    let private clipped (seconds: float) (rhythms: RhythmSpan seq) =
        rhythms
        |> Seq.map (fun r -> RhythmSpan(r.Rhythm, r.StartSeconds, min r.EndSeconds seconds))
        |> Seq.toArray

    /// <summary>Prepares a recording for training: the beat detector finds its beats, and the network classifies its
    /// windows.</summary>
    /// <param name="detector">The network whose probabilities the level is to read.</param>
    /// <param name="group">The data set, under which figures are reported.</param>
    /// <param name="person">The person whose recording it is; no model judges a person that it has learned
    /// from.</param>
    /// <param name="annotated">The recording and its rhythms.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The recording cannot be classified.</exception>
    [<CompiledName("RecordingOf")>]
    let recordingOf (detector: Detector) (group: string) (person: string) (annotated: AnnotatedRecording) =
        let classified = detector.WithoutRhythm().Classify annotated.Recording
        let recording = annotated.Recording

        {
            Id = $"{group}/{recording.Id}"
            Person = person
            Group = group
            Seconds = classified.DurationSeconds
            Beats = RecordingBeats.require detector.Info.Preprocessing recording
            Windows = Seq.toArray classified.Windows
            Rhythms = clipped classified.DurationSeconds annotated.Rhythms
        }

    /// <summary>Takes excerpts of a long recording of which only beats and rhythms are known.</summary>
    /// <param name="group">The data set.</param>
    /// <param name="id">The recording's id there.</param>
    /// <param name="person">The person whose recording it is.</param>
    /// <param name="beats">All beats, in order of time.</param>
    /// <param name="rhythms">The rhythms in order of time.</param>
    /// <returns>The excerpts; none where the recording lasts less than ten minutes.</returns>
    [<CompiledName("ExcerptsOf")>]
    let excerptsOf
        (group: string)
        (id: string)
        (person: string)
        (beats: IReadOnlyList<Beat>)
        (rhythms: IReadOnlyList<RhythmSpan>)
        : RhythmRecording[] =
        if beats.Count = 0 then
            [||]
        else
            let seconds = float beats[beats.Count - 1].Sample / float Shapes.Fs

            RhythmExcerpts.take excerptSeed {
                Id = $"{group}/{id}"
                Person = person
                Group = group
                Seconds = seconds
                Beats = Seq.toArray beats
                Windows = [||]
                Rhythms = clipped seconds rhythms
            }

    let private metricsOf (figures: RhythmFigures) : IReadOnlyDictionary<string, float> =
        readOnlyDict [
            for group in figures.Groups do
                let c = group.Comparison

                for name, value in
                    [
                        "duration_sensitivity", c.DurationSensitivity
                        "duration_ppv", c.DurationPpv
                        "false_episodes_per_day", c.FalseEpisodesPerDay
                    ] do
                    // JSON has no number for a ratio that is undefined.
                    if Double.IsFinite value then
                        $"cv/{group.Group}/{name}", value
        ]

    /// <summary>Cross-validates by person, and trains on all recordings.</summary>
    /// <param name="detector">The network that gave the windows their probabilities.</param>
    /// <param name="recipe">The recipe of the training.</param>
    /// <param name="seed">The seed of folds and training; the same seed and recordings give the same level.</param>
    /// <param name="folds">The number of folds, from two to the number of people with recordings.</param>
    /// <param name="settings">The settings of the level's use; null chooses them by the figures.</param>
    /// <param name="recordings">The results of `RecordingOf` and `ExcerptsOf`.</param>
    /// <param name="progress">Receives the number of models trained after each; folds + 1 are trained.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">There are too few people, no AF or nothing but
    /// AF.</exception>
    [<CompiledName("Run")>]
    let run
        (detector: Detector)
        (recipe: RhythmRecipe)
        (seed: int64)
        (folds: int)
        (settings: RhythmSettings | null)
        (recordings: IReadOnlyList<RhythmRecording>)
        (progress: Action<int>)
        (cancel: CancellationToken)
        : TrainedRhythm =
        let refuse message = raise (ProblemException message)

        let withSignal =
            recordings
            |> Seq.filter (fun r -> r.Windows |> Array.exists _.Probability.HasValue)
            |> Seq.toArray

        let people = withSignal |> Array.distinctBy _.Person |> Array.length

        if folds < 2 || people < folds then
            refuse (
                $"cross-validation in %d{folds} folds needs 2 folds or more and as many people, "
                + $"but there are %d{people}."
            )

        let isAF (rhythm: RhythmSpan) =
            rhythm.Rhythm.StartsWith("AFIB", StringComparison.Ordinal)

        let af =
            withSignal
            |> Seq.collect _.Rhythms
            |> Seq.filter isAF
            |> Seq.sumBy (fun r -> r.EndSeconds - r.StartSeconds)

        if not (af > 0.0 && af < (withSignal |> Array.sumBy _.Seconds)) then
            refuse "the recordings' annotations name no AF, or nothing else: the rhythm level needs both to learn from."

        let report =
            RhythmCrossValidation.run recipe seed folds recordings settings progress cancel

        let info = {
            Format = RhythmModels.format
            Network = "MinuteNet"
            Parameters = MinuteNet.parameters
            Settings = report.Model.Settings
            MinuteNames = MinuteNet.minuteNames
            WindowNames = MinuteNet.windowNames
            Seed = seed
            FirstLevel = ModelFiles.weightsHash detector.Model
            // An excerpt is a part of its recording.
            Recordings =
                recordings
                |> Seq.map (fun r -> r.Id.Split(':')[0])
                |> Seq.distinct
                |> Seq.length
            Persons = recordings |> Seq.distinctBy _.Person |> Seq.length
            Metrics = metricsOf report.Figures[0]
        }

        {
            Stored = { Model = report.Model; Info = info }
            Report = report
        }
