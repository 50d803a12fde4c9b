/// The safetensors format: what is written is read back, and what is broken is refused.
module Mina.Model.Tests.SafetensorsTests

open System
open System.IO
open System.Text
open Mina.Model
open FsCheck.FSharp
open FsCheck.Xunit
open Xunit
open Mina.Preprocess

let private genTensor =
    gen {
        let! shape = Gen.listOf (Gen.choose (0, 4)) |> Gen.resize 3
        let count = List.fold (*) 1 shape
        let! kind = Gen.choose (0, 2)

        let! data =
            match kind with
            | 0 ->
                ArbMap.defaults
                |> ArbMap.generate<float32>
                |> Gen.arrayOfLength count
                |> Gen.map TensorData.F32
            | 1 ->
                ArbMap.defaults
                |> ArbMap.generate<float>
                |> Gen.arrayOfLength count
                |> Gen.map TensorData.F64
            | _ ->
                ArbMap.defaults
                |> ArbMap.generate<int64>
                |> Gen.arrayOfLength count
                |> Gen.map TensorData.I64

        return {
            Shape = shape |> List.map int64 |> Array.ofList
            Data = data
        }
    }

let private genFile =
    gen {
        let! names =
            Gen.elements [ "a"; "conv.weight"; "ünï"; "with \"quotes\""; "x\n" ]
            |> Gen.listOf

        let names = List.distinct names
        let! tensors = Gen.listOfLength names.Length genTensor
        let! characters = ArbMap.defaults |> ArbMap.generate<char list>
        // Lone surrogates are no text that JSON could carry.
        let text =
            String(characters |> List.filter (Char.IsSurrogate >> not) |> Array.ofList)

        let! withMetadata = ArbMap.defaults |> ArbMap.generate<bool>

        return {
            Tensors = List.zip names tensors
            Metadata = if withMetadata then Map [ "note", text ] else Map.empty
        }
    }

let private bits (file: SafetensorsFile) =
    file.Tensors
    |> List.map (fun (name, t) ->
        name,
        List.ofArray t.Shape,
        match t.Data with
        | TensorData.F32 a -> a |> Array.map (BitConverter.SingleToInt32Bits >> int64) |> List.ofArray, 0
        | TensorData.F64 a -> a |> Array.map BitConverter.DoubleToInt64Bits |> List.ofArray, 1
        | TensorData.I64 a -> List.ofArray a, 2),
    file.Metadata

[<Property>]
let ``Any file written is read back bit for bit`` () =
    Prop.forAll (Arb.fromGen genFile) (fun file -> bits (Safetensors.decode (Safetensors.encode file)) = bits file)

[<Property>]
let ``A file cut short anywhere is refused as such, and never read`` () =
    let file = {
        Tensors = [
            "a",
            {
                Shape = [| 2L; 3L |]
                Data = TensorData.F32(Array.create 6 1.5f)
            }
            "b",
            {
                Shape = [| 2L |]
                Data = TensorData.I64 [| 1L; 2L |]
            }
        ]
        Metadata = Map.empty
    }

    let bytes = Safetensors.encode file

    Prop.forAll (Arb.fromGen (Gen.choose (0, bytes.Length - 1))) (fun length ->
        let e =
            Assert.Throws<ProblemException>(fun () -> Safetensors.decode bytes[.. length - 1] |> ignore)

        Assert.StartsWith("Not a valid safetensors file", e.Message))

[<Property>]
let ``A file with any byte changed is read or refused, never anything else`` () =
    let bytes =
        Safetensors.encode {
            Tensors = [
                "a",
                {
                    Shape = [| 2L |]
                    Data = TensorData.F64 [| 1.0; 2.0 |]
                }
            ]
            Metadata = Map [ "k", "v" ]
        }

    let change = Gen.zip (Gen.choose (0, bytes.Length - 1)) (Gen.choose (0, 255))

    Prop.forAll (Arb.fromGen change) (fun (at, value) ->
        let changed = Array.copy bytes
        changed[at] <- byte value

        try
            Safetensors.decode changed |> ignore
        with :? ProblemException ->
            ())

let private withHeader (header: string) dataBytes =
    let json = Encoding.UTF8.GetBytes header
    Array.concat [ BitConverter.GetBytes(int64 json.Length); json; Array.zeroCreate dataBytes ]

[<Theory>]
[<InlineData("not json", 0, "not JSON")>]
[<InlineData("[1]", 0, "not a JSON object")>]
[<InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", 4, "F16")>]
[<InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "4 bytes where its shape needs 8")>]
[<InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "wrong data_offsets")>]
[<InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, "5 bytes follow")>]
[<InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "no 'data_offsets'")>]
[<InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "no 'dtype'")>]
[<InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "wrong number in 'shape'")>]
[<InlineData("""{"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""",
             4,
             "more numbers")>]
[<InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
             "a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
             4,
             "comes twice")>]
[<InlineData("""{"__metadata__":{"k":1}}""", 0, "not text")>]
[<InlineData("""{"__metadata__":{"k":"\ud800"}}""", 0, "not Unicode")>]
let ``A wrong file is refused with what is wrong`` (header: string, dataBytes: int, says: string) =
    let e =
        Assert.Throws<ProblemException>(fun () -> Safetensors.decode (withHeader header dataBytes) |> ignore)

    Assert.Contains(says, e.Message)

[<Fact>]
let ``A missing tensor is named`` () =
    let file = { Tensors = []; Metadata = Map.empty }
    let e = Assert.Throws<ProblemException>(fun () -> file["conv"] |> ignore)
    Assert.Contains("conv", e.Message)

[<Fact>]
let ``Numbers that do not fill their shape are not written`` () =
    let file = {
        Tensors = [
            "a",
            {
                Shape = [| 3L |]
                Data = TensorData.F32 [| 1f |]
            }
        ]
        Metadata = Map.empty
    }

    Assert.Throws<ArgumentException>(fun () -> Safetensors.encode file |> ignore)
    |> ignore
