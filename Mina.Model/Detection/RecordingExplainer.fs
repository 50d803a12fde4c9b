namespace Mina.Model

open System
open System.Globalization
open Mina.Preprocess

/// One window with the network's attention over it, from which a picture can be drawn.
type WindowExplanation = {
    /// The recording's id.
    RecordingId: string
    /// The start of the window, in seconds from the start of the recording.
    StartSeconds: float
    /// (4, 3000): the channels at 300 Hz, in `Unit`.
    Channels: float32[][]
    /// The unit of the samples: "mV", or "SD" for standard deviations of the recording.
    Unit: string
    /// The attention, and the probability of AF.
    Attention: SegmentAttention
    /// The window is AF from this probability on.
    Threshold: float
    /// The label of the recording; null where it has none.
    Label: Nullable<Label>
    /// The reason why this window was chosen, such as "highest probability of 12 windows"; null where the caller chose
    /// it.
    Why: string | null
} with

    /// The finding of the window.
    member window.Finding =
        Findings.at window.Threshold (Nullable window.Attention.Probability)

/// Explains the windows of a batch.
[<RequireQualifiedAccess>]
module WindowExplanations =
    /// <summary>Explains each row of a batch, with samples in standard deviations of the recording.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="threshold">A window is AF from this probability on.</param>
    /// <param name="batch">Segments with their recordings' ids and starts.</param>
    [<CompiledName("Explain")>]
    let explain (classifier: Classifier) (threshold: float) (batch: SegmentBatch) : WindowExplanation[] =
        let explanation = classifier.Explain batch

        Array.init batch.Count (fun row -> {
            RecordingId = batch.RecordingId[row]
            StartSeconds = float batch.Start[row] / float Shapes.Fs
            Channels =
                Array.init Shapes.Channels (fun channel ->
                    Array.sub batch.X ((channel * batch.Count + row) * Shapes.Window) Shapes.Window)
            Unit = "SD"
            Attention = Attentions.ofRow explanation row
            Threshold = threshold
            Label = batch.Label[row]
            Why = null
        })

/// <summary>Explains one window of a recording, with the probability that `RecordingClassifier` gives it.</summary>
/// <param name="classifier">The model.</param>
/// <param name="thresholds">The thresholds, of which that of the uniform view judges windows.</param>
/// <remarks>It holds scratch buffers, so it serves one thread at a time.</remarks>
[<Sealed>]
type RecordingExplainer(classifier: Classifier, thresholds: ViewThresholds) =
    let settings = classifier.Info.Preprocessing
    let preprocessor = Preprocessor settings
    let rows = Segments()
    let batch = SegmentBatch 1

    let text (format: string) (value: float) =
        value.ToString(format, CultureInfo.InvariantCulture)

    let refuse message = raise (ProblemException message)

    /// The start, in seconds, of the window with the highest probability, or with the lowest where none is AF; and the
    /// reason why it was chosen.
    let mostTelling (recording: Recording) : struct (float * string) =
        let classifier =
            RecordingClassifier(
                settings,
                Func<SegmentBatch, float32[]> classifier.Predict,
                thresholds,
                WindowCheck(fun samples -> WindowQuality.FaultOf samples)
            )

        match classifier.Classify recording with
        | Error rejection -> refuse rejection.Message
        | Ok classified ->
            let known = classified.Windows |> Seq.filter _.Probability.HasValue |> Seq.toArray

            if known.Length = 0 then
                refuse $"no window of %s{recording.Id} can be classified: each has a gap in it or too little signal."

            let among =
                if known.Length = 1 then
                    "its only window"
                else
                    $"of %d{known.Length} windows"

            let highest = known |> Array.maxBy _.Probability.Value

            if highest.FindingAt classified.Threshold = Finding.AF then
                highest.StartSeconds, $"highest probability %s{among}"
            else
                (known |> Array.minBy _.Probability.Value).StartSeconds, $"lowest probability %s{among}, none AF"

    let startOf (recording: Recording) (samples: float32[]) (seconds: float) : int =
        let last = samples.Length - settings.Window
        let start = Math.Round(seconds * float settings.Fs)

        if not (start >= 0.0 && start <= float last) then
            let latest = Math.Floor(100.0 * float last / float settings.Fs) / 100.0

            refuse (
                $"""a window of %d{settings.Window / settings.Fs} s of %s{recording.Id}, """
                + $"""which lasts %s{text "0.##" recording.Seconds} s, starts between 0 and """
                + $"""%s{text "0.##" latest} s, not at %s{text "0.###" seconds} s."""
            )

        int start

    let refuseFaulty (recording: Recording) (seconds: float) (window: float32[]) =
        let refuse reason =
            refuse
                $"""the window of %s{recording.Id} from %s{text "0.###" seconds} s cannot be classified: %s{reason}."""

        match WindowQuality.FaultOf window with
        | WindowFault.None -> ()
        | WindowFault.Gap -> refuse "samples are missing in it"
        | WindowFault.Noisy -> refuse "it is too noisy"
        | _ ->
            let dead = (WindowQuality.Dead window).ToString("0 %", CultureInfo.InvariantCulture)
            refuse $"%s{dead} of it is flat or at the converter's limits"

    /// Computes the batch's only segment as `RecordingClassifier` does, and returns the standard deviation in mV that
    /// it was divided by.
    let cut (recording: Recording) (samples: float32[]) (start: int) (window: float32[]) : float =
        rows.Resize 1
        let after = start + settings.Window

        let deviation =
            if recording.IsLong then
                preprocessor.LiveWindow(ReadOnlySpan samples, after, rows, 0) |> ignore
                let struct (_, deviation) = LiveStatistics.Compute(ReadOnlySpan samples, after)
                deviation
            else
                let struct (mean, deviation) = LiveStatistics.ComputeAll(ReadOnlySpan samples)

                let normalised =
                    window |> Array.map (fun v -> float32 ((float v - mean) / deviation))

                preprocessor.Segment(ReadOnlySpan normalised, rows, 0)
                deviation

        batch.Count <- 1
        batch.Set(0, rows, 0)
        batch.RecordingId[0] <- recording.Id
        batch.Start[0] <- start
        deviation

    /// <summary>Explains one window.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="startSeconds">The start of the window in seconds, which is rounded to a sample; null chooses the
    /// window of the highest probability, or of the lowest where none is AF.</param>
    /// <exception cref="T:Mina.Preprocess.ProblemException">The recording or the window cannot be classified, or the
    /// window lies outside the recording.</exception>
    member _.Explain(recording: Recording, startSeconds: Nullable<float>) : WindowExplanation =
        let mutable samples = [||]

        match preprocessor.Prepare(recording, &samples) with
        | null -> ()
        | rejection -> refuse rejection.Message

        let struct (seconds, why: string | null) =
            if startSeconds.HasValue then
                startSeconds.Value, null
            else
                let struct (seconds, why) = mostTelling recording
                seconds, why

        let start = startOf recording samples seconds
        let window = Array.sub samples start settings.Window
        refuseFaulty recording seconds window
        let deviation = cut recording samples start window
        let explained = (WindowExplanations.explain classifier thresholds.Uniform batch)[0]

        {
            explained with
                Channels =
                    explained.Channels
                    |> Array.map (Array.map (fun v -> float32 (float v * deviation)))
                Unit = "mV"
                Label = recording.Label
                Why = why
        }
