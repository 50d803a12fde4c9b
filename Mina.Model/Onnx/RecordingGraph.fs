namespace Mina.Model.Onnx

open Mina.Model
open Mina.Model.Onnx.Operators

/// The recording level as operators, in double precision: `RecordingKnowledge` and `RecordingLevels`.
[<RequireQualifiedAccess>]
module internal RecordingGraph =
    /// Adds the level. Inputs: the windows' probabilities (W), the length in seconds (a scalar) and the knowledge of
    /// the beats' rhythm (29). Outputs by name: see `OnnxExport`.
    let add (g: GraphBuilder) (level: RecordingLevel) probability seconds rhythm : (string * Value) list =
        g.Begin "knowledge"
        let isUnclassified = isUnknown g probability
        let classified = toDouble g (isNot g isUnclassified)

        let logits =
            choose g isUnclassified (g.Double 0.5) probability |> RhythmGraph.logOdds g

        let mean = RhythmGraph.meanOf g classified logits
        let distance = subtract g logits mean

        let spread = root g (RhythmGraph.meanOf g classified (multiply g distance distance))

        let length = log g (divide g seconds (g.Double 30.0))

        let known =
            join g 0 [
                unsqueeze g 0 mean
                unsqueeze g 0 spread
                unsqueeze g 0 length
                rhythm
                RhythmGraph.isMissing g rhythm
            ]

        g.Begin "outputs"
        let z = RhythmGraph.scaled g level.Means level.Deviations known

        let contributions =
            multiply g z (g.Doubles("weights", [ level.Weights.Length ], level.Weights))

        let logit = add g (sum g 0 contributions) (g.Double level.Bias)

        [
            "probability", logistic g logit
            "logit", logit
            "contributions", contributions
        ]
