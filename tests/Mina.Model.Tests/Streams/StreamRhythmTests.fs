/// The rhythm level in a stream: it says what `classify` says of the file, bit for bit.
module Mina.Model.Tests.Streams.StreamRhythmTests

open System
open System.Collections.Generic
open FsCheck.Xunit
open Mina.Model
open Mina.Model.Streams
open Mina.Model.Tests.Samples
open Mina.Preprocess
open Mina.Preprocess.Beats
open Mina.Preprocess.Streams
open Xunit

let private start = DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)
let private detector = Detector.Shipped

let private level =
    match detector.Rhythm with
    | null -> failwith "The shipped detector has no rhythm level."
    | stored -> stored.Model

let private rules = (StreamRules.At detector.Thresholds.Uniform).With level

/// AF, sinus rhythm and AF at a frequency of 300 or another, with a few gaps.
let private annotated (random: Random) =
    let fs = [| 128.0; 250.0; 300.0; 360.0 |][random.Next 4]

    let parts =
        [|
            ecg (60.0 + 60.0 * random.NextDouble()) (random.Next 2 = 0) (random.Next())
            ecg (50.0 + 60.0 * random.NextDouble()) true (random.Next())
            ecg (30.0 + 60.0 * random.NextDouble()) false (random.Next())
        |]
        |> Array.concat

    // Stretched to the frequency, the rhythm stays what it is.
    let samples =
        Array.init (int (float parts.Length * fs / 300.0)) (fun i ->
            parts[min (parts.Length - 1) (int (float i * 300.0 / fs))])

    for _ in 1 .. random.Next 3 do
        let at = random.Next samples.Length
        let length = min (samples.Length - at) (1 + random.Next(int (25.0 * fs)))
        Array.Fill(samples, nanf, at, length)

    Recording($"r%d{random.Next()}", fs, samples)

/// Chunks of any lengths; some that hold nothing are never sent.
let private chunks (random: Random) (recording: Recording) = [
    let mutable at, sequence = 0, 0L

    while at < recording.Samples.Length do
        let length =
            min (recording.Samples.Length - at) (1 + random.Next(int (12.0 * recording.Fs)))

        let samples = Array.sub recording.Samples at length
        let isLast = at + length = recording.Samples.Length

        if
            isLast
            || sequence = 0L
            || Array.exists Single.IsFinite samples
            || random.Next 2 = 0
        then
            SampleChunk(sequence, start.AddSeconds(float at / recording.Fs), recording.Fs, samples, isLast)

        at <- at + length
        sequence <- sequence + 1L
]

let private probability (tools: CutterTools) (window: CutWindow) =
    let rows = Segments()
    rows.Resize 1
    tools.Segment(window, rows, 0)
    let batch = SegmentBatch 1
    batch.Count <- 1
    batch.Set(0, rows, 0)
    (detector.Classifier.Predict batch)[0]

/// What follows from the chunks, with answers that come late and the stream written down and read back in between.
let private folded (random: Random) (chunks: SampleChunk list) =
    let tools = CutterTools(CutterOptions(FindsBeats = true))
    let outputs = List<StreamOutput>()
    let questions = Queue<CutWindow>()
    let mutable stream = StreamFold.start

    let step at event =
        let struct (next, followed) = StreamFold.step rules tools stream at event

        stream <-
            if random.Next 4 = 0 then
                StreamSnapshot.read (StreamSnapshot.write next)
            else
                next

        for output in followed do
            outputs.Add output

            match output with
            | Classify window -> questions.Enqueue window
            | _ -> ()

    let answer at =
        let window = questions.Dequeue()
        step at (Answer(window.Number, probability tools window))

    // The server's clock goes on, whatever the device's does.
    let mutable now = start

    for chunk in chunks do
        now <- now + chunk.Duration
        step now (Chunk chunk)

        while questions.Count > 0 && random.Next 3 > 0 do
            answer now

    while questions.Count > 0 do
        answer now

    step (now.AddSeconds 61.0) Tick
    outputs.ToArray()

