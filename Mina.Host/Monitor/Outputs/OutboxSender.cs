using System.Net;
using System.Threading.Channels;
using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Outputs;

/// <summary>
/// Sends notices to one receiver, in order and at least once: a notice is kept in the store until the receiver has taken it, is tried again with
/// growing pauses, and is sent again after a restart.
/// </summary>
/// <typeparam name="T">The kind of notice that this receiver is told.</typeparam>
/// <param name="receiver">The name of the receiver in the log, such as "webhook".</param>
/// <param name="address">The address that it is told at; null: there is no receiver, and nothing is sent.</param>
/// <param name="monitor">The monitor whose store keeps the notices.</param>
/// <param name="time">The clock by which pauses are measured.</param>
/// <param name="log">Names notices.</param>
/// <param name="transport">Carries the requests; null: the network.</param>
public abstract class OutboxSender<T>(
    string receiver, Uri? address, MonitorService monitor, TimeProvider time, ILogger log, HttpMessageHandler? transport = null) : IHostedService, IDisposable
    where T : class, INotice
{
    // A receiver that refuses one notice for good does not keep the others from it for ever.
    private const int MaxRefusals = 10;
    private const int MaxWaiting = 100_000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client = transport is null ? new() { Timeout = Timeout } : new(transport) { Timeout = Timeout };
    private Task _sending = Task.CompletedTask;

    /// <summary>The monitor whose store keeps the notices.</summary>
    protected MonitorService Monitor { get; } = monitor;

    /// <summary>New notices, in order, which the store has or will have; completes when there will be no more.</summary>
    protected abstract IObservable<T> Notices { get; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (address is not null)
            _sending = SendAllAsync(address);
        return Task.CompletedTask;
    }

    /// <summary>Sends what the monitor told when it stopped, if the receiver takes it soon; the rest after the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.CancelAfter(Farewell);
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Dispose();
        _client.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The request that tells of a notice; null where there is nothing to tell any more.</summary>
    /// <param name="address">The receiver's address.</param>
    /// <param name="notice">The notice.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="StoreException">What is to be told cannot be read now; it is tried again.</exception>
    protected abstract Task<HttpRequestMessage?> RequestAsync(Uri address, T notice, CancellationToken cancel);

    /// <summary>Whether it can be told now; else it stays in the store, and a later notice says that it can.</summary>
    /// <param name="notice">The notice.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="StoreException">That cannot be read now; it is tried again.</exception>
    protected virtual Task<bool> IsDueAsync(T notice, CancellationToken cancel) => Task.FromResult(true);

    /// <summary>Counts an attempt.</summary>
    /// <param name="taken">Whether the receiver took the notice.</param>
    protected abstract void Count(bool taken);

    /// <summary>What a receiver says that does not take a notice, in a few words without a full stop.</summary>
    /// <param name="answer">Its answer.</param>
    /// <param name="cancel">Stops reading it.</param>
    protected virtual Task<string> WhyAsync(HttpResponseMessage answer, CancellationToken cancel) => Task.FromResult($"it answered {(int)answer.StatusCode}");

    private async Task SendAllAsync(Uri to)
    {
        var waiting = Channel.CreateBounded<T>(
            new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest },
            dropped => log.LogWarning("Too many notices wait for the {Receiver}; {Notice} is told after the next start", receiver, dropped.Id));
        using var listening = Notices.Subscribe(notice => waiting.Writer.TryWrite(notice), () => waiting.Writer.TryComplete());
        try
        {
            foreach (var notice in (await Monitor.Undelivered).OfType<T>())
                await SendAsync(to, notice);
            while (await waiting.Reader.WaitToReadAsync(_stop.Token))
            {
                while (waiting.Reader.TryRead(out var notice))
                    await SendAsync(to, notice);
            }
        }
        catch (OperationCanceledException)
        {
            // The monitor stops; what was not taken is in the store.
        }
        catch (Exception e)
        {
            log.LogError(e, "The {Receiver} has failed; it is told after the next start", receiver);
        }
    }

    private async Task SendAsync(Uri to, T notice)
    {
        var pause = TimeSpan.FromSeconds(1);
        for (int t = 1, refused = 0; ; t++)
        {
            string why;
            try
            {
                if (!await IsDueAsync(notice, _stop.Token))
                    return;
                using var request = await RequestAsync(to, notice, _stop.Token);
                if (request is null)
                    break;
                using var answer = await _client.SendAsync(request, _stop.Token);
                Count(answer.IsSuccessStatusCode);
                if (answer.IsSuccessStatusCode)
                    break;
                why = await WhyAsync(answer, _stop.Token);
                if (IsRefusal(answer.StatusCode) && ++refused == MaxRefusals)
                {
                    log.LogError("The {Receiver} refuses {Notice} for good ({Why}); it is not told again", receiver, notice.Id, why);
                    break;
                }
            }
            catch (StoreException e)
            {
                why = e.Message;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException && !_stop.IsCancellationRequested)
            {
                Count(false);
                why = e.Message;
            }

            log.LogWarning("The {Receiver} did not take {Notice} (try {Try}): {Why}", receiver, notice.Id, t, why);
            await Task.Delay(pause, time, _stop.Token);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        await Monitor.DeliveredAsync(notice);
    }

    // A receiver that does not know us any more, because a token ran out, is told when it does again.
    private static bool IsRefusal(HttpStatusCode answer) =>
        answer is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not (
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
}
