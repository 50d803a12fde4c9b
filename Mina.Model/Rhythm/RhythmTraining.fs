namespace Mina.Model

open System
open System.Threading
open Mina.Preprocess

/// The recipe of training the rhythm level.
type RhythmRecipe = {
    /// The number of passes, and of the examples drawn in each from recordings with signal and from those of beats
    /// alone.
    Epochs: int
    SignalExamples: int
    BeatExamples: int
    BatchSize: int
    /// Adam's rate, which falls to 0 along half a cosine, and its decoupled weight decay.
    Rate: float
    WeightDecay: float
    /// The shares of examples whose log odds are hidden and whose P waves are hidden, so that the level does not rely
    /// on one kind of evidence alone.
    HiddenLogits: float
    HiddenPWaves: float
    /// The weight of examples in flutter, which count as not AF.
    FlutterWeight: float
    /// How much a label is less than certain.
    Smoothing: float
} with

    /// The recipe of the shipped level.
    static member Default: RhythmRecipe = {
        Epochs = 4
        SignalExamples = 30_000
        BeatExamples = 30_000
        BatchSize = 512
        Rate = 0.003
        WeightDecay = 0.01
        HiddenLogits = 0.1
        HiddenPWaves = 0.2
        FlutterWeight = 1.0
        Smoothing = 0.01
    }

    /// The recipe with another number of epochs.
    member this.WithEpochs(epochs: int) : RhythmRecipe = { this with Epochs = epochs }