let private secondsOf (time: DateTimeOffset) = (time - start).TotalSeconds

[<Property(MaxTest = 12)>]
let ``a stream in any chunks, late answered and restored, is judged as its recording, bit for bit`` (seed: int) =
    let random = Random seed
    let recording = annotated random
    let outputs = folded random (chunks random recording)
    let classified = detector.Classify recording

    let network =
        outputs
        |> Array.choose (fun output ->
            match output with
            | Judged judged -> Some judged.Verdict
            | _ -> None)

    let judged =
        outputs
        |> Array.choose (fun output ->
            match output with
            | RhythmJudged judged -> Some judged.Verdict
            | _ -> None)

    Assert.Equal<Verdict>(classified.Windows, network)

    match classified.Rhythm with
    | null -> Assert.Fail "The recording was not judged by the rhythm level."
    | expected -> Assert.Equal<Verdict>(expected, judged)

    let closed =
        outputs
        |> Array.choose (fun output ->
            match output with
            | Episode episode when episode.Kind = EpisodeEventKind.Closed -> Some episode
            | _ -> None)

    Assert.Equal<float>(classified.Episodes |> Seq.map _.MeanProbability, closed |> Seq.map _.MeanProbability)

    // Times of a device's clock are whole tenths of microseconds.
    for expected, told in Seq.zip classified.Episodes closed do
        Assert.Equal(expected.StartSeconds, secondsOf told.Start, 1e-6)
        Assert.Equal(expected.EndSeconds, secondsOf told.End, 1e-6)

[<Fact>]
let ``until the rhythm level has spoken a stream in AF is possibly so, and then an episode with its alarm`` () =
    let recording = recording "af" Label.AF 150.0 3

    let outputs =
        folded (Random 1) (List.ofSeq (RecordingCutter.Chunks(recording, start, 1.0)))

    let position choose = outputs |> Array.findIndex choose

    let possible =
        position (fun output ->
            match output with
            | StateChanged(StreamState.PossibleAF, _, _) -> true
            | _ -> false)

    let alarm =
        position (fun output ->
            match output with
            | Alarm event -> event.Kind = AlarmEventKind.Raised && event.Alarm.Kind = AlarmKind.AF
            | _ -> false)

    let first =
        position (fun output ->
            match output with
            | RhythmJudged _ -> true
            | _ -> false)

    Assert.True(possible < first && first < alarm)

[<Fact>]
let ``the beats that windows bring are those of the whole signal`` () =
    let recording = recording "af" Label.AF 90.0 4
    let tools = CutterTools(CutterOptions(FindsBeats = true))
    let windows = RecordingCutter.Windows(recording, start, tools) |> Seq.toArray
    let found = windows |> Array.collect (fun window -> Seq.toArray window.Beats)
    let whole = BeatDetector.Detect(ReadOnlySpan recording.Samples) |> Seq.toArray
    Assert.True(found.Length > 100)
    Assert.Equal<Beat>(Array.truncate found.Length whole, found)

[<Fact>]
let ``a new count of seconds begins the minute again`` () =
    let first = recording "first" Label.AF 100.0 5
    let second = recording "second" Label.Normal 100.0 6

    let outputs =
        [
            yield! RecordingCutter.Chunks(first, start.AddDays 1.0, 1.0)
            yield! RecordingCutter.Chunks(second, start, 1.0)
        ]
        |> folded (Random 2)

    let judgedFrom (origin: DateTimeOffset) =
        outputs
        |> Array.choose (fun output ->
            match output with
            | RhythmJudged judged when judged.Origin = origin -> Some judged.Verdict
            | _ -> None)

    let expected (recording: Recording) =
        match (detector.Classify recording).Rhythm with
        | null -> [||]
        | verdicts -> Seq.toArray verdicts

    Assert.Equal<Verdict[]>(expected first, judgedFrom (start.AddDays 1.0))
    Assert.Equal<Verdict[]>(expected second, judgedFrom start)
