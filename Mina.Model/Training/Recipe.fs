namespace Mina.Model

open Mina.Preprocess

/// The schedule of the learning rate over the epochs.
type Schedule =
    /// The rate is the same in every epoch.
    | Constant = 0
    /// The rate of epoch e of n, counted from 0, is (1 + cos(pi e / n)) / 2 of the full rate.
    | Cosine = 1

/// The epoch whose weights are the result of a training run.
type Selection =
    /// The last epoch.
    | LastEpoch = 0
    /// The epoch of the highest ROC-AUC on the validation windows, or of the lowest loss where the AUC is undefined or
    /// tied.
    | BestValidation = 1

/// All settings of a training run, except the data and the seed.
type Recipe = {
    Name: string
    /// The number of passes over the training windows, >= 1.
    Epochs: int
    /// The number of windows in a step, >= 1.
    BatchSize: int
    /// The step size of Adam.
    LearningRate: float
    Schedule: Schedule
    /// Adam's decay of the mean gradient and of the mean squared gradient, and the number that keeps its division
    /// finite.
    Beta1: float
    Beta2: float
    Epsilon: float
    /// The share of a weight that a step at rate 1 takes away, whatever the gradient (AdamW); 0 gives plain Adam.
    WeightDecay: float
    /// The share of the rhythm features that are dropped in training, in [0, 1).
    Dropout: float
    Loss: Loss
    /// The decay of a running mean of the weights over the steps, in [0, 1); 0 keeps no mean. The mean is validated and
    /// kept, while the weights themselves go on learning (Polyak, Juditsky 1992; as an exponential mean, Tarvainen,
    /// Valpola 2017).
    Averaging: float
    Selection: Selection
    /// An epoch takes one of this many training windows of an AF recording, and the next epoch takes others; 1 takes
    /// all.
    EveryAF: int
    /// Whether training windows are varied (`Augmentation.Default`).
    Augmented: bool
    /// The share of the teacher's probability in the target, 0 .. 1; the class has the rest. 0 means that there is no
    /// teacher.
    TeacherShare: float
    /// The weight of the four labels' cross entropy beside that of the class, for a network with a head for them; 0
    /// does not teach the labels. The teacher has its share of them too.
    LabelWeight: float
    /// The chance that a varied window gets electrode motion noise, which is cut from recordings of it, 0 .. 1.
    MotionNoise: float
    /// Training ends early when validation has not become better for this many epochs; 0 trains all epochs.
    Patience: int
} with

    /// The published exercise to the letter: 5 epochs, Adam at 0.003, batches of 128, cross entropy on the softmax
    /// output.
    static member Hw4 = {
        Name = "hw4"
        Epochs = 5
        BatchSize = 128
        LearningRate = 0.003
        Schedule = Schedule.Constant
        Beta1 = 0.9
        Beta2 = 0.999
        Epsilon = 1e-8
        WeightDecay = 0.0
        Dropout = 0.5
        Loss = Loss.SoftmaxCrossEntropy
        Averaging = 0.0
        Selection = Selection.LastEpoch
        EveryAF = 1
        Augmented = false
        TeacherShare = 0.0
        LabelWeight = 0.0
        MotionNoise = 0.0
        Patience = 0
    }

    /// The best without teachers: cross entropy of the logits, a falling learning rate, varied windows, AF windows
    /// thinned (at stride 50 they are almost the same), the best epoch by validation.
    static member Standard = {
        Recipe.Hw4 with
            Name = "default"
            Epochs = 12
            LearningRate = 0.003
            Schedule = Schedule.Cosine
            WeightDecay = 0.05
            Dropout = 0.4
            Loss = Loss.CrossEntropy
            Averaging = 0.998
            Selection = Selection.BestValidation
            EveryAF = 3
            Augmented = true
    }

    /// The recipe of the shipped model: a model of the default recipe that learns from several others of that recipe
    /// together.
    static member Distilled = {
        Recipe.Standard with
            Name = "distilled"
            TeacherShare = 0.7
    }

    /// The recipe of wide networks, which serve as teachers of `Guided`.
    static member Wide = {
        Recipe.Standard with
            Name = "wide"
            Epochs = 16
            BatchSize = 256
            Selection = Selection.LastEpoch
            LabelWeight = 0.5
            MotionNoise = 0.3
    }

    /// The published network learns from wide ones alone, classes and labels.
    static member Guided = {
        Recipe.Wide with
            Name = "guided"
            Epochs = 40
            WeightDecay = 0.02
            Dropout = 0.2
            Averaging = 0.999
            TeacherShare = 1.0
    }

    /// Every recipe that `train --recipe` knows.
    static member All: Recipe list = [ Recipe.Standard; Recipe.Distilled; Recipe.Wide; Recipe.Guided; Recipe.Hw4 ]

    /// The recipe of that name; ProblemException when there is none.
    static member Find(name: string) : Recipe =
        match List.tryFind (fun (r: Recipe) -> r.Name = name) Recipe.All with
        | Some recipe -> recipe
        | None ->
            let names = Recipe.All |> List.map _.Name |> String.concat ", "
            raise (ProblemException $"There is no recipe '%s{name}'; the recipes are %s{names}.")

    /// The recipe with another number of epochs.
    member this.WithEpochs(epochs: int) : Recipe = { this with Epochs = epochs }

    /// The learning rate of an epoch, counted from 0.
    member this.LearningRateAt(epoch: int) : float =
        match this.Schedule with
        | Schedule.Cosine ->
            this.LearningRate
            * 0.5
            * (1.0 + cos (System.Math.PI * float epoch / float this.Epochs))
        | _ -> this.LearningRate

    /// What is wrong with the first number that is out of its range, such as "its dropout must lie in [0, 1)"; null
    /// where all are in range.
    member this.FindFault() : string | null =
        let share x = x >= 0.0 && x < 1.0
        let positive x = x > 0.0 && System.Double.IsFinite x

        [
            this.Epochs >= 1, "it needs at least one epoch"
            this.BatchSize >= 1, "it needs a batch of at least one window"
            positive this.LearningRate, "its learning rate must be positive"
            share this.Beta1 && share this.Beta2, "its decays beta1 and beta2 must lie in [0, 1)"
            positive this.Epsilon, "its epsilon must be positive"
            this.WeightDecay >= 0.0 && System.Double.IsFinite this.WeightDecay, "its weight decay must not be negative"
            this.EveryAF >= 1, "it must take every AF window or every k-th"
            this.TeacherShare >= 0.0 && this.TeacherShare <= 1.0, "its teacher's share must lie in [0, 1]"
            this.LabelWeight >= 0.0 && System.Double.IsFinite this.LabelWeight,
            "its labels' weight must not be negative"
            this.MotionNoise >= 0.0 && this.MotionNoise <= 1.0, "its chance of motion noise must lie in [0, 1]"
            this.MotionNoise = 0.0 || this.Augmented, "it has motion noise, so that its windows must be varied"
            share this.Averaging, "its averaging must lie in [0, 1)"
            share this.Dropout, "its dropout must lie in [0, 1)"
            this.Patience >= 0, "its patience must not be negative"
        ]
        |> List.tryPick (fun (holds, fault) -> if holds then None else Some fault)
        |> Option.toObj

    /// ArgumentException when a number is out of its range.
    member this.Check() =
        match this.FindFault() with
        | null -> ()
        | fault -> invalidArg "recipe" $"Recipe '%s{this.Name}': %s{fault}."
