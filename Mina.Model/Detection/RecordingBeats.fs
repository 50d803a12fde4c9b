namespace Mina.Model

open System
open Mina.Preprocess
open Mina.Preprocess.Beats

/// The beats of a whole recording, at the sampling frequency of segments.
[<RequireQualifiedAccess>]
module RecordingBeats =
    /// <summary>Finds the beats of a recording.</summary>
    /// <param name="settings">The preprocessing of the model.</param>
    /// <param name="recording">The recording, whose label does not matter.</param>
    /// <returns>The beats in order of time, or why the recording cannot be used.</returns>
    [<CompiledName("Detect")>]
    let detect (settings: PreprocessSettings) (recording: Recording) : Result<Beat[], Rejection> =
        let mutable samples = [||]

        match Preprocessor(settings).Prepare(Recording(recording.Id, recording.Fs, recording.Samples), &samples) with
        | null -> Ok(BeatDetector.Detect(samples).ToArray())
        | rejection -> Error rejection

    /// <summary>The heart rate in each window.</summary>
    /// <param name="beats">The beats of the recording, in order of time.</param>
    /// <param name="windows">The recording's windows of 10 s.</param>
    /// <returns>Beats a minute; null where a window has fewer than three beats or the rate lies outside 20 to
    /// 300.</returns>
    [<CompiledName("HeartRates")>]
    let heartRates (beats: Beat[]) (windows: Verdict seq) : Nullable<float>[] =
        let length = float Shapes.Window / float Shapes.Fs

        windows
        |> Seq.map (fun window ->
            BeatSpans.heartRate (BeatSpans.between window.StartSeconds (window.StartSeconds + length) beats))
        |> Array.ofSeq

    /// Finds the beats like `detect`, but raises a ProblemException where the recording cannot be used.
    let internal require settings recording : Beat[] =
        match detect settings recording with
        | Ok beats -> beats
        | Error rejection -> raise (ProblemException rejection.Message)
