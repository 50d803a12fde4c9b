namespace Mina.Model.Torch

open TorchSharp

/// A batch of B segments as tensors, channel first.
type SegmentTensors = {
    /// (4, B, 3000).
    X: torch.Tensor
    /// (4, B, 3000).
    KBeat: torch.Tensor
    /// (4, B, 60).
    KRhythm: torch.Tensor
    /// (4, B, 1).
    KFreq: torch.Tensor
}

/// A network's attention, as shares that add up to 1 over the axis that they weight.
type AttentionTensors = {
    /// (B * 60, 10, 1) for each channel: the positions inside a sub-segment.
    Alpha: torch.Tensor[]
    /// (B, 60, 1) for each channel: the sub-segments.
    Beta: torch.Tensor[]
    /// (B, 4, 1): the channels.
    Gamma: torch.Tensor
}

/// The results of a network for a batch of B segments.
type NetworkTensors = {
    /// (B, 2): the numbers before the softmax, for not AF and AF.
    Logits: torch.Tensor
    /// The attention; None for a network without attention, whose explanations then show equal shares.
    Attention: AttentionTensors option
    /// (B, 4): the numbers before the softmax for the labels Normal, AF, Other and Noisy; None for a network without a
    /// head for them.
    Labels: torch.Tensor option
}

/// A TorchSharp module implements this interface to be trained and used like the published network. It must keep all
/// that it learns in its parameters, because buffers, such as the running statistics of batch normalisation, are not
/// saved.
type ITorchNetwork =
    /// The module itself.
    abstract Module: torch.nn.Module
    /// The number of features of a window that a recipe's dropout applies to; 0 for a network without dropout.
    abstract DropoutFeatures: int
    /// Computes the results for a batch. `dropout` (B * DropoutFeatures) holds the factor that each feature is
    /// multiplied by; it is None in inference and for recipes without dropout.
    abstract Compute: segments: SegmentTensors * dropout: torch.Tensor option -> NetworkTensors
