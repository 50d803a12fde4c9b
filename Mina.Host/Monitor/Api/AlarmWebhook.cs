using System.Text.Json;
using Mina.Host.Monitor.Outputs;

namespace Mina.Host.Monitor.Api;

/// <summary>
/// Posts what happens to alarms to an address, in order and at least once. Each notice has an id by which a receiver knows one that it has had.
/// </summary>
public sealed class AlarmWebhook(
    MonitorService monitor,
    MonitorOptions options,
    MonitorMetrics metrics,
    TimeProvider time,
    ILogger<AlarmWebhook> log,
    HttpMessageHandler? receiver = null)
    : OutboxSender<AlarmNotice>("webhook", options.Webhook is { } address ? new Uri(address) : null, monitor, time, log, receiver)
{
    /// <inheritdoc/>
    protected override IObservable<AlarmNotice> Notices => Monitor.Notices;

    /// <inheritdoc/>
    protected override void Count(bool taken) => metrics.Posted(taken);

    /// <inheritdoc/>
    protected override Task<HttpRequestMessage?> RequestAsync(Uri address, AlarmNotice notice, CancellationToken cancel)
    {
        var alarm = notice.Alarm;
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new AlarmPost(
                notice.Event.ToString(),
                notice.Id,
                alarm.Id,
                alarm.Stream,
                alarm.Kind.ToString(),
                alarm.Raised,
                alarm.Acknowledged,
                alarm.AcknowledgedBy,
                alarm.Cleared,
                alarm.Signal,
                alarm.Onset,
                alarm.Episode,
                alarm.Escalated,
                alarm.Open),
            MonitorJson.Default.AlarmPost);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("Idempotency-Key", notice.Id);
        return Task.FromResult<HttpRequestMessage?>(request);
    }
}
