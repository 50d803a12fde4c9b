namespace Mina.Model

open System
open Mina.Preprocess
open Mina.Preprocess.Beats

/// A recording to train or test the rhythm level on.
type RhythmRecording = {
    Id: string
    /// Whose it is: the unit of every split.
    Person: string
    /// Under what it is reported: the data set.
    Group: string
    Seconds: float
    /// All its beats, in order of time: detected ones, or annotated ones where there is no signal.
    Beats: Beat[]
    /// Its windows as the first level judged them, in order of time; in a recording without signal all of them without
    /// probability.
    Windows: Verdict[]
    /// Its rhythms, in order of time. What lies in none of them is not AF.
    Rhythms: RhythmSpan[]
}

/// A recording with the knowledge of each of its windows, and of the minute that ends with it.
type internal RhythmKnown = {
    Recording: RhythmRecording
    Minutes: (float[] | null)[]
    WindowKnowledge: (float[] | null)[]
    /// 1: AF at the window's centre; 0: not; 2: flutter.
    Labels: int[]
    HasSignal: bool
}

module internal RhythmKnown =
    let private labelAt (recording: RhythmRecording) (seconds: float) =
        let mutable label = 0

        for rhythm in recording.Rhythms do
            if seconds >= rhythm.StartSeconds && seconds < rhythm.EndSeconds then
                if rhythm.Rhythm.StartsWith("AFIB", StringComparison.Ordinal) then
                    label <- 1
                elif rhythm.Rhythm.StartsWith("AFL", StringComparison.Ordinal) then
                    label <- 2

        label

    let ofRecording (recording: RhythmRecording) : RhythmKnown =
        let knowledge =
            recording.Windows
            |> Array.map (fun w -> RhythmLevel.knowledgeAt recording.Beats w.StartSeconds)

        {
            Recording = recording
            Minutes = knowledge |> Array.map (fun (struct (minute, _)) -> minute)
            WindowKnowledge = knowledge |> Array.map (fun (struct (_, window)) -> window)
            Labels =
                recording.Windows
                |> Array.map (fun w -> labelAt recording (w.StartSeconds + 5.0))
            HasSignal = recording.Windows |> Array.exists _.Probability.HasValue
        }

    /// The recording's numbers as the network reads them: minutes and windows.
    let scaled (scaling: RhythmScaling) (known: RhythmKnown) : struct (float[][] * float[][]) =
        struct (known.Minutes |> Array.map (RhythmScaling.minute scaling),
                Array.map2
                    (fun knowledge (w: Verdict) -> RhythmScaling.window scaling knowledge w.Probability)
                    known.WindowKnowledge
                    known.Recording.Windows)
