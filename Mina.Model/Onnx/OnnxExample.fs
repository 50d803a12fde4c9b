namespace Mina.Model.Onnx

open System
open System.Text
open System.Text.Json
open System.Text.Json.Nodes
open Mina.Model
open Mina.Preprocess
open Mina.Preprocess.Beats

/// An example of the inputs of the graphs, with what Mina itself says of them, so that whoever runs the graphs
/// elsewhere can see that they run right.
[<RequireQualifiedAccess>]
module OnnxExample =
    /// The name of the file.
    [<Literal>]
    let Name = "example.json"

    /// JSON has no NaN: what is unknown is null.
    let private number (value: float) : JsonNode | null =
        if Double.IsFinite value then
            JsonValue.Create value
        else
            null

    let private array (items: (JsonNode | null) seq) : JsonNode | null = JsonArray(Seq.toArray items)
    let private list (values: float seq) = values |> Seq.map number |> array

    let private floats (values: float32 seq) =
        values
        |> Seq.map (fun value -> JsonValue.Create value :> JsonNode | null)
        |> array

    let private integers (values: int seq) =
        values
        |> Seq.map (fun value -> JsonValue.Create value :> JsonNode | null)
        |> array

    let private rows (values: float[][]) = values |> Seq.map list |> array

    let private fields (items: (string * (JsonNode | null)) list) : JsonNode =
        let result = JsonObject()

        for name, value in items do
            result[name] <- value

        result

    let internal orUnknown (length: int) (knowledge: float[] | null) =
        match knowledge with
        | null -> Array.create length nan
        | known -> known

    let internal probabilityOf (verdict: Verdict) =
        if verdict.Probability.HasValue then
            verdict.Probability.Value
        else
            nan

    /// The segments of a recording, and the network's word on them.
    let private explain (detector: Detector) (recording: Recording) =
        let rows = Segments()

        match Preprocessor(detector.Info.Preprocessing).RunWithoutArtefact(recording, rows) with
        | null -> ()
        | rejection -> raise (ProblemException rejection.Message)

        let batch = SegmentBatch(rows.Count, Count = rows.Count)

        for row in 0 .. rows.Count - 1 do
            batch.Set(row, rows, row)

        struct (rows.Start[.. rows.Count - 1], detector.Classifier.Explain batch)

    let private ofSamples (recording: Recording) (starts: int[]) (explanation: Explanation) =
        fields [
            "fs", number recording.Fs
            "samples", floats recording.Samples
            "start", integers starts
            "probability", floats explanation.Probability
            "frequency_attention", floats explanation.Gamma
        ]

    /// The last minute's windows, of which the last is judged, and the verdict.
    let private ofRhythm (model: RhythmModel) (beats: Beat[]) (windows: Verdict[]) =
        let ends = windows[windows.Length - 1].StartSeconds
        let struct (minute, _) = RhythmLevel.knowledgeAt beats ends

        let ofWindow (window: Verdict) =
            let struct (_, known) = RhythmLevel.knowledgeAt beats window.StartSeconds
            orUnknown RhythmKnowledge.windowNames.Length known

        fields [
            "minute", list (orUnknown RhythmKnowledge.names.Length minute)
            "window_knowledge", rows (Array.map ofWindow windows)
            "window_probability", list (Array.map probabilityOf windows)
            "start_seconds", list (windows |> Array.map _.StartSeconds)
            "judged", integers [ windows.Length - 1 ]
            "probability", list [ probabilityOf (Array.last (RhythmLevel.ofRecording model beats windows)) ]
        ]

    let private ofRecording (level: RecordingLevel) (beats: Beat[]) (classified: ClassifiedRecording) =
        let seconds = classified.DurationSeconds
        let rhythm = RhythmKnowledge.ofMinute (ReadOnlySpan beats) seconds

        fields [
            "window_probability", list (classified.Windows |> Seq.map probabilityOf)
            "seconds", number seconds
            "rhythm", list (orUnknown RhythmKnowledge.names.Length rhythm)
            "probability", list (Option.toList (Option.ofNullable classified.Probability))
        ]

    /// <summary>Writes an example: for each graph its inputs, under their names, and some of its outputs.</summary>
    /// <param name="detector">The detector that the graphs were made of.</param>
    /// <param name="recording">A recording of 60 s, without gaps, at the frequency that `samples.onnx` takes.</param>
    /// <returns>The bytes of the file, JSON in UTF-8.</returns>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The recording cannot be used.</exception>
    [<CompiledName("Encode")>]
    let encode (detector: Detector) (recording: Recording) : byte[] =
        let struct (starts, explanation) = explain detector recording
        let classified = detector.Classify recording
        let beats = RecordingBeats.require detector.Info.Preprocessing recording

        let example =
            fields [
                "samples", ofSamples recording starts explanation

                match detector.Rhythm with
                | null -> ()
                | stored -> "rhythm", ofRhythm stored.Model beats (Array.ofSeq classified.Windows)

                match detector.RecordingLevel with
                | null -> ()
                | level -> "recording", ofRecording level beats classified
            ]

        Encoding.UTF8.GetBytes(example.ToJsonString(JsonSerializerOptions(WriteIndented = false)) + "\n")
