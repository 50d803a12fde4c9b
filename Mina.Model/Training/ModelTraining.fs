namespace Mina.Model

open System
open System.Collections.Generic
open System.Threading
open Mina.Preprocess

/// The segments that a model is trained on. Batches come as functions, so that this room reads no files.
type ITrainingSource =
    /// The settings that the segments were made with.
    abstract Settings: PreprocessSettings
    /// The description of the data for model.json.
    abstract Data: TrainingData
    /// The training batches of an epoch, counted from 1. They are the same for the same recipe, seed and epoch.
    abstract TrainingBatches: recipe: Recipe * seed: int64 * epoch: int -> IEnumerable<SegmentBatch>
    /// The validation batches, with each segment once.
    abstract ValidationBatches: batchSize: int -> IEnumerable<SegmentBatch>

/// Where the models of a training run are kept. A model is named by its part in the run: "" is the model itself,
/// "teacher-1" and so on are the teachers that are trained first.
type ITrainingStore =
    /// The checkpoint of an earlier run; null when there is none.
    abstract FindCheckpoint: model: string -> Checkpoint | null
    /// Creates the observer of one model's run. `resumed` is null for a new run.
    abstract Watch: model: string * recipe: Recipe * resumed: (Checkpoint | null) -> TrainingObserver
    /// Stores the checkpoint and, when `info` is not null because an epoch is finished, the weights and the info.
    abstract Save: model: string * result: TrainResult * info: (ModelInfo | null) -> unit
    /// The finished weights of a model that was saved.
    abstract LoadWeights: model: string -> float32[]

/// Fits temperature and thresholds to validation segments, and returns the info with them.
type Calibrate = delegate of float32[] * ModelInfo * IEnumerable<SegmentBatch> * CancellationToken -> ModelInfo

/// The plan of a training run.
type TrainingPlan = {
    Network: INetwork
    Recipe: Recipe
    Seed: int64
    /// The models that a recipe with a teacher's share learns from; null trains them first.
    Teacher: Teacher | null
    Workers: Workers
}

/// Trains a model as its recipe asks: the teachers first, where it learns from some, then the model itself, then
/// calibration on the validation segments.
[<AbstractClass; Sealed>]
type ModelTraining =
    /// The number of models that a distilled one learns from when none are given.
    static member TeacherCount = 3

    /// The names of the teachers that are trained when none are given.
    static member TeacherNames: string[] = [| for i in 1 .. ModelTraining.TeacherCount -> $"teacher-%d{i}" |]

    static member private RunOne
        (
            plan: TrainingPlan,
            model: string,
            source: ITrainingSource,
            store: ITrainingStore,
            calibrate: Calibrate,
            cancellation: CancellationToken
        ) : TrainResult =
        let recipe = plan.Recipe
        let checkpoint = store.FindCheckpoint model

        let result =
            Trainer.Run(
                plan.Network,
                recipe,
                plan.Seed,
                plan.Teacher,
                plan.Workers,
                (fun epoch -> source.TrainingBatches(recipe, plan.Seed, epoch)),
                (fun () -> source.ValidationBatches recipe.BatchSize),
                checkpoint,
                store.Watch(model, recipe, checkpoint),
                cancellation
            )

        // Parameters that only training needs stay in the checkpoint.
        let finished = plan.Network.Finished

        let result = {
            result with
                Weights = Array.truncate finished.Layout.Count result.Weights
        }

        let info: ModelInfo | null =
            if result.SelectedEpoch = 0 then
                null
            else
                let info = {
                    ModelInfo.FromTraining(source.Settings, source.Data, result) with
                        Network = finished.Name
                }

                // A recipe that selects the epoch by validation fits temperature and thresholds by it too. A run that
                // was stopped does so when it ends.
                if result.Completed && recipe.Selection = Selection.BestValidation then
                    calibrate.Invoke(result.Weights, info, source.ValidationBatches recipe.BatchSize, cancellation)
                else
                    info

        store.Save(model, result, info)
        result

    /// Creates the teacher of a distilled model, and first trains its members that are not finished, each with its own
    /// seed. Null when that was cancelled.
    static member private TrainTeacher
        (
            plan: TrainingPlan,
            source: ITrainingSource,
            store: ITrainingStore,
            calibrate: Calibrate,
            cancellation: CancellationToken
        ) : Teacher | null =
        let recipe = Recipe.Standard.WithEpochs plan.Recipe.Epochs

        let isFinished name =
            match store.FindCheckpoint name with
            | null -> false
            | c -> c.Progress.IsFinished

        let trained (i: int) name =
            isFinished name
            || (let own = {
                    plan with
                        Recipe = recipe
                        Seed = plan.Seed + int64 i
                        Teacher = null
                }

                ModelTraining.RunOne(own, name, source, store, calibrate, cancellation).Completed)

        let names = ModelTraining.TeacherNames

        if Seq.forall2 trained (seq { 0 .. names.Length - 1 }) names then
            Teacher.FromModels [| for name in names -> struct (plan.Network, store.LoadWeights name) |]
        else
            null

    /// Trains to the end, or until cancelled; continues wherever the store holds a checkpoint. Null when it was
    /// cancelled before the model's own training began.
    static member Run
        (
            plan: TrainingPlan,
            source: ITrainingSource,
            store: ITrainingStore,
            calibrate: Calibrate,
            cancellation: CancellationToken
        ) : TrainResult | null =
        if plan.Recipe.TeacherShare = 0.0 || not (isNull plan.Teacher) then
            ModelTraining.RunOne(plan, "", source, store, calibrate, cancellation)
        else
            match ModelTraining.TrainTeacher(plan, source, store, calibrate, cancellation) with
            | null -> null
            | teacher ->
                ModelTraining.RunOne({ plan with Teacher = teacher }, "", source, store, calibrate, cancellation)
