namespace Mina.Model

open System

/// What the rhythm level's network reads at one instant.
type RhythmInput = {
    /// The minute's knowledge, scaled, and what `MinuteNet.minuteNames` adds to it.
    Minute: float[]
    /// The minute's windows in order of time, each as `MinuteNet.windowNames` says.
    Windows: float[][]
}

/// What the network made of an input, and why.
type RhythmOutput = {
    /// Log odds of AF at the instant: the sum over windows of attention times evidence, and the sum of Contributions.
    Logit: float
    /// Of each window; they sum to 1.
    Attention: float[]
    /// Each window's own log odds, in the light of the minute.
    Evidence: float[]
    /// What each number of Minute adds to the log odds by itself; the last one is what they add together.
    Contributions: float[]
    /// The minute as eight numbers, which guide attention and evidence.
    Guide: float[]
    /// Inside of Evidence: eight numbers a window.
    EvidenceHidden: float[][]
}

/// The fourth level of MINA's attention: over the windows of a minute, guided by knowledge of the minute's rhythm, as
/// the other three are by knowledge within a window. Each window gives its evidence, a function of the first level's
/// log odds and of the rhythm within the window; attention weighs windows by how near they are to the instant and by
/// what they hold, guided by the minute; and the minute's knowledge adds its own part. 572 parameters, in double
/// precision. Pure.
[<RequireQualifiedAccess>]
module MinuteNet =
    /// Numbers of the guide, and of evidence's inside.
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

    let private starts =
        layout
        |> Array.map (fun (_, shape) -> Array.reduce (*) shape)
        |> Array.scan (+) 0

    /// Numbers in the flat vector.
    let parameters = Array.last starts

    /// Where each tensor of the layout begins in the flat vector.
    let internal guideW, internal guideB, internal queryW, internal queryB =
        starts[0], starts[1], starts[2], starts[3]

    let internal evidenceW, internal evidenceB, internal evidenceG, internal evidenceO =
        starts[4], starts[5], starts[6], starts[7]

    let internal guideO, internal minuteO, internal nearness, internal bias =
        starts[8], starts[9], starts[10], starts[11]

    /// Seconds between an instant and a window, over ten.
    let internal distance (window: float[]) = 3.0 * abs window[windows - 1]

    let internal softplus (x: float) = max x 0.0 + log (1.0 + exp (-(abs x)))

    /// weight (rows x length) times x, added to result.
    let private addProduct (p: float[]) (weight: int) (x: float[]) (result: float[]) =
        for r in 0 .. result.Length - 1 do
            let mutable sum = result[r]

            for c in 0 .. x.Length - 1 do
                sum <- sum + p[weight + r * x.Length + c] * x[c]

            result[r] <- sum

    /// Runs the network. Parameters are the flat vector of `layout`.
    let run (p: float[]) (input: RhythmInput) : RhythmOutput =
        let guide = Array.sub p guideB hidden
        addProduct p guideW input.Minute guide

        for i in 0 .. hidden - 1 do
            guide[i] <- tanh guide[i]

        let query = Array.sub p queryB windows
        addProduct p queryW guide query
        let context = Array.sub p evidenceB hidden
        addProduct p evidenceG guide context
        let near = softplus p[nearness]
        let count = input.Windows.Length
        let attention = Array.zeroCreate count
        let evidence = Array.zeroCreate count
        let inside = Array.zeroCreate count
        let mutable highest = Double.NegativeInfinity

        for j in 0 .. count - 1 do
            let x = input.Windows[j]
            let mutable score = -near * distance x

            for c in 0 .. windows - 1 do
                score <- score + query[c] * x[c]

            attention[j] <- score
            highest <- max highest score
            let z = Array.copy context
            addProduct p evidenceW x z
            let mutable sum = 0.0

            for i in 0 .. hidden - 1 do
                z[i] <- tanh z[i]
                sum <- sum + p[evidenceO + i] * z[i]

            inside[j] <- z
            evidence[j] <- sum

        let mutable total = 0.0

        for j in 0 .. count - 1 do
            attention[j] <- exp (attention[j] - highest)
            total <- total + attention[j]

        let contributions = Array.zeroCreate (minutes + 1)
        contributions[minutes] <- p[bias]

        for i in 0 .. hidden - 1 do
            contributions[minutes] <- contributions[minutes] + p[guideO + i] * guide[i]

        for i in 0 .. minutes - 1 do
            contributions[i] <- p[minuteO + i] * input.Minute[i]

        let mutable logit = Array.sum contributions

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

    /// Adds to `gradient` that of a loss whose derivative by the logit is `slope`. `output` is what `run` gave for the
    /// input.
    let addGradient (p: float[]) (input: RhythmInput) (output: RhythmOutput) (slope: float) (gradient: float[]) =
        let g = gradient
        let guide = output.Guide
        let guideSlope = Array.zeroCreate<float> hidden
        g[bias] <- g[bias] + slope

        for i in 0 .. minutes - 1 do
            g[minuteO + i] <- g[minuteO + i] + slope * input.Minute[i]

        for i in 0 .. hidden - 1 do
            g[guideO + i] <- g[guideO + i] + slope * guide[i]
            guideSlope[i] <- slope * p[guideO + i]

        let mutable mean = 0.0

        for j in 0 .. input.Windows.Length - 1 do
            mean <- mean + output.Attention[j] * output.Evidence[j]

        let querySlope = Array.zeroCreate<float> windows
        let insideSlope = Array.zeroCreate<float> hidden
        let mutable nearSlope = 0.0

        for j in 0 .. input.Windows.Length - 1 do
            let x = input.Windows[j]
            let z = output.EvidenceHidden[j]
            let scoreSlope = slope * output.Attention[j] * (output.Evidence[j] - mean)
            nearSlope <- nearSlope - scoreSlope * distance x

            for c in 0 .. windows - 1 do
                querySlope[c] <- querySlope[c] + scoreSlope * x[c]

            let evidenceSlope = slope * output.Attention[j]

            for i in 0 .. hidden - 1 do
                g[evidenceO + i] <- g[evidenceO + i] + evidenceSlope * z[i]
                let inner = evidenceSlope * p[evidenceO + i] * (1.0 - z[i] * z[i])
                insideSlope[i] <- insideSlope[i] + inner

                for c in 0 .. windows - 1 do
                    let at = evidenceW + i * windows + c
                    g[at] <- g[at] + inner * x[c]

        g[nearness] <- g[nearness] + nearSlope / (1.0 + exp -p[nearness])

        for c in 0 .. windows - 1 do
            g[queryB + c] <- g[queryB + c] + querySlope[c]

            for i in 0 .. hidden - 1 do
                let at = queryW + c * hidden + i
                g[at] <- g[at] + querySlope[c] * guide[i]
                guideSlope[i] <- guideSlope[i] + p[at] * querySlope[c]

        for i in 0 .. hidden - 1 do
            g[evidenceB + i] <- g[evidenceB + i] + insideSlope[i]

            for k in 0 .. hidden - 1 do
                let at = evidenceG + i * hidden + k
                g[at] <- g[at] + insideSlope[i] * guide[k]
                guideSlope[k] <- guideSlope[k] + p[at] * insideSlope[i]

        for i in 0 .. hidden - 1 do
            let inner = guideSlope[i] * (1.0 - guide[i] * guide[i])
            g[guideB + i] <- g[guideB + i] + inner

            for c in 0 .. minutes - 1 do
                let at = guideW + i * minutes + c
                g[at] <- g[at] + inner * input.Minute[c]
