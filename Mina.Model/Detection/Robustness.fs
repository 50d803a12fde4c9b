namespace Mina.Model

open System
open System.Collections.Generic
open System.Globalization
open System.Runtime.InteropServices
open System.Threading
open Mina.Preprocess

/// What windows are disturbed by.
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
    /// In the kind's unit; 0 for none.
    Strength: float
} with

    /// The conditions of every run: nothing, wander up to eight times the recording's deviation, noise from 24 to -6 dB
    /// as in MIT-BIH's
    /// noise stress test.
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

    /// none, wander or noise: the kind's name in JSON.
    member condition.KindName =
        match condition.Kind with
        | DisturbanceKind.Wander -> "wander"
        | DisturbanceKind.Noise -> "noise"
        | _ -> "none"

    /// "wander 2 SD", "noise 6 dB" or "undisturbed".
    member condition.Words =
        let strength = condition.Strength.ToString("0.#", CultureInfo.InvariantCulture)

        match condition.Kind with
        | DisturbanceKind.Wander -> $"wander %s{strength} SD"
        | DisturbanceKind.Noise -> $"noise %s{strength} dB"
        | _ -> "undisturbed"

    /// The window, disturbed and normalised again.
    member condition.Disturb(key: WindowKey, trace: float32[], seed: int64) : float32[] =
        match condition.Kind with
        | DisturbanceKind.Wander -> Disturbance.wander condition.Strength seed key.RecordingId key.Start trace
        | DisturbanceKind.Noise -> Disturbance.noise condition.Strength seed key.RecordingId key.Start trace
        | _ -> trace

/// One model's figures under one condition.
type RobustnessPoint = {
    Condition: Condition
    /// Of all windows chosen.
    Metrics: ViewMetrics
}

/// One model under all conditions.
type ModelRobustness = {
    Name: string
    /// In the order of `Condition.All`.
    Points: IReadOnlyList<RobustnessPoint>
}

/// How models bear disturbances.
type RobustnessResult = {
    /// The split that the windows come from.
    Split: string
    /// How many windows there are.
    Windows: int
    /// How many of these are AF.
    Positives: int
    /// Recordings that they come from.
    Recordings: int
    /// Of the choice, the disturbances and the bootstrap.
    Seed: int64
    /// In the order given.
    Models: IReadOnlyList<ModelRobustness>
}

/// Scores models on windows with disturbances of growing strength added to the trace before it is preprocessed.
[<AbstractClass; Sealed>]
type RobustnessRun private () =
    static let resamples = 200

    /// <summary>Chooses windows of the paper's view: at most <paramref name="count"/>, the same every time for a
    /// seed.</summary>
    /// <param name="batches">Gives the split's segments; called twice.</param>
    /// <param name="count">How many windows are chosen at most.</param>
    /// <param name="seed">Of the choice.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">There are none, or not of both classes.</exception>
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
                ProblemException
                    $"%d{chosen.Length} windows of the split do not hold both AF and others: take more --windows or another --split."
            )

        LabelledTraces.find (batches.Invoke()) (chosen |> Seq.map _.Key |> HashSet) cancel

    /// <summary>Scores every model under every condition.</summary>
    /// <param name="windows">Undisturbed.</param>
    /// <param name="settings">The models' preprocessing.</param>
    /// <param name="models">Names, and the probability of AF of each segment of a batch.</param>
    /// <param name="split">The windows' split, for the record.</param>
    /// <param name="seed">Of the disturbances and the bootstrap.</param>
    /// <param name="progress">Called after each condition with how many are done; null: not at all.</param>
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
        let chunks = windows |> Seq.toArray |> Array.chunkBySize TraceSegments.BatchSize

        /// The probabilities of a chunk's windows by each model.
        let classified (condition: Condition) (chunk: LabelledTrace[]) =
            cancel.ThrowIfCancellationRequested()

            // Segments are made once for all models: making them costs about as much as classifying them.
            let batch =
                chunk
                |> Array.map (fun w -> condition.Disturb(w.Key, w.Trace, seed))
                |> segments.Fill

            models
            |> Seq.map (fun struct (_, classify) -> classify.Invoke batch)
            |> Seq.toArray

        let pointsUnder (condition: Condition) : RobustnessPoint[] =
            let probabilities = chunks |> Array.map (classified condition)

            Array.init models.Count (fun model ->
                let scores =
                    Array.map2
                        (fun chunk (found: float32[][]) ->
                            Array.mapi
                                (fun i (w: LabelledTrace) -> {
                                    RecordingId = w.Key.RecordingId
                                    Start = w.Key.Start
                                    Label = w.Label
                                    Class = w.Class
                                    Probability = float (found[model][i])
                                })
                                chunk)
                        chunks
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
