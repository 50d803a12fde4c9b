using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Mina.Host.Monitor.Api;

/// <summary>
/// Alarms as server-sent events: first those that are open, then what happens. Whoever connects again is told of all that are open
/// again; the id of an event is the same each time.
/// </summary>
internal static class AlarmStream
{
    private const int MaxWaiting = 1000;

    // A proxy ends a connection on which nothing comes, mostly after a minute.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(3);

    /// <summary>
    /// An alarm, and what happened to it: Raised, Acknowledged, Cleared; on connecting Active for each that is open, after Connected
    /// without any, and KeepAlive without any where nothing has happened for 20 s.
    /// </summary>
    public sealed record AlarmMessage(string Event, AlarmStatus? Alarm);

    /// <summary>Adds the endpoint.</summary>
    public static void Map(WebApplication app) => app
        .MapGet("/api/alarms/events", (MonitorService monitor, TimeProvider time, CancellationToken cancel, IHostApplicationLifetime lifetime) =>
            TypedResults.ServerSentEvents(EventsAsync(monitor, time, lifetime.ApplicationStopping, cancel)))
        .WithName("watchAlarms").WithSummary("Alarms as server-sent events: those that are open, then each that is raised, acknowledged or cleared");

    private static async IAsyncEnumerable<SseItem<AlarmMessage>> EventsAsync(
        MonitorService monitor,
        TimeProvider time,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        // One who does not read loses the oldest, and does not hold up the others.
        var waiting = Channel.CreateBounded<AlarmNotice>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        using var listening = monitor.Notices.Subscribe(notice => waiting.Writer.TryWrite(notice), () => waiting.Writer.TryComplete());
        await using var stopped = either.Token.UnsafeRegister(_ => waiting.Writer.TryComplete(), null);
        // Something at once, so that the other side sees that it is connected.
        yield return new SseItem<AlarmMessage>(new AlarmMessage("Connected", null), "alarm") { ReconnectionInterval = Retry };
        foreach (var alarm in monitor.Alarms.Reverse())
            yield return new SseItem<AlarmMessage>(new AlarmMessage("Active", alarm), "alarm");
        while (true)
        {
            var more = waiting.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            while (await Task.WhenAny(more, Task.Delay(KeepAlive, time, either.Token)).ConfigureAwait(false) != more && !either.IsCancellationRequested)
                yield return new SseItem<AlarmMessage>(new AlarmMessage("KeepAlive", null), "alarm");
            if (either.IsCancellationRequested || !await more.ConfigureAwait(false))
                yield break;
            while (waiting.Reader.TryRead(out var notice))
                yield return new SseItem<AlarmMessage>(new AlarmMessage(notice.Event.ToString(), notice.Alarm), "alarm") { EventId = notice.Id };
        }
    }
}