/// Trains the rhythm level, as a pure function of recordings, recipe and seed.
[<RequireQualifiedAccess>]
module RhythmTraining =
    /// The number of windows in a minute, including the last one.
    let private span = 31

    /// The numbers of windows that the one judged may lie before the last: 0, 5, ... 25 s.
    let private lags = [| 0; 3; 6; 9; 12; 15 |]

    let private purpose = 0x72687974L

    /// Hides the knowledge of P waves in a minute and its windows.
    let private hidePWaves (minute: float[]) (windows: float[][]) (scaling: RhythmScaling) =
        let hide (names: string[]) (mean: float[]) (deviation: float[]) (row: float[]) =
            for i in 0 .. names.Length - 1 do
                if names[i].StartsWith("p_wave", StringComparison.Ordinal) then
                    row[i] <- 0.0
                elif names[i] = "no_p_wave" then
                    row[i] <- Math.Clamp((1.0 - mean[i]) / deviation[i], -4.0, 4.0)

        hide RhythmKnowledge.names scaling.MinuteMean scaling.MinuteDeviation minute

        for row in windows do
            hide RhythmKnowledge.windowNames scaling.WindowMean scaling.WindowDeviation row

    /// The initial weights. They are uniform within 1 / sqrt of the number of inputs, as in PyTorch's linear layers,
    /// and queries are small, so that attention begins by nearness alone.
    let private initial (seed: int64) : float[] =
        let mutable random = SplitMix64.FromKey(seed, purpose, 0L)

        let inputs =
            Map [
                "guide", MinuteNet.minuteNames.Length
                "evidence", MinuteNet.windowNames.Length
            ]

        MinuteNet.layout
        |> Array.collect (fun (name, shape) ->
            let length = Array.reduce (*) shape

            let uniform inputs =
                let bound = 1.0 / sqrt (float inputs)
                Array.init length (fun _ -> bound * (2.0 * random.Uniform() - 1.0))

            match name with
            | "guide.weight"
            | "guide.bias" -> uniform inputs["guide"]
            | "evidence.weight"
            | "evidence.bias" -> uniform inputs["evidence"]
            | "query.weight" -> Array.init length (fun _ -> 0.1 * random.Normal())
            | "query.bias" -> uniform MinuteNet.hidden
            | "evidence.guide"
            | "evidence.out"
            | "guide.out" -> uniform MinuteNet.hidden
            | "nearness" -> Array.create length 1.0
            | _ -> Array.zeroCreate length)

    /// The examples to draw from. Each rhythm of each person is drawn by the square root of how much there is of it, so
    /// that neither one long recording prevails nor the rhythm that a person mostly has: AF is confused with bigeminy,
    /// runs of ectopic beats and flutter, which are rare.
    type private Pool = {
        Items: RhythmKnown[]
        Minutes: float[][][]
        Windows: float[][][]
        /// The running sums of the weights of people's rhythms and, for each, the recording and window of every
        /// example.
        Sums: float[]
        Examples: struct (int * int)[][]
    }

    let private poolOf (scaling: RhythmScaling) (items: RhythmKnown[]) : Pool =
        let scaled = items |> Array.map (RhythmKnown.scaled scaling)

        let rhythmsOfPeople =
            [|
                for i in 0 .. items.Length - 1 do
                    for w in 0 .. items[i].Recording.Windows.Length - 1 do
                        // Without a signal or beats there is nothing to learn from.
                        if items[i].HasSignal || not (isNull items[i].Minutes[w]) then
                            struct (items[i].Recording.Person, items[i].Rhythms[w]), struct (i, w)
            |]
            |> Array.groupBy fst
            |> Array.map (fun (_, examples) -> Array.map snd examples)

        {
            Items = items
            Minutes = scaled |> Array.map (fun (struct (m, _)) -> m)
            Windows = scaled |> Array.map (fun (struct (_, w)) -> w)
            Sums =
                rhythmsOfPeople
                |> Array.map (fun examples -> sqrt (float examples.Length))
                |> Array.scan (+) 0.0
                |> Array.skip 1
            Examples = rhythmsOfPeople
        }

    let private pick (pool: Pool) (random: byref<SplitMix64>) =
        let at = random.Uniform() * Array.last pool.Sums

        let chosen =
            min (pool.Sums.Length - 1) (Array.findIndex (fun sum -> at < sum || sum = Array.last pool.Sums) pool.Sums)

        let examples = pool.Examples[chosen]
        examples[int (random.Uniform() * float examples.Length)]

    /// Draws the input and the label (0, 1 or 2) of one example; null where its lag reaches before the recording.
    let private example (recipe: RhythmRecipe) (scaling: RhythmScaling) (pool: Pool) (random: byref<SplitMix64>) =
        let struct (r, last) = pick pool &random
        let lag = lags[int (random.Uniform() * float lags.Length)]
        let hideLogits = random.Uniform() < recipe.HiddenLogits
        let hideP = random.Uniform() < recipe.HiddenPWaves
        let judged = last - lag

        if judged < 0 then
            ValueNone
        else
            let windows = pool.Items[r].Recording.Windows
            let start w = windows[w].StartSeconds
            let first = max 0 (last - span + 1)

            let offsets =
                Array.init (last - first + 1) (fun i -> start (first + i) - start judged)

            // The example has its own copy of the numbers that may be hidden.
            let input: RhythmInput = {
                Minute = Array.copy (pool.Minutes[r][last])
                Lag = start last + 5.0 - start judged
                Windows = Array.init (last - first + 1) (fun i -> Array.copy (pool.Windows[r][first + i]))
                Offsets = offsets
            }

            if hideLogits then
                for row in input.Windows do
                    row[RhythmScaling.logitAt] <- 0.0
                    row[RhythmScaling.classifiedAt] <- 0.0

            if hideP then
                hidePWaves input.Minute input.Windows scaling

            ValueSome(struct (input, pool.Items[r].Labels[judged]))

    let private step
        (recipe: RhythmRecipe)
        rate
        (count: int)
        (p: float[])
        (first: float[])
        (second: float[])
        (g: float[])
        =
        let correction1 = 1.0 - Math.Pow(0.9, float count)
        let correction2 = 1.0 - Math.Pow(0.999, float count)

        for i in 0 .. p.Length - 1 do
            first[i] <- 0.9 * first[i] + 0.1 * g[i]
            second[i] <- 0.999 * second[i] + 0.001 * g[i] * g[i]

            p[i] <-
                p[i] * (1.0 - rate * recipe.WeightDecay)
                - rate * (first[i] / correction1) / (sqrt (second[i] / correction2) + 1e-8)

    let internal trainKnown
        (recipe: RhythmRecipe)
        (seed: int64)
        (cancel: CancellationToken)
        (items: RhythmKnown[])
        : float[] * RhythmScaling =
        let withSignal, beatsAlone = items |> Array.partition _.HasSignal
        let forScale = if withSignal.Length > 0 then withSignal else beatsAlone

        if forScale.Length = 0 then
            invalidArg (nameof items) "There is no recording to train the rhythm level on."

        let scaling =
            RhythmScaling.ofKnowledge (forScale |> Seq.collect _.Minutes) (forScale |> Seq.collect _.WindowKnowledge)

        let pools = [|
            if withSignal.Length > 0 then
                poolOf scaling withSignal, recipe.SignalExamples
            if beatsAlone.Length > 0 then
                poolOf scaling beatsAlone, recipe.BeatExamples
        |]

        let batches =
            pools
            |> Array.map (fun (_, examples) -> (examples + recipe.BatchSize - 1) / recipe.BatchSize)

        let perEpoch = Array.sum batches
        let p = initial seed
        let first, second = Array.zeroCreate p.Length, Array.zeroCreate p.Length
        let total = float (recipe.Epochs * perEpoch)

        for number in 0 .. recipe.Epochs * perEpoch - 1 do
            cancel.ThrowIfCancellationRequested()
            let mutable random = SplitMix64.FromKey(seed, purpose, int64 number + 1L)

            // A batch comes from one pool, which is drawn in proportion to its examples.
            let pool =
                if pools.Length = 1 || random.Uniform() * float perEpoch < float batches[0] then
                    fst pools[0]
                else
                    fst pools[1]

            let gradient = Array.zeroCreate p.Length
            let mutable taken = 0

            for _ in 1 .. recipe.BatchSize do
                match example recipe scaling pool &random with
                | ValueNone -> ()
                | ValueSome(struct (input, label)) ->
                    let output = MinuteNet.run p input

                    let target =
                        if label = 1 then
                            1.0 - recipe.Smoothing
                        else
                            recipe.Smoothing

                    let weight = if label = 2 then recipe.FlutterWeight else 1.0
                    let slope = weight * (Temperature.probability 1.0 output.Logit - target)
                    MinuteNet.addGradient p input output slope gradient
                    taken <- taken + 1

            for i in 0 .. gradient.Length - 1 do
                gradient[i] <- gradient[i] / float (max 1 taken)

            let rate = recipe.Rate * (0.5 + 0.5 * cos (Math.PI * float number / total))
            step recipe rate (number + 1) p first second gradient

        p, scaling

    /// <summary>Trains on all recordings.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="seed">The seed; the same seed and recordings give the same model, bit for bit.</param>
    /// <param name="settings">The settings of the model's use, which `RhythmCrossValidation` chooses.</param>
    /// <param name="recordings">The recordings, with and without signal.</param>
    [<CompiledName("Train")>]
    let train (recipe: RhythmRecipe) (seed: int64) (settings: RhythmSettings) (recordings: RhythmRecording seq) =
        let p, scaling =
            recordings
            |> Seq.map RhythmKnown.ofRecording
            |> Seq.toArray
            |> trainKnown recipe seed CancellationToken.None

        {
            Parameters = p
            Scaling = scaling
            Settings = settings
        }
