namespace Mina.Model

open System
open Mina.Preprocess.Beats

/// Moves the ends of an episode to the beats at which AF begins and stops. Windows of ten seconds show that only to a
/// few seconds, and the intervals between beats and their P waves show it better.
[<RequireQualifiedAccess>]
module EpisodeEdges =
    let private fs = float Mina.Preprocess.Shapes.Fs

    /// The largest distance in seconds by which an end may move.
    let reachSeconds = 12.0

    /// The evidence of a beat for AF (above 0) or against it: by how much its interval differs from those of the six
    /// beats around it, and by its P wave. The constants were fitted to 26 ends of episodes (EXPERIMENTS.md), whose
    /// mean error they reduce only from 7.5 s to 6.1 s.
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

    /// The sample at which the evidence changes most: `sign` is 1 for a beginning and -1 for an end.
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

            // Beats before the change should speak against AF, and those from it on for AF. The windows' verdict counts
            // too.
            for k in 0 .. inReach.Length - 1 do
                let seconds = float beats[inReach[k]].Sample / fs
                let far = seconds - at
                let score = (total - before) - before - far * far / 2.0

                if score > best then
                    best <- score
                    place <- seconds

                before <- before + values[k]

            place

    /// <summary>Returns the episode with its ends at beats.</summary>
    /// <param name="beats">The recording's beats, in order of time; those around the episode's ends are enough.</param>
    /// <param name="seconds">The recording's length; an end of the episode at the recording's beginning or end stays
    /// there.</param>
    /// <param name="episode">The episode that the rules found.</param>
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
