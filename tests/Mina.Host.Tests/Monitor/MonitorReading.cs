using Mina.Host.Monitor;

namespace Mina.Host.Tests.Monitor;

/// <summary>What a monitor's store answers, at once: for conditions that a test waits for.</summary>
internal static class MonitorReading
{
    public static IReadOnlyList<WindowStatus> Verdicts(this IMonitor monitor, string stream, DateTimeOffset from, DateTimeOffset to) =>
        monitor.VerdictsAsync(stream, from, to).GetAwaiter().GetResult();

    public static IReadOnlyList<EpisodeStatus> Episodes(this IMonitor monitor, string? stream, DateTimeOffset from, DateTimeOffset to) =>
        monitor.EpisodesAsync(stream, from, to).GetAwaiter().GetResult();

    /// <summary>All alarms that were ever raised, oldest first.</summary>
    public static IReadOnlyList<AlarmStatus> AllAlarms(this IMonitor monitor) =>
        monitor.AlarmHistoryAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1)).GetAwaiter().GetResult();
}
