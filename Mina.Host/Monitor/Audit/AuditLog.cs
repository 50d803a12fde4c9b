using System.Threading.Channels;
using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Audit;

/// <summary>
/// Takes down who did what. Whoever did it never waits: entries are stored in the background, in order, and while the store cannot be written they
/// wait in memory. Of more than <see cref="MaxWaiting"/> the oldest are lost, and the log says how many.
/// </summary>
/// <param name="history">The way into the store.</param>
/// <param name="store">Forgets what is too old.</param>
/// <param name="options">Say how long entries are kept.</param>
/// <param name="time">The server's clock.</param>
/// <param name="log">Says what is lost.</param>
internal sealed class AuditLog(History history, IMonitorStore store, MonitorOptions options, TimeProvider time, ILogger<AuditLog> log) : BackgroundService
{
    /// <summary>Entries that wait at most.</summary>
    public const int MaxWaiting = 50_000;

    private const int AtOnce = 500;
    private const int ForgetAtOnce = 2000;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Tick = TimeSpan.FromMicroseconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<AuditEntry> _waiting = new();
    private readonly Channel<bool> _more = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private DateTimeOffset _last = DateTimeOffset.MinValue;
    private long _lost;

    /// <summary>Takes down what somebody did.</summary>
    /// <param name="who">The name of the token, else what the person said; null: nobody in particular.</param>
    /// <param name="action">What.</param>
    /// <param name="about">What it is about.</param>
    /// <param name="address">The network address that it came from.</param>
    public void Add(string? who, AuditAction action, string? about, string? address)
    {
        lock (_gate)
        {
            var now = StoreTime.Truncate(time.GetUtcNow());
            _last = now > _last ? now : _last + Tick;
            _waiting.Enqueue(new AuditEntry(_last, who, action, about, address));
            if (_waiting.Count > MaxWaiting)
            {
                _waiting.Dequeue();
                _lost++;
            }
        }

        _more.Writer.TryWrite(true);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var forgot = time.GetTimestamp() - (long)(ForgetEvery.TotalSeconds * time.TimestampFrequency);
        while (true)
        {
            var more = _more.Reader.WaitToReadAsync(stoppingToken).AsTask();
            if (await Task.WhenAny(more, Task.Delay(ForgetEvery, time, stoppingToken)) == more && await more)
                _more.Reader.TryRead(out _);
            while (!await WriteAsync())
                await Task.Delay(RetryAfter, time, stoppingToken);
            stoppingToken.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(forgot) < ForgetEvery)
                continue;
            forgot = time.GetTimestamp();
            await ForgetAsync(stoppingToken);
        }
    }

    // Whether nothing waits any more.
    private async Task<bool> WriteAsync()
    {
        while (true)
        {
            var changes = new StoreChanges();
            long lost;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                    return true;
                if (!history.IsWritten)
                    return false;
                for (var i = 0; i < AtOnce && _waiting.TryDequeue(out var entry); i++)
                    changes.Put(entry);
                (lost, _lost) = (_lost, 0);
            }

            if (lost > 0)
                log.LogError("{Count} entries of the audit log are lost: the store could not be written for too long", lost);
            await history.WriteOrKeepAsync(changes);
        }
    }

    private async Task ForgetAsync(CancellationToken cancel)
    {
        try
        {
            while (await store.ForgetAuditAsync(time.GetUtcNow() - options.AuditRetention, ForgetAtOnce, cancel))
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancel);
        }
        catch (StoreException e)
        {
            log.LogWarning("What is too old in the audit log could not be forgotten ({Why}); it is tried again", e.Message);
        }
    }
}
