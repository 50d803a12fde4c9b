namespace Mina.Model

open System
open System.Collections.Generic
open System.Globalization
open System.Runtime.InteropServices
open System.Threading
open Mina.Preprocess

/// A kind of disturbance that is added to windows.
type DisturbanceKind =
    | None = 0
    /// Baseline wander; its strength is an amplitude in standard deviations of the recording.
    | Wander = 1
    /// White noise; its strength is the signal-to-noise ratio in dB, and less is stronger.
    | Noise = 2

/// A disturbance of some strength.
[<Struct>]
type Condition = {
    Kind: DisturbanceKind
    /// The strength in the kind's unit; 0 where there is no disturbance.
    Strength: float
} with

    /// The conditions of every run: no disturbance, wander up to eight times the recording's standard deviation, and
    /// noise from 24 to -6 dB as in MIT-BIH's noise stress test.
    static member All: IReadOnlyList<Condition> = [|
        {
            Kind = DisturbanceKind.None
            Strength = 0.0
        }
        for amplitude in [ 0.5; 1.0; 2.0; 4.0; 8.0 ] do
            {
                Kind = DisturbanceKind.Wander
                Strength = amplitude
            }
        for decibels in [ 24.0; 18.0; 12.0; 6.0; 0.0; -6.0 ] do
            {
                Kind = DisturbanceKind.Noise
                Strength = decibels
            }
    |]

    /// The kind's name in JSON: none, wander or noise.
    member condition.KindName =
        match condition.Kind with
        | DisturbanceKind.Wander -> "wander"
        | DisturbanceKind.Noise -> "noise"
        | _ -> "none"

    /// The condition in a few words: "wander 2 SD", "noise 6 dB" or "undisturbed".
    member condition.Description =
        let strength = condition.Strength.ToString("0.#", CultureInfo.InvariantCulture)

        match condition.Kind with
        | DisturbanceKind.Wander -> $"wander %s{strength} SD"
        | DisturbanceKind.Noise -> $"noise %s{strength} dB"
        | _ -> "undisturbed"

    /// Disturbs a window, (3000), and normalises it again.
    member condition.Disturb(key: WindowKey, trace: float32[], seed: int64) : float32[] =
        match condition.Kind with
        | DisturbanceKind.Wander -> Disturbance.wander condition.Strength seed key.RecordingId key.Start trace
        | DisturbanceKind.Noise -> Disturbance.noise condition.Strength seed key.RecordingId key.Start trace
        | _ -> trace

/// One model's figures under one condition.
type RobustnessPoint = {
    Condition: Condition
    /// The figures over all chosen windows.
    Metrics: ViewMetrics
}

/// One model under all conditions.
type ModelRobustness = {
    Name: string
    /// One point for each condition, in the order of `Condition.All`.
    Points: IReadOnlyList<RobustnessPoint>
}

/// The figures of models under disturbances.
type RobustnessResult = {
    /// The split that the windows come from.
    Split: string
    /// The number of windows.
    Windows: int
    /// The number of windows that are AF.
    Positives: int
    /// The number of recordings that the windows come from.
    Recordings: int
    /// The seed of the choice, the disturbances and the bootstrap.
    Seed: int64
    /// The models in the order in which they were given.
    Models: IReadOnlyList<ModelRobustness>
}

