/// Finds and reads the golden numbers.
module Mina.Preprocess.Tests.Golden

open System
open System.IO
open System.Text.Json
open Xunit

/// The first folder upwards from the tests that `find` accepts.
let private upwards (find: string -> string option) =
    let rec go (dir: DirectoryInfo | null) =
        match dir with
        | null -> None
        | d ->
            match find d.FullName with
            | Some path -> Some path
            | None -> go d.Parent

    go (DirectoryInfo AppContext.BaseDirectory)

/// A file of the folder `shared` beside the repository; skips the test where there is none.
let shared (name: string) =
    let found =
        upwards (fun dir ->
            let root = Path.Combine(dir, "shared")

            if File.Exists(Path.Combine(root, "DESIGN.md")) then
                Some(Path.Combine(root, name))
            else
                None)

    Skip.If(found.IsNone, $"needs ../shared/%s{name}, which is not here")
    found.Value

/// A file of tests/golden.
let committed (name: string) =
    upwards (fun dir ->
        let path = Path.Combine(dir, "tests", "golden", name)
        if File.Exists path then Some path else None)
    |> Option.defaultWith (fun () -> failwith $"tests/golden/%s{name} is missing")

/// The tensors of a safetensors file, flat; all of them are F64.
let read (path: string) =
    let bytes = File.ReadAllBytes path
    let headerLength = int (BitConverter.ToUInt64(bytes, 0))
    use header = JsonDocument.Parse(ReadOnlyMemory(bytes, 8, headerLength))

    Map.ofList [
        for entry in header.RootElement.EnumerateObject() do
            if entry.Name <> "__metadata__" then
                Assert.Equal("F64", entry.Value.GetProperty("dtype").GetString())
                let offsets = entry.Value.GetProperty "data_offsets"
                let first, last = offsets[0].GetInt32(), offsets[1].GetInt32()
                let at = 8 + headerLength + first
                entry.Name, Array.init ((last - first) / 8) (fun i -> BitConverter.ToDouble(bytes, at + 8 * i))
    ]
