namespace Mina.Model

open System
open System.Buffers.Binary
open System.Collections.Generic
open System.IO
open System.Runtime.InteropServices
open System.Text.Json
open Mina.Preprocess

/// The numbers of one stored tensor, row-major.
[<RequireQualifiedAccess>]
type TensorData =
    | F32 of float32[]
    | F64 of float[]
    | I64 of int64[]

    /// The number of elements.
    member this.Length =
        match this with
        | F32 a -> a.Length
        | F64 a -> a.Length
        | I64 a -> a.Length

/// One tensor of a safetensors file: its dimensions and its numbers (as many as the product of the dimensions).
type StoredTensor = {
    Shape: int64[]
    Data: TensorData
} with

    /// The numbers as float32, whatever precision they were stored with.
    member this.AsFloat32() : float32[] =
        match this.Data with
        | TensorData.F32 a -> a
        | TensorData.F64 a -> Array.map float32 a
        | TensorData.I64 a -> Array.map float32 a

/// The contents of a safetensors file: named tensors in file order, and free text as metadata.
type SafetensorsFile = {
    Tensors: (string * StoredTensor) list
    Metadata: Map<string, string>
} with

    /// The tensor of that name; ProblemException when there is none.
    member this.Item
        with get (name: string) =
            match List.tryFind (fun (n, _) -> n = name) this.Tensors with
            | Some(_, t) -> t
            | None -> raise (ProblemException $"The safetensors file holds no tensor named '%s{name}'.")

