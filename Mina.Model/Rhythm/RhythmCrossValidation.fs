namespace Mina.Model

open System
open System.Threading
open Mina.Preprocess

/// The figures of one group of recordings (a data set), judged by models that did not learn from the people they judge.
type RhythmGroupFigures = {
    Group: string
    /// The comparison with annotated AF, where flutter counts as not AF.
    Comparison: EpisodeComparison
}

/// The figures of one choice of settings.
type RhythmFigures = {
    Settings: RhythmSettings
    Groups: RhythmGroupFigures[]
    /// The score by which settings are chosen: the mean over groups of the harmonic mean of duration sensitivity and
    /// PPV, less a hundredth for every two false episodes a day.
    SelectionScore: float
    /// The seconds from an annotated onset to the end of the minute by which its episode was opened, in rising order,
    /// for every episode of AF that lasts for the rules' minimum and was found.
    Delays: float[]
}

/// The report of a training.
type RhythmReport = {
    Model: RhythmModel
    /// The figures cross-validated by person, those of the chosen settings first.
    Figures: RhythmFigures[]
    Folds: int
    Persons: int
    /// The verdicts of each recording, by id, at the chosen settings by a model that did not learn from its person.
    Verdicts: (string * Verdict[])[]
}

/// Chooses settings by cross-validation over people, and trains on all.
[<RequireQualifiedAccess>]
module RhythmCrossValidation =
    let private candidates = [|
        for lookAhead in [ 5.0; 10.0; 20.0; 30.0 ] do
            for onset in [ 0.4; 0.5; 0.6; 0.7; 0.8 ] do
                for below in [ 0.6; 0.8; 1.0 ] do
                    {
                        LookAheadSeconds = lookAhead
                        OnsetProbability = onset
                        OffsetProbability = below * onset
                    }
    |]

    /// The fold of each person. People are put into a random order and dealt out.
    let private foldsOf (seed: int64) (count: int) (persons: string seq) =
        persons
        |> Seq.distinct
        |> Seq.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> Seq.map (fun person ->
            let mutable random = SplitMix64.ForWindow(seed, 0x666F6C64L, person, 0)
            random.Next(), person)
        |> Seq.sort
        |> Seq.mapi (fun i (_, person) -> person, i % count)
        |> Map.ofSeq

    let private compare (settings: RhythmSettings) (recording: RhythmRecording) (verdicts: Verdict[]) =
        // A verdict comes when the minute that it was judged by ends.
        let reported =
            AlarmDelays.episodes
                (RhythmRules.forRecordingOf settings recording.Seconds)
                (5.0 + settings.LookAheadSeconds)
                recording.Seconds
                verdicts

        let reference =
            recording.Rhythms
            |> Array.filter (fun r -> r.Rhythm.StartsWith("AFIB", StringComparison.Ordinal))
            |> Array.map (fun r -> {
                Span.Start = r.StartSeconds
                End = min r.EndSeconds recording.Seconds
            })

        let detected = reported |> Array.map _.Episode

        let comparison =
            EpisodeComparisons.compare reference detected [||] { Start = 0.0; End = recording.Seconds } 0.0

        let minimum = settings.Rules.MinimumSeconds

        let delays = [|
            for r in reference do
                if r.Start > 0.0 && r.End - r.Start >= minimum then
                    match
                        Array.tryFindIndex
                            (fun (d: Span) -> min d.End r.End - max d.Start r.Start >= minimum / 2.0)
                            detected
                    with
                    | Some i when detected[i].Start > r.Start - minimum ->
                        max 0.0 (reported[i].ReportedSeconds - r.Start)
                    | _ -> ()
        |]

        comparison, delays

    let private figures (settings: RhythmSettings) (judged: (RhythmRecording * Verdict[])[]) =
        let compared =
            judged
            |> Array.map (fun (recording, verdicts) -> recording, compare settings recording verdicts)

        let groups =
            compared
            |> Array.groupBy (fun (recording, _) -> recording.Group)
            |> Array.map (fun (group, own) -> {
                Group = group
                Comparison =
                    own
                    |> Seq.map (fun (_, (comparison, _)) -> comparison)
                    |> EpisodeComparisons.gross
            })

        let score (group: RhythmGroupFigures) =
            let c = group.Comparison
            let se, ppv = c.DurationSensitivity, c.DurationPpv

            let harmonic =
                if se > 0.0 && ppv > 0.0 then
                    2.0 * se * ppv / (se + ppv)
                else
                    0.0

            harmonic - c.FalseEpisodesPerDay / 200.0

        {
            Settings = settings
            Groups = groups
            SelectionScore =
                groups
                |> Array.filter (fun g -> g.Comparison.ReferenceSeconds > 0.0)
                |> Array.averageBy score
            Delays = compared |> Array.collect (fun (_, (_, delays)) -> delays) |> Array.sort
        }

    /// <summary>Cross-validates by person, chooses the settings, and trains on all.</summary>
    /// <param name="recipe">The recipe of the training.</param>
    /// <param name="seed">The seed of the folds and of training; the same seed and recordings give the same report,
    /// bit for bit.</param>
    /// <param name="folds">The number of folds, two or more; each is judged by a model of the others.</param>
    /// <param name="recordings">The recordings. Those with signal are trained on and judged; those without are trained
    /// on where their person is not judged.</param>
    /// <param name="settings">The settings of the level's use; null chooses them by the selection score of their
    /// figures.</param>
    /// <param name="progress">Receives the number of models trained after each; folds + 1 are trained.</param>
    /// <param name="cancel">Stops between batches.</param>
    [<CompiledName("Run")>]
    let run
        (recipe: RhythmRecipe)
        (seed: int64)
        (folds: int)
        (recordings: RhythmRecording seq)
        (settings: RhythmSettings | null)
        (progress: Action<int>)
        (cancel: CancellationToken)
        =
        if folds < 2 then
            invalidArg (nameof folds) $"Cross-validation takes two folds or more, not {folds}."

        let known = recordings |> Seq.map RhythmKnown.ofRecording |> Seq.toArray
        let withSignal = known |> Array.filter _.HasSignal
        let fold = foldsOf seed folds (withSignal |> Seq.map _.Recording.Person)

        let models =
            Array.init folds (fun k ->
                let others =
                    known
                    |> Array.filter (fun item -> Map.tryFind item.Recording.Person fold <> Some k)

                let model = RhythmTraining.trainKnown recipe seed cancel others
                progress.Invoke(k + 1)
                model)

        let judge (settings: RhythmSettings) =
            withSignal
            |> Array.map (fun item ->
                let parameters, scaling = models[fold[item.Recording.Person]]

                let model = {
                    Parameters = parameters
                    Scaling = scaling
                    Settings = settings
                }

                item.Recording, RhythmLevel.ofRecording model item.Recording.Beats item.Recording.Windows)

        let candidates =
            match settings with
            | null -> candidates
            | given -> Array.distinct (Array.append [| given |] candidates)

        // Of the settings, verdicts depend on the look-ahead alone.
        let judged =
            candidates
            |> Array.distinctBy _.LookAheadSeconds
            |> Array.map (fun settings -> settings.LookAheadSeconds, judge settings)
            |> Map.ofArray

        let isChosen (f: RhythmFigures) =
            match settings with
            | null -> false
            | given -> f.Settings = given

        let all =
            candidates
            |> Array.map (fun settings -> figures settings judged[settings.LookAheadSeconds])
            |> Array.sortByDescending (fun f -> isChosen f, f.SelectionScore)

        let chosen = all[0].Settings
        let parameters, scaling = RhythmTraining.trainKnown recipe seed cancel known
        progress.Invoke(folds + 1)

        {
            Model = {
                Parameters = parameters
                Scaling = scaling
                Settings = chosen
            }
            Figures = all
            Folds = folds
            Persons = fold.Count
            Verdicts =
                judged[chosen.LookAheadSeconds]
                |> Array.map (fun (recording, verdicts) -> recording.Id, verdicts)
        }
