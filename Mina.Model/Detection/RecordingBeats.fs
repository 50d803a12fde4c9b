namespace Mina.Model

open Mina.Preprocess
open Mina.Preprocess.Beats

/// The beats of a whole recording, at the sampling frequency of segments.
[<RequireQualifiedAccess>]
module RecordingBeats =
    /// <summary>Finds the beats of a recording.</summary>
    /// <param name="settings">How it is prepared.</param>
    /// <param name="recording">Its label is not looked at.</param>
    /// <returns>The beats in order of time, or why the recording cannot be used.</returns>
    [<CompiledName("Detect")>]
    let detect (settings: PreprocessSettings) (recording: Recording) : Result<Beat[], Rejection> =
        let mutable samples = [||]

        match Preprocessor(settings).Prepare(Recording(recording.Id, recording.Fs, recording.Samples), &samples) with
        | null -> Ok(BeatDetector.Detect(samples).ToArray())
        | rejection -> Error rejection

    /// As `detect`, of a recording that has to be usable: a rejection is a ProblemException.
    let internal require settings recording : Beat[] =
        match detect settings recording with
        | Ok beats -> beats
        | Error rejection -> raise (ProblemException rejection.Message)