/// The safetensors format (https://github.com/huggingface/safetensors): the header's length as 8 bytes little-endian,
/// a JSON header (name -> dtype, shape, data_offsets; __metadata__ is text), then the raw little-endian numbers.
/// The functions are pure. Bytes that are no valid file raise ProblemException.
[<RequireQualifiedAccess>]
module Safetensors =
    /// The limit of the reference implementation; a larger number is taken for a damaged length.
    let private maxHeader = 100_000_000L

    let private invalid message =
        raise (ProblemException $"Not a valid safetensors file: %s{message}.")

    let private rawBytes data : byte[] =
        match data with
        | TensorData.F32 a -> MemoryMarshal.AsBytes(ReadOnlySpan a).ToArray()
        | TensorData.F64 a -> MemoryMarshal.AsBytes(ReadOnlySpan a).ToArray()
        | TensorData.I64 a -> MemoryMarshal.AsBytes(ReadOnlySpan a).ToArray()

    let private header (file: SafetensorsFile) : byte[] =
        use buffer = new MemoryStream()
        use json = new Utf8JsonWriter(buffer)
        json.WriteStartObject()

        if not file.Metadata.IsEmpty then
            json.WriteStartObject "__metadata__"

            for KeyValue(key, value) in file.Metadata do
                json.WriteString(key, value)

            json.WriteEndObject()

        let mutable at = 0L

        for name, tensor in file.Tensors do
            let dtype, size =
                match tensor.Data with
                | TensorData.F32 a -> "F32", 4L * int64 a.Length
                | TensorData.F64 a -> "F64", 8L * int64 a.Length
                | TensorData.I64 a -> "I64", 8L * int64 a.Length

            json.WriteStartObject name
            json.WriteString("dtype", dtype)
            json.WriteStartArray "shape"
            tensor.Shape |> Array.iter json.WriteNumberValue
            json.WriteEndArray()
            json.WriteStartArray "data_offsets"
            json.WriteNumberValue at
            json.WriteNumberValue(at + size)
            json.WriteEndArray()
            json.WriteEndObject()
            at <- at + size

        json.WriteEndObject()
        json.Flush()
        // Spaces fill the header up to a multiple of 8, so that the numbers are aligned for readers that map the file.
        buffer.Write(ReadOnlySpan(Array.create (int (-buffer.Length &&& 7L)) (byte ' ')))
        buffer.ToArray()

    /// Writes the file to a stream. ArgumentException when a shape and its numbers disagree or a name comes twice.
    let write (stream: Stream) (file: SafetensorsFile) =
        for name, tensor in file.Tensors do
            if Array.fold (*) 1L tensor.Shape <> int64 tensor.Data.Length then
                invalidArg
                    (nameof file)
                    $"Tensor '%s{name}' has %d{tensor.Data.Length} numbers, not those of its shape."

        if (file.Tensors |> List.distinctBy fst).Length <> file.Tensors.Length then
            invalidArg (nameof file) "Two tensors have the same name."

        let header = header file
        let length = Array.zeroCreate<byte> 8
        BinaryPrimitives.WriteInt64LittleEndian(length, header.LongLength)
        stream.Write(ReadOnlySpan length)
        stream.Write(ReadOnlySpan header)

        for _, tensor in file.Tensors do
            stream.Write(ReadOnlySpan(rawBytes tensor.Data))

    /// Encodes the file.
    let encode (file: SafetensorsFile) : byte[] =
        use stream = new MemoryStream()
        write stream file
        stream.ToArray()

    let private numbers name dtype (count: int64) (bytes: ReadOnlySpan<byte>) =
        let size =
            match dtype with
            | "F32" -> 4L
            | "F64"
            | "I64" -> 8L
            | other -> invalid $"tensor '%s{name}' has type %s{other}, and only F32, F64 and I64 are read"

        if count * size <> int64 bytes.Length then
            invalid $"tensor '%s{name}' has %d{bytes.Length} bytes where its shape needs %d{count * size}"

        match dtype with
        | "F32" -> TensorData.F32(MemoryMarshal.Cast<byte, float32>(bytes).ToArray())
        | "F64" -> TensorData.F64(MemoryMarshal.Cast<byte, float>(bytes).ToArray())
        | _ -> TensorData.I64(MemoryMarshal.Cast<byte, int64>(bytes).ToArray())

    let private integers name (what: string) (element: JsonElement) =
        if element.ValueKind <> JsonValueKind.Array then
            invalid $"tensor '%s{name}' has no list '%s{what}'"

        [|
            for item in element.EnumerateArray() do
                match item.ValueKind, item.TryGetInt64() with
                | JsonValueKind.Number, (true, n) when n >= 0L && n <= int64 Int32.MaxValue -> n
                | _ -> invalid $"tensor '%s{name}' has a wrong number in '%s{what}'"
        |]

    /// The number of elements of a shape. The product is checked, because one that overflows would pass for a small
    /// one.
    let private elements name (shape: int64[]) =
        try
            shape |> Array.fold (fun n d -> Checked.(*) n d) 1L
        with :? OverflowException ->
            invalid $"tensor '%s{name}' claims more numbers than there can be"

    let private field name (what: string) (element: JsonElement) =
        if element.ValueKind = JsonValueKind.Object && fst (element.TryGetProperty what) then
            element.GetProperty what
        else
            invalid $"tensor '%s{name}' has no '%s{what}'"

    let private parse (header: ReadOnlyMemory<byte>) =
        try
            JsonDocument.Parse header
        with :? JsonException ->
            invalid "its header is not JSON"

    let private text (element: JsonElement) =
        element.GetString() |> Option.ofObj |> Option.defaultValue ""

    let private metadata (root: JsonElement) =
        match root.TryGetProperty "__metadata__" with
        | true, m when m.ValueKind = JsonValueKind.Object ->
            Map [
                for p in m.EnumerateObject() do
                    if p.Value.ValueKind <> JsonValueKind.String then
                        invalid $"its metadata '%s{p.Name}' is not text"

                    p.Name, text p.Value
            ]
        | true, _ -> invalid "its metadata is not an object"
        | _ -> Map.empty

    let private decodeUnguarded (bytes: byte[]) : SafetensorsFile =
        if bytes.Length < 8 then
            invalid $"it has %d{bytes.Length} bytes, and the header's length alone takes 8"

        let length = BinaryPrimitives.ReadInt64LittleEndian(ReadOnlySpan(bytes, 0, 8))

        if length < 2L || length > maxHeader then
            invalid $"it claims a header of %d{length} bytes"

        if 8L + length > bytes.LongLength then
            invalid $"it is cut short in its header (%d{bytes.Length} bytes, the header ends at %d{8L + length})"

        use json = parse (ReadOnlyMemory(bytes, 8, int length))
        let root = json.RootElement

        if root.ValueKind <> JsonValueKind.Object then
            invalid "its header is not a JSON object"

        let start = 8 + int length
        let seen = HashSet<string>()
        let mutable covered = 0L

        let tensors = [
            for p in root.EnumerateObject() do
                if p.Name <> "__metadata__" then
                    if not (seen.Add p.Name) then
                        invalid $"tensor '%s{p.Name}' comes twice"

                    let shape = integers p.Name "shape" (field p.Name "shape" p.Value)
                    let offsets = integers p.Name "data_offsets" (field p.Name "data_offsets" p.Value)
                    let dtype = field p.Name "dtype" p.Value

                    if dtype.ValueKind <> JsonValueKind.String then
                        invalid $"tensor '%s{p.Name}' has no 'dtype'"

                    if offsets.Length <> 2 || offsets[0] > offsets[1] then
                        invalid $"tensor '%s{p.Name}' has wrong data_offsets"

                    if int64 start + offsets[1] > bytes.LongLength then
                        invalid (
                            $"it is cut short: tensor '%s{p.Name}' ends at byte "
                            + $"%d{int64 start + offsets[1]} of %d{bytes.LongLength}"
                        )

                    let count = elements p.Name shape

                    let span =
                        ReadOnlySpan(bytes, start + int offsets[0], int (offsets[1] - offsets[0]))

                    covered <- max covered offsets[1]

                    p.Name,
                    {
                        Shape = shape
                        Data = numbers p.Name (text dtype) count span
                    }
        ]

        if int64 start + covered <> bytes.LongLength then
            invalid $"%d{bytes.LongLength - int64 start - covered} bytes follow its last tensor"

        {
            Tensors = tensors
            Metadata = metadata root
        }

    /// Decodes a whole file. ProblemException, which says what is wrong, when it is cut short or not valid.
    let decode (bytes: byte[]) : SafetensorsFile =
        try
            decodeUnguarded bytes
        with :? InvalidOperationException ->
            // What System.Text.Json raises for broken UTF-8 and lone surrogates, and only when the text is asked for.
            invalid "its header holds text that is not Unicode"
