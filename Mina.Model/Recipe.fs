namespace Mina.Model

/// How the learning rate goes over the epochs.
type Schedule =
    /// The same in every epoch.
    | Constant = 0
    /// Epoch e of n (from 0) learns at (1 + cos(pi e / n)) / 2 of the rate.
    | Cosine = 1

/// Which epoch's weights a training run ends with.
type Selection =
    /// The last one's.
    | LastEpoch = 0
    /// Those of the highest ROC-AUC on the validation windows (lowest loss where the AUC is undefined, and at ties).
    | BestValidation = 1

/// Everything that decides how a network is trained, but for the data and the seed.
type Recipe = {
    Name: string
    /// Passes over the training windows, >= 1.
    Epochs: int
    /// Windows a step, >= 1.
    BatchSize: int
    /// Adam's step size.
    LearningRate: float
    Schedule: Schedule
    /// Adam's decay of the mean gradient, of the mean squared gradient, and what keeps its division finite.
    Beta1: float
    Beta2: float
    Epsilon: float
    /// Share of a weight that a step at rate 1 takes away (decoupled from the gradient: AdamW); 0: plain Adam.
    WeightDecay: float
    /// Share of the rhythm features dropped in training, in [0, 1).
    Dropout: float
    Loss: Loss
    /// Decay of a running mean of the weights over the steps, in [0, 1): the mean is what is validated and kept, the weights
    /// themselves go on learning. 0: none. (Polyak, Juditsky 1992; as an exponential mean, Tarvainen, Valpola 2017.)
    Averaging: float
    Selection: Selection
    /// Of an AF recording's training windows an epoch takes every this many-th (the next epoch others); 1: all.
    EveryAF: int
    /// Whether training windows are varied (`Augmentation.Default`).
    Augmented: bool
    /// Share of a teacher's probability in what the network is asked for, 0 .. 1, the class being the rest; 0: there is no teacher.
    TeacherShare: float
}

/// The recipes that `train --recipe` knows.
[<RequireQualifiedAccess>]
module Recipe =
    /// The published exercise to the letter: 5 epochs, Adam at 0.003, batches of 128, cross entropy on the softmax output.
    let hw4 = {
        Name = "hw4"
        Epochs = 5
        BatchSize = 128
        LearningRate = 0.003
        Schedule = Schedule.Constant
        Beta1 = 0.9
        Beta2 = 0.999
        Epsilon = 1e-8
        WeightDecay = 0.0
        Dropout = Sizes.dropout
        Loss = Loss.SoftmaxCrossEntropy
        Averaging = 0.0
        Selection = Selection.LastEpoch
        EveryAF = 1
        Augmented = false
        TeacherShare = 0.0
    }

    /// True cross entropy, a falling learning rate, varied windows, AF windows thinned (at stride 50 they
    /// are almost the same), the best epoch by validation.
    let standard = {
        hw4 with
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

    /// What Mina ships: the default recipe's network, taught by others of that recipe together.
    let distilled = {
        standard with
            Name = "distilled"
            TeacherShare = 0.7
    }

    /// Every recipe.
    let all = [ standard; distilled; hw4 ]

    /// The recipe of that name; null when there is none.
    let find (name: string) : Recipe | null =
        match List.tryFind (fun r -> r.Name = name) all with
        | Some r -> r
        | None -> null

    /// The recipe with another number of epochs; for C#, which lacks F#'s `with`.
    let withEpochs epochs (recipe: Recipe) : Recipe = { recipe with Epochs = epochs }

    /// The learning rate of an epoch, from 0.
    let rate (recipe: Recipe) epoch =
        match recipe.Schedule with
        | Schedule.Cosine ->
            recipe.LearningRate
            * 0.5
            * (1.0 + cos (System.Math.PI * float epoch / float recipe.Epochs))
        | _ -> recipe.LearningRate

    /// ArgumentException when a number is out of its range.
    let check (recipe: Recipe) =
        let require ok what =
            if not ok then
                invalidArg (nameof recipe) $"Recipe '%s{recipe.Name}': %s{what}."

        require (recipe.Epochs >= 1) "it needs at least one epoch"
        require (recipe.BatchSize >= 1) "it needs a batch of at least one window"
        require (recipe.LearningRate > 0.0) "its learning rate must be positive"
        require (recipe.WeightDecay >= 0.0) "its weight decay must not be negative"
        require (recipe.EveryAF >= 1) "it must take every AF window or every k-th"
        require (recipe.TeacherShare >= 0.0 && recipe.TeacherShare <= 1.0) "its teacher's share must lie in [0, 1]"
        require (recipe.Averaging >= 0.0 && recipe.Averaging < 1.0) "its averaging must lie in [0, 1)"
        require (recipe.Dropout >= 0.0 && recipe.Dropout < 1.0) "its dropout must lie in [0, 1)"
