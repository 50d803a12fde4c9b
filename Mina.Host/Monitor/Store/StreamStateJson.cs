using System.Text.Json;
using System.Text.Json.Serialization;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Store;

/// <summary>
/// The episode rules' state as it is stored: fields of its own, so that a change of the core's record shows here as a compiler error, and a
/// version. A later version reads an earlier one. Version 1 was the core's record without a version; it has the fields of version 2.
/// </summary>
internal static class StreamStateJson
{
    /// <summary>The version that is written.</summary>
    public const int Version = 2;

    /// <summary>The state as JSON.</summary>
    public static string Write(EpisodeState state) => JsonSerializer.Serialize(
        new StoredEpisodeState(
            Version,
            Array.ConvertAll(state.Recent, Store),
            state.Passed,
            state.Pending is { } pending ? Store(pending) : null,
            state.PendingFrom,
            state.Settled,
            new StoredRun(
                state.Run.Active, state.Run.Open, state.Run.Start, state.Run.End, state.Run.Seconds, state.Run.Weighted,
                state.Run.PauseSeconds, state.Run.PauseWeighted, state.Run.BlindSeconds),
            state.ClassifiableSeconds,
            state.ClosedSeconds,
            state.UnclassifiableSeconds),
        StreamStateContext.Default.StoredEpisodeState);

    /// <summary>Reads it; false where it is not readable, or is of a version that this program does not know.</summary>
    public static bool TryRead(string json, out EpisodeState state)
    {
        state = Episodes.Start;
        StoredEpisodeState? stored;
        try
        {
            stored = JsonSerializer.Deserialize(json, StreamStateContext.Default.StoredEpisodeState);
        }
        catch (JsonException)
        {
            return false;
        }

        if (stored is not { Recent: { } recent, Run: { } run } || (stored.Version ?? 1) is < 1 or > Version)
            return false;
        state = new EpisodeState(
            Array.ConvertAll(recent, Restore),
            stored.Passed,
            stored.Pending is { } pending ? Restore(pending) : null,
            stored.PendingFrom,
            stored.Settled,
            new AFRun(run.Active, run.Open, run.Start, run.End, run.Seconds, run.Weighted, run.PauseSeconds, run.PauseWeighted, run.BlindSeconds),
            stored.ClassifiableSeconds,
            stored.ClosedSeconds,
            stored.UnclassifiableSeconds);
        return true;
    }

    private static StoredWindow Store(Verdict verdict) =>
        new(verdict.StartSeconds, verdict.Probability, verdict.Fault == WindowFault.None ? null : verdict.Fault.ToString());

    // Version 1 did not keep why a window was unclassifiable; the rules do not ask.
    private static Verdict Restore(StoredWindow window) =>
        new(
            window.StartSeconds,
            window.Probability,
            Enum.TryParse<WindowFault>(window.Fault, out var fault) ? fault : window.Probability is null ? WindowFault.Gap : WindowFault.None);

    internal sealed record StoredEpisodeState(
        int? Version,
        StoredWindow[]? Recent,
        int Passed,
        StoredWindow? Pending,
        double PendingFrom,
        double? Settled,
        StoredRun? Run,
        double ClassifiableSeconds,
        double ClosedSeconds,
        double UnclassifiableSeconds);

    internal sealed record StoredWindow(double StartSeconds, double? Probability, string? Fault);

    internal sealed record StoredRun(
        bool Active, bool Open, double Start, double End, double Seconds, double Weighted, double PauseSeconds, double PauseWeighted, double BlindSeconds);
}

/// <summary>Generated, so that nothing is looked up by reflection.</summary>
[JsonSerializable(typeof(StreamStateJson.StoredEpisodeState))]
internal sealed partial class StreamStateContext : JsonSerializerContext;
