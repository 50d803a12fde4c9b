namespace Mina.Model

open System

/// Logistic regression with a ridge penalty. The weights are unique, and Newton's method finds them to the last digits,
/// so the same rows in the same order give the same weights.
[<RequireQualifiedAccess>]
module internal LogisticRegression =
    let private maxSteps = 50

    /// Solves `matrix` x = `right` for a symmetric, positive definite matrix, by Cholesky's decomposition.
    let private solve (matrix: float[,]) (right: float[]) =
        let n = right.Length
        let lower = Array2D.zeroCreate n n

        for i in 0 .. n - 1 do
            for j in 0..i do
                let mutable sum = matrix[i, j]

                for k in 0 .. j - 1 do
                    sum <- sum - lower[i, k] * lower[j, k]

                lower[i, j] <- if i = j then sqrt sum else sum / lower[j, j]

        let x = Array.copy right

        for i in 0 .. n - 1 do
            for k in 0 .. i - 1 do
                x[i] <- x[i] - lower[i, k] * x[k]

            x[i] <- x[i] / lower[i, i]

        for i in n - 1 .. -1 .. 0 do
            for k in i + 1 .. n - 1 do
                x[i] <- x[i] - lower[k, i] * x[k]

            x[i] <- x[i] / lower[i, i]

        x

    /// <summary>Fits weights.</summary>
    /// <param name="rows">The numbers of each example, all of one length.</param>
    /// <param name="isTrue">Whether each example is true.</param>
    /// <param name="ridge">The penalty, above 0: half of it times the sum of the squared weights without the bias is
    /// added to the loss.</param>
    /// <returns>The weights, and last the bias.</returns>
    let fit (rows: float[][]) (isTrue: bool[]) (ridge: float) : float[] =
        let count = rows[0].Length + 1
        let mutable weights = Array.zeroCreate<float> count
        let mutable step = 0
        let mutable change = infinity

        while step < maxSteps && change > 1e-10 do
            let gradient = Array.zeroCreate<float> count
            let curvature = Array2D.zeroCreate<float> count count

            for e in 0 .. rows.Length - 1 do
                let row = rows[e]
                let at i = if i < row.Length then row[i] else 1.0
                let mutable logit = weights[row.Length]

                for i in 0 .. row.Length - 1 do
                    logit <- logit + weights[i] * row[i]

                let p = Temperature.probability 1.0 logit
                let error = p - (if isTrue[e] then 1.0 else 0.0)
                let weight = p * (1.0 - p)

                for i in 0 .. count - 1 do
                    gradient[i] <- gradient[i] + error * at i

                    for j in 0..i do
                        curvature[i, j] <- curvature[i, j] + weight * at i * at j

            for i in 0 .. count - 2 do
                gradient[i] <- gradient[i] + ridge * weights[i]
                curvature[i, i] <- curvature[i, i] + ridge

            // Where all examples are certain, the bias has no curvature left.
            curvature[count - 1, count - 1] <- curvature[count - 1, count - 1] + 1e-9
            let move = solve curvature gradient
            weights <- Array.map2 (-) weights move
            change <- move |> Array.map abs |> Array.max
            step <- step + 1

        weights
