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

/// What a network looked at; shares that add up to 1 over the axis they weigh.
type AttentionTensors = {
    /// Per channel (B * 60, 10, 1): positions inside a sub-segment.
    Alpha: torch.Tensor[]
    /// Per channel (B, 60, 1): sub-segments.
    Beta: torch.Tensor[]
    /// (B, 4, 1): channels.
    Gamma: torch.Tensor
}

/// What a network gives for a batch of B segments.
type NetworkTensors = {
    /// (B, 2) before the softmax: not AF, AF.
    Logits: torch.Tensor
    /// None for a network without attention, whose explanations then show equal shares.
    Attention: AttentionTensors option
}

/// What a TorchSharp module implements to be trained and used like the published network. All that it learns must be in
/// its parameters: buffers, such as the running statistics of batch normalisation, are not saved.
type ITorchNetwork =
    /// The module itself.
    abstract Module: torch.nn.Module
    /// How many features of a window a recipe's dropout applies to; 0 for a network without.
    abstract DropoutFeatures: int
    /// dropout (B * DropoutFeatures): the factor of each feature, which the network multiplies it by; None when the
    /// network is used, and for recipes without dropout.
    abstract Compute: segments: SegmentTensors * dropout: torch.Tensor option -> NetworkTensors
