using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Mina.Host.Monitor.Api;

/// <summary>
/// Alarms as server-sent events: first those that are not cleared, then what happens. Whoever connects again is told of all that are open
/// again; the id of an event is the same each time.
/// </summary>
internal static class AlarmStream
{
    private const int MaxWaiting = 1000;

    /// <summary>
    /// An alarm, and what happened to it: Raised, Acknowledged, Cleared; on connecting Active for each that is not cleared, after Connected
    /// without any.
    /// </summary>
    public sealed record AlarmMessage(string Event, AlarmStatus? Alarm);

    /// <summary>Adds the endpoint.</summary>
    public static void Map(WebApplication app) => app
        .MapGet("/api/alarms/events", (MonitorService monitor, CancellationToken cancel, IHostApplicationLifetime lifetime) =>
            TypedResults.ServerSentEvents(EventsAsync(monitor, lifetime.ApplicationStopping, cancel)))
        .WithSummary("Alarms as server-sent events: those that are not cleared, then each that is raised, acknowledged or cleared");

    private static async IAsyncEnumerable<SseItem<AlarmMessage>> EventsAsync(
        MonitorService monitor,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        // One who does not read loses the oldest, and does not hold up the others.
        var waiting = Channel.CreateBounded<AlarmNotice>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        using var listening = monitor.Notices.Subscribe(notice => waiting.Writer.TryWrite(notice), () => waiting.Writer.TryComplete());
        await using var stopped = either.Token.UnsafeRegister(_ => waiting.Writer.TryComplete(), null);
        // Something at once, so that the other side sees that it is connected.
        yield return new SseItem<AlarmMessage>(new AlarmMessage("Connected", null), "alarm");
        foreach (var alarm in monitor.Alarms.Reverse())
            yield return new SseItem<AlarmMessage>(new AlarmMessage("Active", alarm), "alarm");
        await foreach (var notice in waiting.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            yield return new SseItem<AlarmMessage>(new AlarmMessage(notice.Event.ToString(), notice.Alarm), "alarm") { EventId = notice.Id };
    }
}
