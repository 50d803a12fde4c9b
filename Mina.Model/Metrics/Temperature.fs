namespace Mina.Model

open System

/// Temperature scaling: logits divided by one number T > 0, fitted so that probabilities can be taken at their word (Guo,
/// Pleiss, Sun, Weinberger, ICML 2017). It changes no ranking, hence no area under a curve.
[<RequireQualifiedAccess>]
module Temperature =
    /// What a fit comes to at most and at least: beyond it the data say no more than "larger" or "smaller".
    let lowest, highest = 0.05, 20.0

    /// The probability of AF at a temperature, of the logit of AF less that of not AF.
    [<CompiledName("Probability")>]
    let probability (temperature: float) (margin: float) : float =
        1.0 / (1.0 + exp (-margin / temperature))

    /// What a probability given at a temperature was before: the same margin at temperature 1. 0 and 1 stay.
    [<CompiledName("Untempered")>]
    let untempered (temperature: float) (tempered: float) : float =
        if tempered <= 0.0 || tempered >= 1.0 then
            tempered
        else
            probability 1.0 (temperature * log (tempered / (1.0 - tempered)))

    /// Mean cross entropy at a temperature. NaN without rows.
    [<CompiledName("Loss")>]
    let loss (temperature: float) (margins: float[]) (classes: int[]) : float =
        // log(1 + exp x), which does not overflow.
        let softplus x =
            max x 0.0 + Math.Log(1.0 + exp (-(abs x)))

        if margins.Length = 0 then
            nan
        else
            Array.averageBy
                (fun row -> softplus ((if classes[row] = 1 then -margins[row] else margins[row]) / temperature))
                [| 0 .. margins.Length - 1 |]

    /// <summary>The temperature of the lowest cross entropy.</summary>
    /// <param name="margins">One a row: the logit of AF less that of not AF, untempered. Finite.</param>
    /// <param name="classes">0 or 1, one a row.</param>
    /// <returns>Between `lowest` and `highest`; 1 where only one class occurs, which fits anything.</returns>
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
            // In 1/T the loss is convex, so its slope rises: halve the interval that holds its zero.
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
