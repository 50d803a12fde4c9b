namespace Mina.Model

open TorchSharp

/// Small things that TorchSharp lacks or gets wrong.
module internal Tensors =
    /// A vector with the array's numbers, copied.
    let ofArray (numbers: float32[]) : torch.Tensor = torch.tensor(numbers).clone()

    /// The numbers of a tensor, copied.
    let toArray (t: torch.Tensor) : float32[] =
        t.contiguous().data<float32>().ToArray()

    /// What backward left on a leaf.
    let gradient (leaf: torch.Tensor) : torch.Tensor =
        match leaf.grad with
        | null -> invalidOp "No gradient reached this parameter."
        | g -> g

    /// input + a b, batch by batch. TorchSharp 0.107 hands its arguments to libtorch as (a, b, input), whatever their names.
    let addProduct (input: torch.Tensor) (a: torch.Tensor) (b: torch.Tensor) : torch.Tensor =
        torch.baddbmm (a, b, input)

    /// The number 1, made once: the inner loops ask for it thousands of times.
    let one = (1.0).ToScalar()
