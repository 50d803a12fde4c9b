using System.Threading.Channels;

namespace Mina.Host.Monitor.Api;

/// <summary>Posts what happens to alarms to an address, in order, each up to three times.</summary>
public sealed class AlarmWebhook(MonitorService monitor, MonitorOptions options, TimeProvider time, ILogger<AlarmWebhook> log) : BackgroundService
{
    private const int Tries = 3;
    private const int MostWaiting = 1000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Webhook is not { } address)
            return;
        using var client = new HttpClient { Timeout = Timeout };
        var waiting = Channel.CreateBounded<AlarmNotice>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        using var listening = monitor.Notices.Subscribe(notice => waiting.Writer.TryWrite(notice));
        try
        {
            await foreach (var notice in waiting.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
                await PostAsync(client, address, notice, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The monitor stops.
        }
    }

    private async Task PostAsync(HttpClient client, string address, AlarmNotice notice, CancellationToken stop)
    {
        for (var t = 1; t <= Tries; t++)
        {
            try
            {
                using var answer = await client.PostAsJsonAsync(address, new { @event = notice.Event.ToString(), notice.Alarm.Id, notice.Alarm.Stream, kind = notice.Alarm.Kind.ToString(), notice.Alarm.Raised, notice.Alarm.Acknowledged, notice.Alarm.AcknowledgedBy, notice.Alarm.Cleared }, stop).ConfigureAwait(false);
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
            {
                log.LogWarning("The webhook did not take alarm {Alarm} (try {Try} of {Tries}): {Why}", notice.Alarm.Id, t, Tries, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(t), time, stop).ConfigureAwait(false);
            }
        }
    }
}
