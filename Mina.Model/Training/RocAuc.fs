namespace Mina.Model

open System

/// The figure by which training compares epochs.
module internal RocAuc =
    /// The chance that a random window of AF scores above a random one without, where a tie counts half (Mann-Whitney's
    /// U as a share of all pairs). Null when only one class occurs.
    let ofScores (scores: float32[]) (classes: int64[]) : Nullable<float> =
        let order = Array.init scores.Length id |> Array.sortBy (fun i -> scores[i])
        let mutable rankSum = 0.0
        let mutable i = 0

        while i < order.Length do
            let mutable next = i

            while next < order.Length && scores[order[next]] = scores[order[i]] do
                next <- next + 1

            let rank = float (i + 1 + next) / 2.0

            for j in i .. next - 1 do
                if classes[order[j]] = 1L then
                    rankSum <- rankSum + rank

            i <- next

        let positives = classes |> Array.sumBy (fun c -> if c = 1L then 1.0 else 0.0)
        let negatives = float classes.Length - positives

        if positives = 0.0 || negatives = 0.0 then
            Nullable()
        else
            Nullable((rankSum - positives * (positives + 1.0) / 2.0) / (positives * negatives))
