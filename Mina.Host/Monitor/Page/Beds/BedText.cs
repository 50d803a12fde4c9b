using Mina.Host.Monitor.Beds;

namespace Mina.Host.Monitor.Page;

/// <summary>What the page says of a bed.</summary>
internal static class BedText
{
    /// <summary>The lengths of a pause that can be chosen, in minutes.</summary>
    public static readonly IReadOnlyList<int> Pauses = [10, 30, 60, 120, 240, 480];

    /// <summary>The name of a stream's bed; the stream's own where it has none.</summary>
    public static string NameOf(StreamStatus stream) => stream.Bed is { State: not BedState.Discharged } bed ? bed.Name : stream.Name;

    /// <summary>Whether a stream, its bed, its unit or its patient's label contains a text.</summary>
    public static bool Matches(StreamStatus stream, string text) =>
        new[] { stream.Name, stream.Bed?.Name, stream.Bed?.Unit, stream.Bed?.Patient }
            .Any(name => name?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>What everybody has to see of a bed at once: that it raises no alarm, or none of AF, and that its patient is paced.</summary>
    /// <param name="bed">The bed; null where a stream has none.</param>
    /// <param name="viewer">Whose clock the times are by.</param>
    /// <param name="withReason">Whether it is said why a bed is paused.</param>
    public static IEnumerable<string> Notes(BedStatus? bed, Viewer viewer, bool withReason = true)
    {
        if (bed is { State: BedState.Discharged })
            yield return "Discharged";
        if (bed is { PausedUntil: { } until })
            yield return $"Paused until {viewer.Clock(until)}{(withReason ? $": {bed.PauseReason}" : "")}";
        if (bed is { AFAlarmOff: true })
            yield return "AF alarm off";
        if (bed is { Paced: true })
            yield return "Paced";
    }
}
