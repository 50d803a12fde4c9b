using System.Net;
using System.Text.Json;
using System.Threading.Channels;

namespace Mina.Host.Monitor.Api;

/// <summary>
/// Posts what happens to alarms to an address, in order and at least once: a notice is kept in the store until the receiver has taken it,
/// is tried again with growing pauses, and is told again after a restart. Each has an id by which a receiver knows one that it has had.
/// </summary>
public sealed class AlarmWebhook(
    MonitorService monitor,
    MonitorOptions options,
    MonitorMetrics metrics,
    TimeProvider time,
    ILogger<AlarmWebhook> log,
    HttpMessageHandler? receiver = null) : IHostedService, IDisposable
{
    // A receiver that refuses one notice for good does not keep the others from it for ever.
    private const int MaxRefusals = 10;
    private const int MaxWaiting = 100_000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client = receiver is null ? new() { Timeout = Timeout } : new(receiver) { Timeout = Timeout };
    private Task _posting = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Webhook is { } address)
            _posting = PostAllAsync(new Uri(address));
        return Task.CompletedTask;
    }

    /// <summary>Posts what the monitor told when it stopped, if the receiver takes it soon; the rest after the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.CancelAfter(Farewell);
        await _posting.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _client.Dispose();
    }

    private async Task PostAllAsync(Uri address)
    {
        var waiting = Channel.CreateBounded<AlarmNotice>(
            new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest },
            dropped => log.LogWarning("Too many alarms wait for the webhook; {Notice} is told after the next start", dropped.Id));
        using var listening = monitor.Notices.Subscribe(notice => waiting.Writer.TryWrite(notice), () => waiting.Writer.TryComplete());
        try
        {
            foreach (var notice in await monitor.Undelivered)
                await PostAsync(address, notice);
            while (await waiting.Reader.WaitToReadAsync(_stop.Token))
            {
                while (waiting.Reader.TryRead(out var notice))
                    await PostAsync(address, notice);
            }
        }
        catch (OperationCanceledException)
        {
            // The monitor stops; what was not taken is in the store.
        }
        catch (Exception e)
        {
            log.LogError(e, "The webhook has failed; alarms are told after the next start");
        }
    }

    private async Task PostAsync(Uri address, AlarmNotice notice)
    {
        var pause = TimeSpan.FromSeconds(1);
        for (int t = 1, refused = 0; ; t++)
        {
            string why;
            try
            {
                using var answer = await _client.SendAsync(Request(address, notice), _stop.Token);
                metrics.Posted(answer.IsSuccessStatusCode);
                if (answer.IsSuccessStatusCode)
                    break;
                why = $"it answered {(int)answer.StatusCode}";
                if (IsRefusal(answer.StatusCode) && ++refused == MaxRefusals)
                {
                    log.LogError("The webhook refuses {Notice} for good ({Why}); it is not told again", notice.Id, why);
                    break;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !_stop.IsCancellationRequested)
            {
                metrics.Posted(false);
                why = e.Message;
            }

            log.LogWarning("The webhook did not take {Notice} (try {Try}): {Why}", notice.Id, t, why);
            await Task.Delay(pause, time, _stop.Token);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        await monitor.DeliveredAsync(notice);
    }

    private static bool IsRefusal(HttpStatusCode answer) =>
        answer is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not (
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);

    private static HttpRequestMessage Request(Uri address, AlarmNotice notice)
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
                alarm.Open),
            MonitorJson.Default.AlarmPost);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("Idempotency-Key", notice.Id);
        return request;
    }
}
