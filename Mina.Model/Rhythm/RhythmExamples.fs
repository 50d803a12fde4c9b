namespace Mina.Model

open System
open Mina.Preprocess
open Mina.Preprocess.Beats

/// A recording to train or test the rhythm level on.
type RhythmRecording = {
    Id: string
    /// The person whose recording it is, the unit of every split.
    Person: string
    /// The data set, under which it is reported.
    Group: string
    Seconds: float
    /// All its beats, in order of time: detected ones, or annotated ones where there is no signal.
    Beats: Beat[]
    /// The network's verdicts of its windows, in order of time; without probabilities in a recording without
    /// signal.
    Windows: Verdict[]
    /// Its rhythms, in order of time. Time that lies in none of them is not AF.
    Rhythms: RhythmSpan[]
}

/// A recording with the knowledge of each of its windows, and of the minute that ends with it.
type internal RhythmKnown = {
    Recording: RhythmRecording
    Minutes: (float[] | null)[]
    WindowKnowledge: (float[] | null)[]
    /// The rhythm annotated at each window's centre; "N" where there is none.
    Rhythms: string[]
    /// The label at each window's centre: 1 is AF, 2 is flutter, and 0 is any other rhythm.
    Labels: int[]
    HasSignal: bool
}

module internal RhythmKnown =
    let private rhythmAt (recording: RhythmRecording) (seconds: float) =
        let isThere (rhythm: RhythmSpan) =
            seconds >= rhythm.StartSeconds && seconds < rhythm.EndSeconds

        match Array.tryFindBack isThere recording.Rhythms with
        | Some rhythm -> rhythm.Rhythm
        | None -> "N"

    let private labelOf (rhythm: string) =
        if rhythm.StartsWith("AFIB", StringComparison.Ordinal) then
            1
        elif rhythm.StartsWith("AFL", StringComparison.Ordinal) then
            2
        else
            0

    let ofRecording (recording: RhythmRecording) : RhythmKnown =
        let knowledge =
            recording.Windows
            |> Array.map (fun w -> RhythmLevel.knowledgeAt recording.Beats w.StartSeconds)

        let rhythms =
            recording.Windows
            |> Array.map (fun w -> rhythmAt recording (w.StartSeconds + 5.0))

        {
            Recording = recording
            Minutes = knowledge |> Array.map (fun (struct (minute, _)) -> minute)
            WindowKnowledge = knowledge |> Array.map (fun (struct (_, window)) -> window)
            Rhythms = rhythms
            Labels = Array.map labelOf rhythms
            HasSignal = recording.Windows |> Array.exists _.Probability.HasValue
        }

    /// The recording's numbers as the network reads them: minutes and windows.
    let scaled (scaling: RhythmScaling) (known: RhythmKnown) : struct (float[][] * float[][]) =
        struct (known.Minutes |> Array.map (RhythmScaling.minute scaling),
                Array.map2
                    (fun knowledge (w: Verdict) -> RhythmScaling.window scaling knowledge w.Probability)
                    known.WindowKnowledge
                    known.Recording.Windows)