/// Scores models on windows with disturbances of growing strength added to the trace before it is preprocessed.
[<AbstractClass; Sealed>]
type RobustnessRun private () =
    static let resamples = 200

    /// <summary>Chooses windows of the paper's view, which are the same every time for a seed.</summary>
    /// <param name="batches">Gives the split's segments; it is called twice.</param>
    /// <param name="count">The largest number of windows to choose.</param>
    /// <param name="seed">The seed of the choice.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">There are no windows, or all are of one class.</exception>
    static member Choose
        (batches: Func<SegmentBatch seq>, count: int, seed: int64, [<Optional>] cancel: CancellationToken)
        : IReadOnlyList<LabelledTrace> =
        let all: WindowScore[] = [|
            for batch in batches.Invoke() do
                cancel.ThrowIfCancellationRequested()

                for row in 0 .. batch.Count - 1 do
                    {
                        RecordingId = batch.RecordingId[row]
                        Start = batch.Start[row]
                        Label = batch.Label[row]
                        Class = int batch.Class[row]
                        Probability = 0.0
                    }
        |]

        let chosen = Sampling.windows seed count all

        let holds cls =
            chosen |> Array.exists (fun w -> w.Class = cls)

        if not (holds 0 && holds 1) then
            raise (
                ProblemException(
                    $"%d{chosen.Length} windows of the split do not hold both AF and others: "
                    + "take more --windows or another --split."
                )
            )

        LabelledTraces.find (batches.Invoke()) (chosen |> Seq.map _.Key |> HashSet) cancel

    /// <summary>Scores every model under every condition.</summary>
    /// <param name="windows">The windows without disturbance.</param>
    /// <param name="settings">The preprocessing settings of all models.</param>
    /// <param name="models">Each model's name, and its function from a batch to the probability of AF of each
    /// segment.</param>
    /// <param name="split">The name of the windows' split, which the result shows.</param>
    /// <param name="seed">The seed of the disturbances and the bootstrap.</param>
    /// <param name="progress">Called after each condition with the number of conditions done; null reports
    /// none.</param>
    /// <param name="cancel">Stops between batches.</param>
    static member Run
        (
            windows: IReadOnlyList<LabelledTrace>,
            settings: PreprocessSettings,
            models: IReadOnlyList<struct (string * Func<SegmentBatch, float32[]>)>,
            split: string,
            seed: int64,
            [<Optional; DefaultParameterValue(null: Action<int> | null)>] progress: Action<int> | null,
            [<Optional>] cancel: CancellationToken
        ) : RobustnessResult =
        let segments = TraceSegments settings
        let parts = windows |> Seq.toArray |> Array.chunkBySize TraceSegments.BatchSize

        /// The probabilities of the windows of a part by each model.
        let classified (condition: Condition) (part: LabelledTrace[]) =
            cancel.ThrowIfCancellationRequested()

            // Segments are computed once for all models, because computing them costs about as much as classifying
            // them.
            let batch =
                part
                |> Array.map (fun w -> condition.Disturb(w.Key, w.Trace, seed))
                |> segments.Fill

            models
            |> Seq.map (fun struct (_, classify) -> classify.Invoke batch)
            |> Seq.toArray

        let pointsUnder (condition: Condition) : RobustnessPoint[] =
            let probabilities = parts |> Array.map (classified condition)

            Array.init models.Count (fun model ->
                let scores =
                    Array.map2
                        (fun part (found: float32[][]) ->
                            Array.mapi
                                (fun i (w: LabelledTrace) -> {
                                    RecordingId = w.Key.RecordingId
                                    Start = w.Key.Start
                                    Label = w.Label
                                    Class = w.Class
                                    Probability = float (found[model][i])
                                })
                                part)
                        parts
                        probabilities
                    |> Array.concat

                {
                    Condition = condition
                    Metrics = Metrics.ofView 0.5 seed resamples (Views.paper scores)
                })

        let points = [|
            for done', condition in Seq.indexed Condition.All do
                pointsUnder condition

                match progress with
                | null -> ()
                | progress -> progress.Invoke(done' + 1)
        |]

        {
            Split = split
            Windows = windows.Count
            Positives = windows |> Seq.filter (fun w -> w.Class = 1) |> Seq.length
            Recordings = windows |> Seq.distinctBy _.Key.RecordingId |> Seq.length
            Seed = seed
            Models = [|
                for model, struct (name, _) in Seq.indexed models do
                    {
                        Name = name
                        Points = points |> Array.map (fun under -> under[model])
                    }
            |]
        }
