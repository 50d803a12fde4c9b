using System.Collections.Concurrent;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Model;

namespace Mina.Host.Monitor.Running;

/// <summary>
/// Alarms of AF that nobody has acknowledged for as long as the settings let them wait. Each is told once, over restarts too, because the
/// store knows which were.
/// </summary>
/// <param name="after">How long an alarm may wait; null: as long as it takes.</param>
/// <param name="writer">Stores and tells; knows which streams' alarms an earlier run has left unsettled.</param>
/// <param name="log">Receives failures.</param>
/// <remarks>All members may be called by any thread.</remarks>
internal sealed class Escalations(TimeSpan? after, HistoryWriter writer, ILogger log)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _escalated = new(StringComparer.Ordinal);

    /// <summary>Begins with what an earlier run left.</summary>
    public void Begin(IEnumerable<AlarmStatus> alarms)
    {
        foreach (var alarm in alarms)
        {
            if (alarm.Escalated is { } at)
                _escalated[alarm.Id] = at;
        }
    }

    /// <summary>The alarms, with when they were escalated.</summary>
    public IReadOnlyList<AlarmStatus> Mark(IReadOnlyList<AlarmStatus> alarms) =>
        _escalated.IsEmpty ? alarms : [.. alarms.Select(alarm => _escalated.TryGetValue(alarm.Id, out var at) ? alarm with { Escalated = at } : alarm)];

    /// <summary>Escalates what has waited too long.</summary>
    /// <param name="alarms">The open alarms.</param>
    /// <param name="now">The server's clock.</param>
    public void Look(Func<IReadOnlyList<AlarmStatus>> alarms, DateTimeOffset now)
    {
        if (after is not { } wait)
            return;
        foreach (var alarm in alarms())
        {
            var isDue = alarm.Acknowledged is null && Alarms.Latches(alarm.Kind) && now - alarm.Raised >= wait && !writer.Holds(alarm.Stream);
            if (isDue && _escalated.TryAdd(alarm.Id, StoreTime.Truncate(now)))
                _ = TellAsync(alarm with { Escalated = _escalated[alarm.Id] });
        }
    }

    private async Task TellAsync(AlarmStatus alarm)
    {
        try
        {
            await writer.EscalateAsync(alarm);
        }
        catch (Exception e)
        {
            log.LogError(e, "That alarm {Alarm} waits could not be told", alarm.Id);
        }
    }
}
