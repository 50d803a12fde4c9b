namespace Mina.Model.Onnx

open Mina.Model.Onnx.Operators
open Mina.Preprocess

/// Normalisation as operators: `LiveStatistics.ComputeAll`, in double precision.
[<RequireQualifiedAccess>]
module internal NormaliseGraph =
    let private block = int64 (LiveStatistics.BlockSeconds * Shapes.Fs)

    /// Mean and variance, over the last axis, of the samples with weight 1, not those with weight 0.
    let private moments (g: GraphBuilder) (weights: Value) (samples: Value) =
        let count = sum g -1 weights
        let mean = divide g (sum g -1 (multiply g weights samples)) count
        let distance = subtract g samples (unsqueeze g -1 mean)

        let variance =
            divide g (sum g -1 (multiply g weights (multiply g distance distance))) count

        mean, variance

    /// Normalises samples (n) of 10 s or more, which are finite: the mean of those without artefact becomes 0, and
    /// their standard deviation 1.
    let samples (g: GraphBuilder) (raw: Value) : Value =
        g.Begin "normalise"
        let samples = toDouble g raw
        let length = shapeOf g raw
        let blockLength = g.Integers("block", [ block ])
        let count = divide g length blockLength
        // Blocks of 10 s are counted back from the end. A remainder shorter than a block belongs to the first one, so
        // that each sample's block is min(count - 1, its distance from the end in blocks).
        let zero, one = g.Integer 0L, g.Integer 1L
        let scalar value = squeeze g 0 value

        let indices = g.Node("Range", [ zero; scalar length; one ])

        let fromEnd =
            divide g (subtract g (subtract g length (g.Integers("one", [ 1L ]))) indices) blockLength

        let last = subtract g count (g.Integers("one", [ 1L ]))
        let blockOf = smaller g fromEnd last
        let blocks = g.Node("Range", [ zero; scalar count; one ])

        let isIn =
            toDouble g (g.Node("Equal", [ unsqueeze g 1 blocks; unsqueeze g 0 blockOf ]))

        let _, variances = moments g isIn (unsqueeze g 0 samples)
        let deviations = root g variances
        // The median of the blocks that vary: flat ones stand at the end of the sorted list, where none is looked up.
        let varies = g.Node("Greater", [ deviations; g.Double 0.0 ])
        let known = g.Node("Cast", [ varies ], [ "to", AttributeValue.Int 7L ]) |> sum g 0

        let ranked = choose g varies deviations (g.Double infinity)

        let sorted =
            g.NodeWithOutputs("TopK", [ ranked; count ], [ "largest", AttributeValue.Int 0L ], 2)
            |> List.head

        let at index = gather g 0 sorted (larger g index zero)
        let two = g.Integer 2L

        let median =
            divide
                g
                (add g (at (divide g (subtract g known one) two)) (at (smaller g (divide g known two) (scalar last))))
                (g.Double 2.0)

        let limit = multiply g median (g.Double LiveStatistics.ArtefactFactor)
        let isArtefact = g.Node("Greater", [ deviations; limit ])
        let calm = toDouble g (isNot g (gather g 0 isArtefact blockOf))
        let mean, variance = moments g calm samples
        toFloat g (divide g (subtract g samples mean) (root g variance))

    /// The windows (B, 3000) of normalised samples (n) that begin at the samples `starts` (B).
    let windows (g: GraphBuilder) (starts: Value) (normalised: Value) : Value =
        g.Begin "windows"

        let offsets = g.Integers("offsets", [ 0L .. int64 Shapes.Window - 1L ])

        add g (unsqueeze g 1 starts) (unsqueeze g 0 offsets) |> gather g 0 normalised
