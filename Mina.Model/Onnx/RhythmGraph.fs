namespace Mina.Model.Onnx

open Mina.Model
open Mina.Model.Onnx.Operators

/// The rhythm level as operators, in double precision: `RhythmScaling` and `MinuteNet`.
[<RequireQualifiedAccess>]
module internal RhythmGraph =
    /// The knowledge (..., F) on the network's scale; 0 where it is unknown.
    let scaled (g: GraphBuilder) (means: float[]) (deviations: float[]) (knowledge: Value) : Value =
        let z =
            divide
                g
                (subtract g knowledge (g.Doubles("mean", [ means.Length ], means)))
                (g.Doubles("deviation", [ deviations.Length ], deviations))

        choose g (isUnknown g z) (g.Double 0.0) (limit g -4.0 4.0 z)

    /// 1 where no number of the knowledge (..., F) is known, else 0: (..., 1).
    let isMissing (g: GraphBuilder) (knowledge: Value) : Value =
        isUnknown g knowledge |> toDouble g |> leastKept g -1

    /// The log odds of probabilities, within -7 .. 7.
    let logOdds (g: GraphBuilder) (probability: Value) =
        let small = g.Double 1e-6

        let odds =
            divide g (add g probability small) (add g (subtract g (g.Double 1.0) probability) small)

        limit g -7.0 7.0 (log g odds)

    /// The mean of those of the items (n) that `counts` (n) marks with 1, and not with 0.
    let meanOf (g: GraphBuilder) (counts: Value) (items: Value) =
        divide g (sum g 0 (multiply g counts items)) (sum g 0 counts)

    /// `MinuteNet.bounded`.
    let private bounded (g: GraphBuilder) (x: Value) =
        let x = limit g -3.0 3.0 x
        let square = multiply g x x
        let top = multiply g x (add g (g.Double 27.0) square)
        divide g top (add g (g.Double 27.0) (multiply g (g.Double 9.0) square))

    /// Adds the level. Inputs: minute (29), windows (W, 8), probabilities (W), starts (W) and the indices (J) of the
    /// windows to judge. Outputs by name: see `OnnxExport`.
    let add (g: GraphBuilder) (model: RhythmModel) minute windows probability starts judged : (string * Value) list =
        let parameters =
            Map [
                for (name, shape), (first, after) in Seq.zip MinuteNet.layout (Seq.pairwise MinuteNet.starts) ->
                    name, (shape, model.Parameters[first .. after - 1])
            ]

        let vector name =
            let _, data = parameters[name]
            g.Doubles(name, [ data.Length ], data)

        /// The matrix of a layer, transposed so that rows are multiplied from the right.
        let matrix name (columns: int list) =
            let shape, data = parameters[name]

            g.Doubles(
                name,
                [ columns.Length; shape[0] ],
                [|
                    for c in columns do
                        for r in 0 .. shape[0] - 1 -> data[r * shape[1] + c]
                |]
            )

        let plus = Operators.add g
        let last = MinuteNet.windowNames.Length - 1
        g.Begin "scale"
        let s = model.Scaling
        let known = scaled g s.MinuteMean s.MinuteDeviation minute
        let windowKnown = scaled g s.WindowMean s.WindowDeviation windows
        let isUnclassified = isUnknown g probability
        let classified = toDouble g (isNot g isUnclassified)
        let safe = choose g isUnclassified (g.Double 0.5) probability
        let logits = divide g (multiply g classified (logOdds g safe)) (g.Double 3.0)

        // (W, 11): all numbers of a window but its offset.
        let rows =
            join g 1 [
                windowKnown
                isMissing g windows
                unsqueeze g 1 logits
                unsqueeze g 1 classified
            ]

        g.Begin "minute"
        // (J, W): the seconds from each judged window to each window, over 30.
        let own = gather g 0 starts judged

        let offsets =
            divide g (subtract g (unsqueeze g 0 starts) (unsqueeze g 1 own)) (g.Double 30.0)

        // The minute ends with the last window, whose centre lies 5 s before its end.
        let lag = plus (slice g 1 -1L theEnd offsets) (g.Double(5.0 / 30.0))
        let ofMinute = join g 0 [ known; isMissing g minute ] |> unsqueeze g 0

        // (J, 31), with each judged window's own lag.
        let minutes =
            let repeated = plus ofMinute (multiply g lag (g.Double 0.0))
            join g 1 [ repeated; lag ]

        let all = [ 0 .. MinuteNet.minuteNames.Length - 1 ]

        let guide =
            bounded g (plus (product g minutes (matrix "guide.weight" all)) (vector "guide.bias"))

        let ofGuide name =
            product g guide (matrix name [ 0 .. MinuteNet.hidden - 1 ])

        let query = plus (ofGuide "query.weight") (vector "query.bias")
        let context = plus (ofGuide "evidence.guide") (vector "evidence.bias")
        g.Begin "attention"
        let _, nearness = parameters["nearness"]
        let near = 3.0 * MinuteNet.softplus nearness[0]

        let scores =
            let byContent =
                product g (slice g 1 0L (int64 last) query) (transpose g [ 1; 0 ] rows)

            let byOffset = multiply g (slice g 1 (int64 last) theEnd query) offsets
            let far = multiply g (g.Double near) (absolute g offsets)
            subtract g (plus byContent byOffset) far

        let attention = softmax g 1 scores
        g.Begin "evidence"

        let evidence =
            let byContent = product g rows (matrix "evidence.weight" [ 0 .. last - 1 ])

            let byOffset =
                multiply g (unsqueeze g 2 offsets) (matrix "evidence.weight" [ last ])

            let inner = plus (plus (unsqueeze g 0 byContent) byOffset) (unsqueeze g 1 context)
            sum g 2 (multiply g (bounded g inner) (vector "evidence.out"))

        g.Begin "outputs"

        let contributions =
            let each = multiply g minutes (vector "minute.out")
            let together = sum g 1 (multiply g guide (vector "guide.out"))
            join g 1 [ each; plus (unsqueeze g 1 together) (vector "bias") ]

        let logit = plus (sum g 1 (multiply g attention evidence)) (sum g 1 contributions)
        let mean = meanOf g classified safe

        let limited =
            choose
                g
                (isBelow g mean (g.Double RhythmLevel.networkSeesNone))
                (smaller g mean (logistic g logit))
                (logistic g logit)

        let notJudged = gather g 0 isUnclassified judged

        [
            "probability", choose g notJudged (g.Double nan) limited
            "logit", choose g notJudged (g.Double nan) logit
            "attention", attention
            "evidence", evidence
            "contributions", contributions
        ]
