namespace Mina.Host.Monitor;

/// <summary>What there is to tell of an episode.</summary>
public enum EpisodeStage
{
    /// <summary>It has begun, and the ECG of its onset is kept.</summary>
    Began,

    /// <summary>It is over.</summary>
    Ended,

    /// <summary>It is over, and all of its strips are kept.</summary>
    Kept,
}

/// <summary>
/// That there is something to tell of an episode. What is told is read from the store when it is told, so that an old notice never takes back
/// what a later one said.
/// </summary>
/// <param name="Stream">The stream it is of.</param>
/// <param name="Onset">The episode's start, which together with the stream names it.</param>
/// <param name="Stage">What is known of it.</param>
/// <param name="End">Of <see cref="EpisodeStage.Ended"/>, the end: one that a replay has moved is another notice. Else null.</param>
public sealed record EpisodeNotice(string Stream, DateTimeOffset Onset, EpisodeStage Stage, DateTimeOffset? End = null) : INotice
{
    /// <summary>The id of the episode.</summary>
    public string Episode => Identity.ForEpisode(Stream, Onset);

    /// <summary>The episode's id, the stage and the end: the same for every delivery of this notice.</summary>
    public string Id => End is { } end ? $"{Episode}~{Stage}~{Identity.Time(end)}" : $"{Episode}~{Stage}";
}
