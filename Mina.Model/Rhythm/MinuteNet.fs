namespace Mina.Model

open System
open System.Numerics

/// The input of the rhythm level's network at one instant.
type RhythmInput = {
    /// The scaled numbers of `MinuteNet.minuteNames`, except the lag.
    Minute: float[]
    /// The seconds from the instant to the minute's end.
    Lag: float
    /// The minute's windows in order of time, each with the numbers of `MinuteNet.windowNames` except the offset.
    Windows: float[][]
    /// The seconds from the instant to each window's centre.
    Offsets: float[]
}

/// The output of the network, and the reasons for it.
type RhythmOutput = {
    /// The log odds of AF at the instant: the sum over windows of attention times evidence, plus the sum of
    /// Contributions.
    Logit: float
    /// The attention of each window; they add up to 1.
    Attention: float[]
    /// Each window's own log odds, given the minute.
    Evidence: float[]
    /// What each number of Minute adds to the log odds by itself; the last number is what they add together.
    Contributions: float[]
    /// The minute as eight numbers, which guide attention and evidence.
    Guide: float[]
    /// The hidden layer of the evidence: eight numbers for each window, one window after the other.
    EvidenceHidden: float[]
}

/// The fourth level of MINA's attention: over the windows of a minute, guided by knowledge of the minute's rhythm, as
/// the other three are by knowledge within a window. Each window gives its evidence, a function of the first level's
/// log odds and of the rhythm within the window; attention weighs windows by how near they are to the instant and by
/// what they hold, guided by the minute; and the minute's knowledge adds its own part. It has 581 parameters, in double
/// precision.
[<RequireQualifiedAccess>]
module MinuteNet =
    /// The number of numbers in the guide, and in the evidence's hidden layer.
    let hidden = 8

    /// The names of a minute's numbers, in order.
    let minuteNames =
        Array.append RhythmKnowledge.names [| "no_rhythm" (* 1: too few beats for all of it *) ; "lag" (* s / 30 *) |]

    /// The names of a window's numbers, in order.
    let windowNames =
        Array.append RhythmKnowledge.windowNames [|
            "no_rhythm" // 1: too few beats for all of it
            "logit" // the first level's log odds / 3; 0 where it gave none
            "classified" // 1: it gave some
            "offset" // from the instant to the window's centre, s / 30
        |]

    let private minutes = minuteNames.Length
    let private windows = windowNames.Length

    /// The tensors of the flat parameter vector: name and shape, in order.
    let layout: (string * int[])[] = [|
        "guide.weight", [| hidden; minutes |]
        "guide.bias", [| hidden |]
        "query.weight", [| windows; hidden |]
        "query.bias", [| windows |]
        "evidence.weight", [| hidden; windows |]
        "evidence.bias", [| hidden |]
        "evidence.guide", [| hidden; hidden |]
        "evidence.out", [| hidden |]
        "guide.out", [| hidden |]
        "minute.out", [| minutes |]
        "nearness", [| 1 |]
        "bias", [| 1 |]
    |]

    /// The index in the flat vector at which each tensor of the layout begins, and last the length of all of them.
    let internal starts =
        layout
        |> Array.map (fun (_, shape) -> Array.reduce (*) shape)
        |> Array.scan (+) 0

    /// The length of the flat vector.
    let parameters = Array.last starts

    /// The index in the flat vector at which each tensor of the layout begins.
    let internal guideW, internal guideB, internal queryW, internal queryB =
        starts[0], starts[1], starts[2], starts[3]

    let internal evidenceW, internal evidenceB, internal evidenceG, internal evidenceO =
        starts[4], starts[5], starts[6], starts[7]

    let internal guideO, internal minuteO, internal nearness, internal bias =
        starts[8], starts[9], starts[10], starts[11]

    let internal softplus (x: float) = max x 0.0 + log (1.0 + exp (-(abs x)))

    /// An approximation of tanh, within -1 .. 1, by basic arithmetic alone, so that the bits are the same on every
    /// machine.
    let internal bounded (x: float) =
        let x = Math.Clamp(x, -3.0, 3.0)
        x * (27.0 + x * x) / (27.0 + 9.0 * x * x)

    /// The derivative of `bounded` at x.
    let internal boundedSlope (x: float) =
        let square = min 9.0 (x * x)
        let ratio = (9.0 - square) / (3.0 + square)
        ratio * ratio / 9.0

    /// Adds weight (rows, length) times x to the result.
    let private addProduct (p: float[]) (weight: int) (x: float[]) (result: float[]) =
        for r in 0 .. result.Length - 1 do
            let mutable sum = result[r]

            for c in 0 .. x.Length - 1 do
                sum <- sum + p[weight + r * x.Length + c] * x[c]

            result[r] <- sum

    /// The numbers of the minute with the lag.
    let internal minuteOf (input: RhythmInput) =
        let minute = Array.copy input.Minute
        minute[minutes - 1] <- input.Lag / 30.0
        minute

    /// The evidence's weights, one column after the other, so that the eight weights of a window's number are adjacent.
    let private evidenceColumns (p: float[]) =
        let columns = Array.zeroCreate<float>(windows * hidden)

        for c in 0 .. windows - 1 do
            for i in 0 .. hidden - 1 do
                columns[c * hidden + i] <- p[evidenceW + i * windows + c]

        columns

    /// Runs the network. Parameters are the flat vector of `layout`.
    let run (p: float[]) (input: RhythmInput) : RhythmOutput =
        let minute = minuteOf input
        let guide = Array.sub p guideB hidden
        addProduct p guideW minute guide

        for i in 0 .. hidden - 1 do
            guide[i] <- bounded guide[i]

        let query = Array.sub p queryB windows
        addProduct p queryW guide query
        let context = Array.sub p evidenceB hidden
        addProduct p evidenceG guide context
        let columns = evidenceColumns p
        let near = softplus p[nearness]
        let count = input.Windows.Length
        let attention = Array.zeroCreate<float> count
        let evidence = Array.zeroCreate<float> count
        let inside = Array.zeroCreate<float>(count * hidden)
        let lanes = Vector<float>.Count
        let low, high = Vector<float>(-3.0), Vector<float>(3.0)
        let nine, many = Vector<float>(9.0), Vector<float>(27.0)
        let mutable highest = Double.NegativeInfinity

        for j in 0 .. count - 1 do
            let x = input.Windows[j]
            let offset = input.Offsets[j] / 30.0
            let mutable score = query[windows - 1] * offset - near * 3.0 * abs offset

            for c in 0 .. windows - 2 do
                score <- score + query[c] * x[c]

            attention[j] <- score
            highest <- max highest score
            let mutable i = 0

            while i < hidden do
                let mutable z =
                    Vector<float>(context, i)
                    + Vector<float>(columns, (windows - 1) * hidden + i) * Vector<float>(offset)

                for c in 0 .. windows - 2 do
                    z <- z + Vector<float>(columns, c * hidden + i) * Vector<float>(x[c])

                // The same approximation as `bounded`.
                let z = Vector.Min(high, Vector.Max(low, z))
                let square = z * z
                (z * (many + square) / (many + nine * square)).CopyTo(inside, j * hidden + i)
                i <- i + lanes

            let mutable sum = 0.0

            for i in 0 .. hidden - 1 do
                sum <- sum + p[evidenceO + i] * inside[j * hidden + i]

            evidence[j] <- sum

        let mutable total = 0.0

        for j in 0 .. count - 1 do
            attention[j] <- exp (attention[j] - highest)
            total <- total + attention[j]

        let contributions = Array.zeroCreate<float>(minutes + 1)
        contributions[minutes] <- p[bias]

        for i in 0 .. hidden - 1 do
            contributions[minutes] <- contributions[minutes] + p[guideO + i] * guide[i]

        let mutable logit = contributions[minutes]

        for i in 0 .. minutes - 1 do
            contributions[i] <- p[minuteO + i] * minute[i]
            logit <- logit + contributions[i]

        for j in 0 .. count - 1 do
            attention[j] <- attention[j] / total
            logit <- logit + attention[j] * evidence[j]

        {
            Logit = logit
            Attention = attention
            Evidence = evidence
            Contributions = contributions
            Guide = guide
            EvidenceHidden = inside
        }

    /// Adds to `gradient` the gradient of a loss whose derivative by the logit is `slope`. `output` is the result of
    /// `run` for the input.
    let addGradient (p: float[]) (input: RhythmInput) (output: RhythmOutput) (slope: float) (gradient: float[]) =
        let g = gradient
        let guide = output.Guide
        let minute = minuteOf input
        let guideSlope = Array.zeroCreate<float> hidden
        g[bias] <- g[bias] + slope

        for i in 0 .. minutes - 1 do
            g[minuteO + i] <- g[minuteO + i] + slope * minute[i]

        for i in 0 .. hidden - 1 do
            g[guideO + i] <- g[guideO + i] + slope * guide[i]
            guideSlope[i] <- slope * p[guideO + i]

        let mutable mean = 0.0

        for j in 0 .. input.Windows.Length - 1 do
            mean <- mean + output.Attention[j] * output.Evidence[j]

        // The arguments of the bounds in `run`.
        let context = Array.sub p evidenceB hidden
        addProduct p evidenceG guide context
        let querySlope = Array.zeroCreate<float> windows
        let insideSlope = Array.zeroCreate<float> hidden
        // The columns' gradient, in the order of `evidenceColumns`.
        let columns, columnSlopes =
            evidenceColumns p, Array.zeroCreate<float>(windows * hidden)

        let inner = Array.zeroCreate<float> hidden
        let mutable nearSlope = 0.0

        for j in 0 .. input.Windows.Length - 1 do
            let x = input.Windows[j]
            let offset = input.Offsets[j] / 30.0
            let scoreSlope = slope * output.Attention[j] * (output.Evidence[j] - mean)
            nearSlope <- nearSlope - scoreSlope * 3.0 * abs offset

            for c in 0 .. windows - 2 do
                querySlope[c] <- querySlope[c] + scoreSlope * x[c]

            querySlope[windows - 1] <- querySlope[windows - 1] + scoreSlope * offset
            let evidenceSlope = slope * output.Attention[j]

            for i in 0 .. hidden - 1 do
                inner[i] <- context[i] + columns[(windows - 1) * hidden + i] * offset

            for c in 0 .. windows - 2 do
                for i in 0 .. hidden - 1 do
                    inner[i] <- inner[i] + columns[c * hidden + i] * x[c]

            for i in 0 .. hidden - 1 do
                g[evidenceO + i] <- g[evidenceO + i] + evidenceSlope * output.EvidenceHidden[j * hidden + i]
                inner[i] <- evidenceSlope * p[evidenceO + i] * boundedSlope inner[i]
                insideSlope[i] <- insideSlope[i] + inner[i]

            for c in 0 .. windows - 2 do
                for i in 0 .. hidden - 1 do
                    columnSlopes[c * hidden + i] <- columnSlopes[c * hidden + i] + inner[i] * x[c]

            for i in 0 .. hidden - 1 do
                let at = (windows - 1) * hidden + i
                columnSlopes[at] <- columnSlopes[at] + inner[i] * offset

        g[nearness] <- g[nearness] + nearSlope / (1.0 + exp -p[nearness])

        for c in 0 .. windows - 1 do
            g[queryB + c] <- g[queryB + c] + querySlope[c]

            for i in 0 .. hidden - 1 do
                let at = evidenceW + i * windows + c
                g[at] <- g[at] + columnSlopes[c * hidden + i]
                let at = queryW + c * hidden + i
                g[at] <- g[at] + querySlope[c] * guide[i]
                guideSlope[i] <- guideSlope[i] + p[at] * querySlope[c]

        for i in 0 .. hidden - 1 do
            g[evidenceB + i] <- g[evidenceB + i] + insideSlope[i]

            for k in 0 .. hidden - 1 do
                let at = evidenceG + i * hidden + k
                g[at] <- g[at] + insideSlope[i] * guide[k]
                guideSlope[k] <- guideSlope[k] + p[at] * insideSlope[i]

        let before = Array.sub p guideB hidden
        addProduct p guideW minute before

        for i in 0 .. hidden - 1 do
            let inner = guideSlope[i] * boundedSlope before[i]
            g[guideB + i] <- g[guideB + i] + inner

            for c in 0 .. minutes - 1 do
                let at = guideW + i * minutes + c
                g[at] <- g[at] + inner * minute[c]
