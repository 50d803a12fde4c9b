using Mina.Model;

namespace Mina.Host.Monitor.Store;

/// <summary>What a stream goes on from after a restart.</summary>
/// <param name="Name">Its id.</param>
/// <param name="Origin">What its seconds count from.</param>
/// <param name="LastStart">Start of its last window, in seconds from the origin; null: there was none.</param>
/// <param name="Fs">Of the device, Hz.</param>
/// <param name="LastSample">End of its last window.</param>
/// <param name="Episodes">The episode rules' state.</param>
public sealed record StoredStream(string Name, DateTimeOffset Origin, double? LastStart, double Fs, DateTimeOffset LastSample, EpisodeState Episodes);

/// <summary>What changed; written whole or not at all.</summary>
public sealed class StoreChanges
{
    /// <summary>Where streams stand now.</summary>
    public List<StoredStream> Streams { get; } = [];

    /// <summary>New verdicts.</summary>
    public List<(string Stream, WindowStatus Window)> Verdicts { get; } = [];

    /// <summary>Episodes, new or changed.</summary>
    public List<EpisodeStatus> Episodes { get; } = [];

    /// <summary>Alarms, new or changed.</summary>
    public List<AlarmStatus> Alarms { get; } = [];

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => Streams.Count == 0 && Verdicts.Count == 0 && Episodes.Count == 0 && Alarms.Count == 0;
}
