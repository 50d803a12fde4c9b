namespace Mina.Model.Onnx

open Mina.Model
open Mina.Model.Onnx.DetectorGraph

/// The levels above the network as files: docs/onnx.md says what each takes and gives.
[<RequireQualifiedAccess>]
module internal LevelExport =
    let private judged = named "judged"

    /// The rhythm level.
    let rhythm (detector: Detector) (stored: StoredRhythm) =
        let g = GraphBuilder()
        let minute, knowledge = g.Input "minute", g.Input "window_knowledge"
        let probability, start = g.Input "window_probability", g.Input "start_seconds"

        for name, value in RhythmGraph.add g stored.Model minute knowledge probability start (g.Input "judged") do
            g.Output(name, value)

        let numbers, ofWindow =
            size RhythmKnowledge.names.Length, size RhythmKnowledge.windowNames.Length

        let settings = stored.Model.Settings

        encode
            detector
            "rhythm"
            "The beats and windows of a minute to the probability of atrial fibrillation at some of its windows."
            g
            [
                port
                    "minute"
                    double'
                    [ numbers ]
                    "The knowledge of the minute's beats, NaN where it is unknown; minute_names has their names."
                port
                    "window_knowledge"
                    double'
                    [ windows; ofWindow ]
                    "The knowledge of each window's beats, NaN where it is unknown; window_names has their names."
                port
                    "window_probability"
                    double'
                    [ windows ]
                    "What window.onnx or samples.onnx says of each window; NaN where a window cannot be classified."
                port
                    "start_seconds"
                    double'
                    [ windows ]
                    "The start of each window in s, rising; the last window ends the minute."
                port "judged" ElementType.Int64 [ judged ] "The indices of the windows to judge, 0 to windows - 1."
            ] [
                port
                    "probability"
                    double'
                    [ judged ]
                    "The probability of AF, 0 to 1; NaN where it cannot be classified."
                port "logit" double' [ judged ] "The log odds of AF: attention times evidence, and the contributions."
                port "attention" double' [ judged; windows ] "Shares of the minute's windows."
                port "evidence" double' [ judged; windows ] "The log odds of AF by each window."
                port
                    "contributions"
                    double'
                    [ judged; size (MinuteNet.minuteNames.Length + 1) ]
                    "What each number of the minute adds to the log odds; the last is what they add together."
            ] [
                "minute_names", words RhythmKnowledge.names
                "window_names", words RhythmKnowledge.windowNames
                "contribution_names", words (Array.append MinuteNet.minuteNames [| "together" |])
                "look_ahead_seconds", number settings.LookAheadSeconds
                "onset_probability", number settings.OnsetProbability
                "offset_probability", number settings.OffsetProbability
            ]

    /// The recording level.
    let recording (detector: Detector) (level: RecordingLevel) =
        let g = GraphBuilder()
        let probability, seconds = g.Input "window_probability", g.Input "seconds"

        for name, value in RecordingGraph.add g level probability seconds (g.Input "rhythm") do
            g.Output(name, value)

        encode
            detector
            "recording"
            "The windows and beats of a recording of up to 61 s to the probability that it shows atrial fibrillation."
            g
            [
                port
                    "window_probability"
                    double'
                    [ windows ]
                    "What samples.onnx says of its windows; NaN where a window cannot be classified, as not all may be."
                port "seconds" double' [] "The length of the recording in s, above 0."
                port
                    "rhythm"
                    double'
                    [ size RhythmKnowledge.names.Length ]
                    "The knowledge of its beats, NaN where it is unknown; rhythm_names has their names."
            ] [
                port "probability" double' [] "The probability of AF, 0 to 1."
                port "logit" double' [] "The log odds of AF."
                port
                    "contributions"
                    double'
                    [ size RecordingKnowledge.names.Length ]
                    "What each number adds to the log odds."
            ] [
                "rhythm_names", words RhythmKnowledge.names
                "contribution_names", words RecordingKnowledge.names
                "threshold", number level.Threshold
            ]
