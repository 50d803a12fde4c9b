namespace Mina.Model.Onnx

open System
open System.Collections.Generic
open System.IO
open System.Runtime.InteropServices
open Google.Protobuf
open Mina.Model

/// The value of an attribute of an operator.
[<RequireQualifiedAccess>]
type internal AttributeValue =
    | Int of int64
    | Ints of int64 list
    | Text of string

/// One operator of a graph: the names of its inputs ("" for one left out) and outputs.
type internal Node = {
    Name: string
    Operator: string
    Inputs: string list
    Outputs: string list
    Attributes: (string * AttributeValue) list
}

/// The types of an input or output.
[<RequireQualifiedAccess>]
type internal ElementType =
    | Float
    | Int64
    | Double

/// One dimension of an input or output: its size, or the name of a size that the caller chooses.
[<RequireQualifiedAccess>]
type internal Dimension =
    | Size of int
    | Named of string

/// An input or output of a graph.
type internal Port = {
    Name: string
    Type: ElementType
    Shape: Dimension list
    /// What it holds, with units and ranges.
    Description: string
}

/// A whole model: its operators in order of computation, and its constants.
type internal OnnxModel = {
    Name: string
    Description: string
    Producer: string
    ProducerVersion: string
    Inputs: Port list
    Outputs: Port list
    Nodes: IReadOnlyList<Node>
    Constants: IReadOnlyList<struct (string * StoredTensor)>
    Metadata: (string * string) list
}

/// Writes a model in ONNX's format: messages of protocol buffers, whose fields have the numbers of onnx.proto
/// (https://github.com/onnx/onnx, IR version 8).
[<RequireQualifiedAccess>]
module internal OnnxFile =
    /// The version of the set of operators that the graphs use. Runtimes of 2022 know it.
    let opset = 17L

    let private irVersion = 8L

    /// The bytes of a message whose fields `write` writes.
    let private message (write: CodedOutputStream -> unit) : ByteString =
        use bytes = new MemoryStream()
        use output = new CodedOutputStream(bytes, leaveOpen = true)
        write output
        output.Flush()
        UnsafeByteOperations.UnsafeWrap(ReadOnlyMemory(bytes.ToArray()))

    let private integer (field: int) (value: int64) (output: CodedOutputStream) =
        output.WriteTag(field, WireFormat.WireType.Varint)
        output.WriteInt64 value

    let private text (field: int) (value: string) (output: CodedOutputStream) =
        output.WriteTag(field, WireFormat.WireType.LengthDelimited)
        output.WriteString value

    let private nested (field: int) (value: ByteString) (output: CodedOutputStream) =
        output.WriteTag(field, WireFormat.WireType.LengthDelimited)
        output.WriteBytes value

    /// AttributeProto: the kinds of value are numbered 2 (INT), 3 (STRING) and 7 (INTS).
    let private attribute (name: string, value: AttributeValue) =
        message (fun output ->
            text 1 name output

            match value with
            | AttributeValue.Int value ->
                integer 3 value output
                integer 20 2L output
            | AttributeValue.Text value ->
                nested 4 (ByteString.CopyFromUtf8 value) output
                integer 20 3L output
            | AttributeValue.Ints values ->
                for value in values do
                    integer 8 value output

                integer 20 7L output)

    let private node (node: Node) =
        message (fun output ->
            for name in node.Inputs do
                text 1 name output

            for name in node.Outputs do
                text 2 name output

            text 3 node.Name output
            text 4 node.Operator output

            for item in node.Attributes do
                nested 5 (attribute item) output)

    let private typeNumber =
        function
        | ElementType.Float -> 1L
        | ElementType.Int64 -> 7L
        | ElementType.Double -> 11L

    /// TensorProto, with the numbers as bytes, little-endian.
    let private tensor (name: string) (tensor: StoredTensor) =
        let kind, bytes =
            match tensor.Data with
            | TensorData.F32 data -> ElementType.Float, MemoryMarshal.AsBytes(ReadOnlySpan data).ToArray()
            | TensorData.F64 data -> ElementType.Double, MemoryMarshal.AsBytes(ReadOnlySpan data).ToArray()
            | TensorData.I64 data -> ElementType.Int64, MemoryMarshal.AsBytes(ReadOnlySpan data).ToArray()

        message (fun output ->
            for size in tensor.Shape do
                integer 1 size output

            integer 2 (typeNumber kind) output
            text 8 name output
            nested 9 (UnsafeByteOperations.UnsafeWrap(ReadOnlyMemory bytes)) output)

    /// ValueInfoProto, with TypeProto and TensorShapeProto inside.
    let private port (port: Port) =
        let dimension dimension =
            message (
                match dimension with
                | Dimension.Size size -> integer 1 (int64 size)
                | Dimension.Named name -> text 2 name
            )

        let shape =
            message (fun output ->
                for item in port.Shape do
                    nested 1 (dimension item) output)

        let ofTensor =
            message (fun output ->
                integer 1 (typeNumber port.Type) output
                nested 2 shape output)

        message (fun output ->
            text 1 port.Name output
            nested 2 (message (nested 1 ofTensor)) output
            text 3 port.Description output)

    let private graph (model: OnnxModel) =
        message (fun output ->
            for item in model.Nodes do
                nested 1 (node item) output

            text 2 model.Name output

            for struct (name, constant) in model.Constants do
                nested 5 (tensor name constant) output

            text 10 model.Description output

            for item in model.Inputs do
                nested 11 (port item) output

            for item in model.Outputs do
                nested 12 (port item) output)

    /// The bytes of the file.
    let encode (model: OnnxModel) : byte[] =
        let operators = message (integer 2 opset)

        let pair (key: string, value: string) =
            message (fun output ->
                text 1 key output
                text 2 value output)

        message(fun output ->
            integer 1 irVersion output
            text 2 model.Producer output
            text 3 model.ProducerVersion output
            text 6 model.Description output
            nested 7 (graph model) output
            nested 8 operators output

            for item in model.Metadata do
                nested 14 (pair item) output)
            .ToByteArray()
