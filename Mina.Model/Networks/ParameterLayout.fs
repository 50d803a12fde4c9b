namespace Mina.Model

open System
open Mina.Preprocess

/// One parameter of a network.
type Parameter = {
    /// Its name in model.safetensors, which is also its name in PyTorch's state_dict.
    Name: string
    Shape: int64[]
    /// The index in the flat vector at which its numbers begin.
    Offset: int
} with

    /// The number of numbers it holds.
    member this.Size = int (Array.fold (*) 1L this.Shape)

/// The layout of a network's parameters in one flat vector, and their names as tensors. The trainer and the optimizer
/// see only the flat vector; files hold the named tensors.
[<Sealed>]
type ParameterLayout(network: string, parameters: Parameter seq) =
    let parameters = Seq.toArray parameters
    let count = parameters |> Array.sumBy _.Size

    /// A network's parameters in the order in which files list them. `network` is the name used in messages.
    member _.Parameters: Parameter[] = parameters

    /// The length of the flat vector.
    member _.Count = count

    /// The parameters' names, in the order in which files list them.
    member _.Names: string list = [ for p in parameters -> p.Name ]

    /// The flat vector's numbers as named tensors. ArgumentException when the vector has another length.
    member _.ToTensors(flat: float32[]) : (string * StoredTensor) list =
        if flat.Length <> count then
            invalidArg (nameof flat) $"%s{network} has %d{count} parameters, not %d{flat.Length}."

        [
            for p in parameters ->
                p.Name,
                {
                    Shape = p.Shape
                    Data = TensorData.F32(Array.sub flat p.Offset p.Size)
                }
        ]

    /// The flat vector of named tensors, which may come in any order. ProblemException when a parameter is missing or
    /// has another shape, or when a tensor is not one of the network's.
    member _.FromTensors(tensors: (string * StoredTensor) seq) : float32[] =
        let byName = dict tensors
        let flat = Array.zeroCreate<float32> count
        let shape (s: int64[]) = String.Join("x", s)

        for p in parameters do
            match byName.TryGetValue p.Name with
            | true, t when t.Shape = p.Shape -> Array.blit (t.AsFloat32()) 0 flat p.Offset p.Size
            | true, t ->
                raise (
                    ProblemException
                        $"Parameter '%s{p.Name}' is %s{shape t.Shape}; %s{network} needs %s{shape p.Shape}."
                )
            | _ ->
                raise (ProblemException $"Parameter '%s{p.Name}' is missing: these are not the weights of %s{network}.")

        for KeyValue(name, _) in byName do
            if not (Array.exists (fun p -> p.Name = name) parameters) then
                raise (
                    ProblemException
                        $"%s{network} has no parameter '%s{name}': these are the weights of another network."
                )

        flat

    /// The bytes of model.safetensors, which PyTorch loads with `load_state_dict`.
    member this.Encode(weights: float32[]) : byte[] =
        Safetensors.encode {
            Tensors = this.ToTensors weights
            Metadata = Map [ "format", "pt" ]
        }

    /// The weights that these bytes of a model.safetensors hold; ProblemException when they are not this network's.
    member this.Decode(bytes: byte[]) : float32[] =
        this.FromTensors (Safetensors.decode bytes).Tensors
