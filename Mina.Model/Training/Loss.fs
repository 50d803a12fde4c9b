namespace Mina.Model

open System

/// What training minimises, over the batch's mean.
type Loss =
    /// Cross entropy of the softmax's output taken for logits, as the published exercise computes it.
    | SoftmaxCrossEntropy = 0
    /// Cross entropy of the logits.
    | CrossEntropy = 1

/// A loss of one segment.
[<Struct>]
type internal LossAt = {
    Value: float
    /// Gradient by the two logits.
    ByNotAF: float
    ByAF: float
}

/// The losses as functions of two logits.
module internal LossAt =
    /// The logistic function.
    let private logistic x = 1.0 / (1.0 + Math.Exp -x)

    /// log (1 + exp x), without overflow.
    let private softplus x =
        Math.Max(x, 0.0) + Math.Log(1.0 + Math.Exp(-abs x))

    /// Cross entropy of the softmax of two scores with the target (1 - q, q), and its gradient by the first (the
    /// second's is the opposite). margin: the second score less the first.
    let private crossEntropy (margin: float) (q: float) =
        // Written so that a target of 0 or 1 gives the bits that a class gives.
        if q = 1.0 then
            struct (softplus -margin, logistic -margin)
        elif q = 0.0 then
            struct (softplus margin, -(logistic margin))
        else
            struct (softplus margin - q * margin, q - logistic margin)

    /// The loss of a segment at these logits (not AF, AF). target: the probability of AF that is asked for: its
    /// class, 0 or 1, or what lies between.
    let ofLogits (loss: Loss) (notAF: float32) (af: float32) (target: float) : LossAt =
        let margin = float af - float notAF

        match loss with
        | Loss.SoftmaxCrossEntropy ->
            // The scores are the softmax itself: 1 - p and p.
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
