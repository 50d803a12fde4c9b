namespace Mina.Model.Onnx

open Mina.Preprocess

/// The bank of filters (`FirBank`) as convolutions. A convolution of one channel by 901 taps is slow in most runtimes.
/// The same sums are faster in blocks of 50 samples: the 50 samples of a sub-segment are the channels of a convolution
/// along the sub-segments, whose weights repeat the taps along their diagonals. It pads with zeros as `FirBank` asks.
[<RequireQualifiedAccess>]
module internal FirGraph =
    let private block = Shapes.SubSegment

    /// The output t of each filter is the sum of tap(d) x[t + d] over d from -reach to reach. Takes blocks (B, 60, 50),
    /// and gives the blocks of each filter.
    let private filter (g: GraphBuilder) (name: string) (reach: int) (taps: (int -> float) list) (blocks: Value) =
        let padding = (reach + block - 1) / block
        let width = 2 * padding + 1
        let rows = taps.Length * block

        let weights =
            g.Floats(
                $"%s{name}.taps",
                [ rows; block; width ],
                [|
                    for tap in taps do
                        for u in 0 .. block - 1 do
                            for v in 0 .. block - 1 do
                                for q in 0 .. width - 1 do
                                    let d = block * (q - padding) + v - u
                                    if abs d <= reach then float32 (tap d) else 0.0f
                |]
            )

        let filtered =
            g.Node(
                "Conv",
                [ Operators.transpose g [ 0; 2; 1 ] blocks; weights ],
                [ "pads", AttributeValue.Ints [ int64 padding; int64 padding ] ]
            )
            |> Operators.transpose g [ 0; 2; 1 ]

        [
            for i in 0 .. taps.Length - 1 do
                filtered |> Operators.slice g 2 (int64 (i * block)) (int64 ((i + 1) * block))
        ]

    /// The channels of windows, each in blocks (B, 60, 50): original, low, band and high; and last the step of the low
    /// channel from each sample to the next, which a difference of rounded samples would give too coarsely.
    let channels (g: GraphBuilder) (settings: PreprocessSettings) (blocks: Value) : Value list =
        let bank = FirBank settings

        let at (taps: float[]) d =
            let k = taps.Length / 2 + d
            if k >= 0 && k < taps.Length then taps[k] else 0.0

        let low = at (bank.Low.ToArray())
        let high = at (bank.High.ToArray())
        // What is left of an impulse without the band above the high cut.
        let lowPass d = (if d = 0 then 1.0 else 0.0) - high d
        let step d = low d - low (d + 1)

        match
            filter g "low" (bank.Reach + 1) [ low; step ] blocks,
            filter g "high" (settings.HighTaps / 2) [ lowPass ] blocks
        with
        | [ low; steps ], [ below ] -> [
            blocks
            low
            Operators.subtract g below low
            Operators.subtract g blocks below
            steps
          ]
        | _ -> invalidOp "A filter gave another number of channels than it has."
