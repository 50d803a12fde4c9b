namespace Mina.Model

open System
open Mina.Preprocess.Beats

/// Moves the ends of an episode to the beats at which AF begins and stops. Windows of ten seconds cannot say it closer
/// than a few seconds; the intervals between beats and their P waves can.
[<RequireQualifiedAccess>]
module EpisodeEdges =
    let private fs = float Mina.Preprocess.Shapes.Fs

    /// How far an end may move, in seconds.
    let reachSeconds = 12.0

    /// How strongly a beat speaks for AF (above 0) or against it: by how unlike its interval is those of the six beats
    /// around it, and by its P wave. The constants were fitted to 26 ends of episodes (EXPERIMENTS.md), which they
    /// bring only a little closer: from 7.5 s off to 6.1 s in the mean.
    let private evidence (beats: Beat[]) (i: int) =
        let from, until = max 1 (i - 3), min (beats.Length - 1) (i + 3)

        let around = [|
            for k in from..until do
                if k <> i && beats[k].Interval > 0 then
                    float beats[k].Interval
        |]

        let irregular =
            if beats[i].Interval = 0 || around.Length < 3 then
                0.0
            else
                let typical = Intervals.median around

                let nearest =
                    around
                    |> Array.map (fun x -> abs (x - float beats[i].Interval))
                    |> Intervals.median

                Math.Clamp(log (nearest / typical + 0.005) + 2.7, -1.5, 1.5)

        let pWave =
            if beats[i].PWave.HasValue then
                3.0 * (0.6 - float beats[i].PWave.Value)
            else
                0.0

        irregular + pWave

    /// The sample in whose favour the evidence changes most: `sign` 1 for a beginning, -1 for an end.
    let private change (beats: Beat[]) (at: float) (sign: float) =
        let inReach =
            [| 0 .. beats.Length - 1 |]
            |> Array.filter (fun i -> abs (float beats[i].Sample / fs - at) <= reachSeconds)

        if inReach.Length < 6 then
            at
        else
            let values = inReach |> Array.map (fun i -> sign * evidence beats i)
            let total = Array.sum values
            let mutable before = 0.0
            let mutable best = Double.NegativeInfinity
            let mutable place = at

            // Everything before the change should speak against, everything from it on for; and the windows' verdict
            // counts too.
            for k in 0 .. inReach.Length - 1 do
                let seconds = float beats[inReach[k]].Sample / fs
                let far = seconds - at
                let score = (total - before) - before - far * far / 2.0

                if score > best then
                    best <- score
                    place <- seconds

                before <- before + values[k]

            place

    /// <summary>The episode with its ends at beats.</summary>
    /// <param name="beats">The recording's beats, in order of time; those about the episode's ends are enough.</param>
    /// <param name="seconds">The recording's length: an end that lies at its beginning or end stays there.</param>
    /// <param name="episode">As the rules found it.</param>
    [<CompiledName("Refine")>]
    let refine (beats: Beat[]) (seconds: float) (episode: Episode) : Episode =
        let start =
            if episode.StartSeconds <= 1.0 then
                episode.StartSeconds
            else
                change beats episode.StartSeconds 1.0

        let finish =
            if episode.EndSeconds >= seconds - 1.0 then
                episode.EndSeconds
            else
                change beats episode.EndSeconds -1.0

        if finish > start then
            {
                episode with
                    StartSeconds = start
                    EndSeconds = finish
            }
        else
            episode
