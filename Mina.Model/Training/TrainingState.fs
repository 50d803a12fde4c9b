namespace Mina.Model

open System
open System.Collections.Generic
open Mina.Preprocess

/// Training as a fold: a state (weights, Adam's moments, counters) and a batch give the next state. Random numbers are
/// a function of (seed, epoch, step) alone, so only the state has to be stored, and a run that continues from it ends
/// as one that never stopped.
[<Sealed>]
type internal TrainingState(network: INetwork, start: Checkpoint, teacher: Teacher | null, workers: Workers) =
    let engine = network.CreateTraining()
    let weights = Array.copy start.Weights
    let gradients = Array.zeroCreate<float32> weights.Length
    let adam = Adam(start.FirstMoment, start.SecondMoment)
    let mutable state = start.Progress
    let mutable bestWeights = start.BestWeights
    let average = Array.copy start.Average

    /// Moves the running mean towards the weights. In the first steps it forgets faster, because the initial weights
    /// carry no information.
    let follow () =
        let steps = float state.Step
        let decay = min state.Recipe.Averaging ((1.0 + steps) / (10.0 + steps))
        let share = float32 (1.0 - decay)

        for i in 0 .. average.Length - 1 do
            average[i] <- average[i] + share * (weights[i] - average[i])

    /// The weights that are validated and kept.
    let kept () =
        Array.copy (if average.Length > 0 then average else weights)

    /// Draws the dropout factors: 0 with the recipe's chance, and otherwise a scale that keeps the mean.
    let dropout (batch: SegmentBatch) : float32[] | null =
        match state.Recipe.Dropout with
        | 0.0 -> null
        | _ when network.DropoutFeatures = 0 -> null
        | chance ->
            let mutable random =
                SplitMix64.FromKey(state.Seed, int64 state.Epoch, int64 state.StepInEpoch)

            let mask = Array.zeroCreate<float32>(batch.Count * network.DropoutFeatures)

            for i in 0 .. mask.Length - 1 do
                mask[i] <-
                    if random.Uniform() < chance then
                        0.0f
                    else
                        float32 (1.0 / (1.0 - chance))

            mask

    /// The targets of the batch's segments; null stands for their classes.
    let targets (batch: SegmentBatch) : float[] | null =
        match teacher with
        | null -> null
        | teacher -> teacher.Targets(workers, batch, state.Recipe.TeacherShare)

    /// The loss of a batch, whose gradients are written to `gradients`.
    let backward (batch: SegmentBatch) : float =
        let recipe = state.Recipe
        let dropped = dropout batch

        if recipe.LabelWeight = 0.0 then
            engine.Backward(weights, batch, recipe.Loss, targets batch, dropped, gradients, workers)
        else
            match engine with
            | :? ILabelTraining as engine ->
                let struct (targets, labels) =
                    match teacher with
                    | null -> struct (null, LabelTargets.OfBatch(batch, recipe.LabelWeight))
                    | teacher ->
                        let struct (targets, labels) =
                            teacher.LabelTargets(batch, recipe.TeacherShare, recipe.LabelWeight)

                        struct ((targets: float[] | null), labels)

                engine.BackwardWithLabels(weights, batch, recipe.Loss, targets, labels, dropped, gradients, workers)
            | _ ->
                raise (
                    ProblemException(
                        ($"network %s{network.Name} has no head for the four labels, which recipe '%s{recipe.Name}' "
                         + "teaches: train with --engine torch and --network FreqNetLabels or Wide, or with "
                         + "--label-weight 0.")
                    )
                )

    static member Begin(network: INetwork, recipe: Recipe, seed: int64, teacher: Teacher | null, workers: Workers) =
        let weights = network.InitialWeights seed

        new TrainingState(
            network,
            {
                Progress = {
                    Network = network.Name
                    Recipe = recipe
                    Seed = seed
                    Teachers = Teacher.IdsOrNone teacher
                    Epoch = 0
                    StepInEpoch = 0
                    Step = 0L
                    LossSum = 0.0
                    LossWindows = 0L
                    BestEpoch = 0
                    History = [||]
                }
                Weights = weights
                FirstMoment = Array.zeroCreate weights.Length
                SecondMoment = Array.zeroCreate weights.Length
                Average = if recipe.Averaging > 0.0 then Array.copy weights else [||]
                BestWeights = [||]
            },
            teacher,
            workers
        )

    /// ArgumentException when one of the batch's segments has no class.
    static member private CheckClasses(what: string, batch: SegmentBatch) =
        for i in 0 .. batch.Count - 1 do
            if batch.Class[i] <> 0L && batch.Class[i] <> 1L then
                invalidArg (nameof batch) $"A %s{what} batch holds a segment without a class (0 or 1)."

    member _.Epoch = state.Epoch
    member _.IsFinished = state.IsFinished
    member _.StepInEpoch = state.StepInEpoch

    /// Takes one step of the fold and returns the batch's loss.
    member _.Use(batch: SegmentBatch) : float =
        TrainingState.CheckClasses("training", batch)

        let loss = backward batch

        if not (Double.IsFinite loss) then
            raise (
                ArithmeticException(
                    $"The loss is not finite after batch %d{state.StepInEpoch + 1} of epoch %d{state.Epoch + 1}: "
                    + "a smaller learning rate may help."
                )
            )

        adam.Step(state.Recipe, state.Recipe.LearningRateAt state.Epoch, state.Step + 1L, weights, gradients)

        state <- {
            state with
                Step = state.Step + 1L
                StepInEpoch = state.StepInEpoch + 1
                LossSum = state.LossSum + loss * float batch.Count
                LossWindows = state.LossWindows + int64 batch.Count
        }

        if average.Length > 0 then
            follow ()

        loss

    /// Computes the mean loss (null without windows), the ROC-AUC and the number of the validation windows.
    member private _.Validate(batches: IEnumerable<SegmentBatch>) =
        use judged = network.CreateInference(kept ())
        let scores, classes = List<float32>(), List<int64>()
        let mutable sum = 0.0

        for batch in batches do
            TrainingState.CheckClasses("validation", batch)
            let logits = Array.zeroCreate<float32>(2 * batch.Count)
            judged.RunOn(workers, batch, logits)

            for i in 0 .. batch.Count - 1 do
                let notAF, af = logits[2 * i], logits[2 * i + 1]
                sum <- sum + (LossAt.ofLogits state.Recipe.Loss notAF af (float batch.Class[i])).Value
                scores.Add(af - notAF) // The margins have the order of the probabilities.
                classes.Add batch.Class[i]

        let auc = RocAuc.ofScores (scores.ToArray()) (classes.ToArray())

        struct ((if scores.Count = 0 then
                     Nullable()
                 else
                     Nullable(sum / float scores.Count)),
                auc,
                scores.Count)

    /// Ends the epoch: validates, keeps the weights where they are the best so far, and begins the next epoch.
    member this.EndEpoch(validation: IEnumerable<SegmentBatch>) : EpochResult =
        if state.LossWindows = 0L then
            invalidOp "There are no training windows: the epoch had no batches."

        let struct (loss, auc, windows) = this.Validate validation

        let result = {
            Epoch = state.Epoch + 1
            Steps = state.StepInEpoch
            LearningRate = state.Recipe.LearningRateAt state.Epoch
            TrainLoss = state.LossSum / float state.LossWindows
            ValidationLoss = loss
            ValidationRocAuc = auc
            ValidationWindows = windows
        }

        let better =
            state.BestEpoch = 0
            || TrainingState.Merit result > TrainingState.Merit state.History[state.BestEpoch - 1]

        if better then
            bestWeights <- kept ()

        state <- {
            state with
                Epoch = result.Epoch
                StepInEpoch = 0
                LossSum = 0.0
                LossWindows = 0L
                History = Array.append state.History [| result |]
                BestEpoch = if better then result.Epoch else state.BestEpoch
        }

        result

    /// The numbers by which epochs are compared, where higher is better: the validation ROC-AUC, then the validation
    /// loss, then, without validation windows, the training loss.
    static member private Merit(r: EpochResult) =
        let loss =
            if r.ValidationLoss.HasValue then
                r.ValidationLoss.Value
            else
                r.TrainLoss

        struct ((if r.ValidationRocAuc.HasValue then
                     r.ValidationRocAuc.Value
                 else
                     0.0),
                -loss)

    /// The state as a checkpoint.
    member _.Checkpoint: Checkpoint =
        let struct (first, second) = adam.Moments

        {
            Progress = state
            Weights = Array.copy weights
            FirstMoment = first
            SecondMoment = second
            Average = Array.copy average
            BestWeights = bestWeights
        }

    interface IDisposable with
        member _.Dispose() = engine.Dispose()
