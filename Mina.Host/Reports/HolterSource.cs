using Mina.Host.Monitor;
using Mina.Host.Monitor.Reviewing;

namespace Mina.Host.Reports;

/// <summary>What a Holter report is made of: a recording, or a span of a stream.</summary>
/// <param name="Name">The recording's or the stream's name.</param>
/// <param name="From">The time of its first sample.</param>
/// <param name="To">The time of its last sample.</param>
/// <param name="Fs">Its sampling frequency, Hz.</param>
/// <param name="Windows">Its verdicts, in order of time.</param>
/// <param name="Episodes">Its episodes, in order of time, cut to the span.</param>
internal sealed record HolterSource(
    string Name, DateTimeOffset From, DateTimeOffset To, double Fs, IReadOnlyList<WindowStatus> Windows, IReadOnlyList<EpisodeStatus> Episodes)
{
    /// <summary>Whether it is a span of a stream, and no recording.</summary>
    public bool IsStream { get; init; }

    /// <summary>Whether its times are times of day, or only count from its start.</summary>
    public bool IsDated { get; init; } = true;

    /// <summary>The offset from UTC at which times are shown.</summary>
    public TimeSpan Offset { get; init; }

    /// <summary>The name of the lead; empty where it is not known.</summary>
    public string LeadName { get; init; } = "";

    /// <summary>The number of beats found in the ECG that there is.</summary>
    public int Beats { get; init; }

    /// <summary>The times of the beats whose shape is not the prevailing one.</summary>
    public IReadOnlyList<DateTimeOffset> Ectopic { get; init; } = [];

    /// <summary>The review that has the word on an episode, by the episode's id.</summary>
    public IReadOnlyDictionary<string, ReviewStatus> Words { get; init; } = new Dictionary<string, ReviewStatus>();
}
