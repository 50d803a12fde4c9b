namespace Mina.Model

open System
open System.Collections.Generic
open System.Threading
open Mina.Preprocess

/// Receives the progress of a training run, on the thread that trains, between batches.
type TrainingObserver() =
    /// The weights have learnt from a batch. `epoch` and the `step` in it count from 1, and `loss` is that of the
    /// batch.
    abstract OnBatch: epoch: int * step: int * loss: float -> unit
    default _.OnBatch(_, _, _) = ()

    /// An epoch is finished and validated. `Trainer.Run` can resume from the checkpoint.
    abstract OnEpoch: EpochResult * Checkpoint -> unit
    default _.OnEpoch(_, _) = ()

/// The result of a training run.
type TrainResult = {
    /// Whether the run reached its end. Otherwise it was cancelled, and the checkpoint continues with the next batch.
    Completed: bool
    Checkpoint: Checkpoint
    /// The epoch that the recipe selects, counted from 1, and its weights; 0 and the latest weights when no epoch is
    /// finished.
    SelectedEpoch: int
    Weights: float32[]
}

/// Trains a network. Batches come in and checkpoints go out; the trainer uses no files and no clock.
[<AbstractClass; Sealed>]
type Trainer =
    /// Trains to the recipe's last epoch, until its patience ends, or until cancelled, which ends the run after the
    /// current batch. `network` is trained by its engine. `teacher` is needed by a recipe with a teacher's share and
    /// null otherwise. `epochBatches` gives the training batches of an epoch, counted from 1, which must be the same
    /// each time; a batch is used up before the next is pulled. `resumeFrom` is null, or the checkpoint of an earlier
    /// run of the same network, recipe and seed; with the SIMD engine the result is then bit for bit that of a run that
    /// never stopped. `workers` are the threads that compute; with the SIMD engine their number does not change the
    /// result. ArgumentException for a wrong recipe or a checkpoint of another run.
    static member Run
        (
            network: INetwork,
            recipe: Recipe,
            seed: int64,
            teacher: Teacher | null,
            workers: Workers,
            epochBatches: Func<int, IEnumerable<SegmentBatch>>,
            validationBatches: Func<IEnumerable<SegmentBatch>>,
            resumeFrom: Checkpoint | null,
            observer: TrainingObserver,
            cancellation: CancellationToken
        ) : TrainResult =
        recipe.Check()

        if (recipe.TeacherShare > 0.0) <> ((Teacher.IdsOrNone teacher).Length > 0) then
            invalidArg
                (nameof teacher)
                ($"Recipe '%s{recipe.Name}' learns from a teacher and none is given, "
                 + "or a teacher is given and the recipe does not learn from it.")

        match resumeFrom with
        | null -> ()
        | c ->
            let differs what (was: obj) (is: obj) =
                invalidArg
                    (nameof resumeFrom)
                    ($"The checkpoint is of a run with %s{what} %O{was}, not %O{is}: "
                     + "resume with the same, or begin a new run.")

            if c.Progress.Network <> network.Name then
                differs "network" c.Progress.Network network.Name

            if
                c.Progress.Recipe.Epochs <> recipe.Epochs
                && c.Progress.Recipe.WithEpochs recipe.Epochs = recipe
            then
                differs "epochs" c.Progress.Recipe.Epochs recipe.Epochs

            if c.Progress.Recipe <> recipe then
                differs "recipe" c.Progress.Recipe.Name $"%s{recipe.Name} (or with other numbers in it)"

            if c.Progress.Seed <> seed then
                differs "seed" c.Progress.Seed seed

            if c.Progress.Teachers <> Teacher.IdsOrNone teacher then
                let named (ids: string[]) =
                    ids |> Array.map (fun id -> id[..7]) |> String.concat ", "

                differs "teachers" (named c.Progress.Teachers) (named (Teacher.IdsOrNone teacher))

        use state =
            match resumeFrom with
            | null -> TrainingState.Begin(network, recipe, seed, teacher, workers)
            | c -> new TrainingState(network, c, teacher, workers)

        while not state.IsFinished && not cancellation.IsCancellationRequested do
            let used = state.StepInEpoch
            let mutable at = 0
            use batches = (epochBatches.Invoke(state.Epoch + 1)).GetEnumerator()

            while not cancellation.IsCancellationRequested && batches.MoveNext() do
                at <- at + 1

                if at > used then
                    let loss = state.Use batches.Current
                    observer.OnBatch(state.Epoch + 1, state.StepInEpoch, loss)

            if not cancellation.IsCancellationRequested then
                if at < used then
                    invalidArg
                        (nameof resumeFrom)
                        ($"The checkpoint has used %d{used} batches of epoch %d{state.Epoch + 1}, "
                         + $"which has only %d{at}: the data have changed.")

                let result = state.EndEpoch(validationBatches.Invoke())
                observer.OnEpoch(result, state.Checkpoint)

        let checkpoint = state.Checkpoint

        let best =
            recipe.Selection = Selection.BestValidation && checkpoint.Progress.BestEpoch > 0

        {
            Completed = checkpoint.Progress.IsFinished
            Checkpoint = checkpoint
            SelectedEpoch =
                if best then
                    checkpoint.Progress.BestEpoch
                else
                    checkpoint.Progress.Epoch
            Weights =
                if best then checkpoint.BestWeights
                elif checkpoint.Average.Length > 0 then checkpoint.Average
                else checkpoint.Weights
        }
