namespace Mina.Model

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

    /// Finds the beats like `detect`, but raises a ProblemException where the recording cannot be used.
    let internal require settings recording : Beat[] =
        match detect settings recording with
        | Ok beats -> beats
        | Error rejection -> raise (ProblemException rejection.Message)
