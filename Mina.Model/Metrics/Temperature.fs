namespace Mina.Model

open System

/// Temperature scaling: logits are divided by one number T > 0, which is fitted so that the probabilities are
/// calibrated (Guo, Pleiss, Sun, Weinberger, ICML 2017). The order of scores stays, and with it the area under each
/// curve.
[<RequireQualifiedAccess>]
module Temperature =
    /// The bounds of a fitted temperature. Beyond them the data only say that it should be larger or smaller.
    let lowest, highest = 0.05, 20.0

    /// The probability of AF at a temperature, given the logit of AF minus that of not AF.
    [<CompiledName("Probability")>]
    let probability (temperature: float) (margin: float) : float =
        1.0 / (1.0 + exp (-margin / temperature))

    /// The probability at temperature 1 that became this probability at a temperature. 0 and 1 stay as they are.
    [<CompiledName("Untempered")>]
    let untempered (temperature: float) (tempered: float) : float =
        if tempered <= 0.0 || tempered >= 1.0 then
            tempered
        else
            probability 1.0 (temperature * log (tempered / (1.0 - tempered)))

    /// The mean cross entropy at a temperature; NaN without rows.
    [<CompiledName("Loss")>]
    let loss (temperature: float) (margins: float[]) (classes: int[]) : float =
        // log(1 + exp x) in a form that does not overflow.
        let softplus x =
            max x 0.0 + Math.Log(1.0 + exp (-(abs x)))

        if margins.Length = 0 then
            nan
        else
            Array.averageBy
                (fun row -> softplus ((if classes[row] = 1 then -margins[row] else margins[row]) / temperature))
                [| 0 .. margins.Length - 1 |]

    /// <summary>Finds the temperature of the lowest cross entropy.</summary>
    /// <param name="margins">The finite margin of each row: the logit of AF minus that of not AF, at temperature
    /// 1.</param>
    /// <param name="classes">The class of each row, 0 or 1.</param>
    /// <returns>A temperature between `lowest` and `highest`; 1 where only one class occurs.</returns>
    /// <exception cref="T:System.ArgumentException">The lengths differ, or a margin is not finite.</exception>
    [<CompiledName("Fit")>]
    let fit (margins: float[]) (classes: int[]) : float =
        if margins.Length <> classes.Length then
            invalidArg (nameof classes) $"There are {margins.Length} margins but {classes.Length} classes."

        if margins |> Array.exists (Double.IsFinite >> not) then
            invalidArg (nameof margins) "A margin is not finite: the model has diverged or the input was bad."

        if Array.forall ((=) 0) classes || Array.forall ((=) 1) classes then
            1.0
        else
            // The loss is convex in 1/T, so its slope rises, and the interval that holds its zero can be halved.
            let slope sharpness =
                let mutable sum = 0.0

                for row in 0 .. margins.Length - 1 do
                    sum <-
                        sum
                        + margins[row] * (probability (1.0 / sharpness) margins[row] - float classes[row])

                sum

            let rec halve lo hi steps =
                let middle = (lo + hi) / 2.0

                if steps = 0 then middle
                elif slope middle > 0.0 then halve lo middle (steps - 1)
                else halve middle hi (steps - 1)

            if slope (1.0 / highest) >= 0.0 then highest
            elif slope (1.0 / lowest) <= 0.0 then lowest
            else 1.0 / halve (1.0 / highest) (1.0 / lowest) 60
