namespace Mina.Model

open System

/// The loss that training minimises, as a mean over the batch.
type Loss =
    /// The cross entropy with the softmax's output taken for logits, as the published exercise computes it.
    | SoftmaxCrossEntropy = 0
    /// The cross entropy of the logits.
    | CrossEntropy = 1

/// The loss of one segment and its gradient.
[<Struct>]
type internal LossAt = {
    Value: float
    /// The gradient by the two logits.
    ByNotAF: float
    ByAF: float
}

/// The losses as functions of two logits.
module internal LossAt =
    /// The logistic function.
    let private logistic x = 1.0 / (1.0 + Math.Exp -x)

    /// log (1 + exp x) in a form that does not overflow.
    let private softplus x =
        Math.Max(x, 0.0) + Math.Log(1.0 + Math.Exp(-abs x))

    /// The cross entropy of the softmax of two scores with the target (1 - q, q), and its gradient by the first score;
    /// that by the second is the opposite. `margin` is the second score minus the first.
    let private crossEntropy (margin: float) (q: float) =
        // This form gives a target of 0 or 1 the same bits as a class.
        if q = 1.0 then
            struct (softplus -margin, logistic -margin)
        elif q = 0.0 then
            struct (softplus margin, -(logistic margin))
        else
            struct (softplus margin - q * margin, q - logistic margin)

    /// The loss of a segment at its two logits. `target` is the desired probability of AF, 0 .. 1, which is the class
    /// where there is no teacher.
    let ofLogits (loss: Loss) (notAF: float32) (af: float32) (target: float) : LossAt =
        let margin = float af - float notAF

        match loss with
        | Loss.SoftmaxCrossEntropy ->
            // The scores are the outputs of the softmax: 1 - p and p.
            let p = logistic margin
            let struct (value, byFirst) = crossEntropy (2.0 * p - 1.0) target
            let by = 2.0 * byFirst * p * (1.0 - p)

            {
                Value = value
                ByNotAF = by
                ByAF = -by
            }
        | _ ->
            let struct (value, byFirst) = crossEntropy margin target

            {
                Value = value
                ByNotAF = byFirst
                ByAF = -byFirst
            }
