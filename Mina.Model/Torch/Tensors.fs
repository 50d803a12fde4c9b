namespace Mina.Model.Torch

open TorchSharp

/// Converts arrays to tensors and back.
module internal Tensors =
    /// Copies the first numbers of an array to a tensor of that shape.
    let fromArray (device: torch.Device) (shape: int64[]) (numbers: float32[]) : torch.Tensor =
        let count = Array.fold (*) 1L shape

        torch.frombuffer(numbers, torch.ScalarType.Float32, count).view(shape).``to``(device, copy = true)

    /// Copies the numbers of a tensor to an array.
    let toArray (t: torch.Tensor) : float32[] =
        t.detach().cpu().contiguous().data<float32>().ToArray()

    /// The gradient that `backward` left on a parameter; zeros for a parameter that the loss does not depend on.
    let gradient (parameter: torch.Tensor) : torch.Tensor =
        match parameter.grad with
        | null -> torch.zeros_like parameter
        | g -> g
