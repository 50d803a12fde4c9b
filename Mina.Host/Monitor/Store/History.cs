namespace Mina.Host.Monitor.Store;

/// <summary>
/// The way into the store for everything that the monitor finds. While the store cannot be written, changes wait in memory and the monitor
/// goes on; when it can, they are written, in order. What a person did is stored or refused, and never waits.
/// </summary>
/// <remarks>Any thread. Writes follow each other.</remarks>
public sealed class History(IMonitorStore store, MonitorMetrics metrics, TimeProvider time, ILogger<History> log)
{
    /// <summary>Verdicts that wait at most; beyond that the oldest are lost, and counted. Streams, episodes and alarms never are.</summary>
    public const int MaxWaiting = 200_000;

    private const int ForgetAtOnce = 2000;

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestUnchecked = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _catchingUp = new(1, 1);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private StoreChanges? _waiting;
    private string? _failure;
    private bool _lost;
    private DateTimeOffset _since;
    private long _checked = time.GetTimestamp();

    /// <summary>Why nothing can be stored; null: it can.</summary>
    public string? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure is { } why ? FormattableString.Invariant($"history has not been stored since {_since:HH:mm:ss} UTC ({why})")
                    : time.GetElapsedTime(_checked) > LongestUnchecked ? "the store has not answered lately"
                    : null;
            }
        }
    }

    /// <summary>Whether all that was given to it is stored, and nothing waits.</summary>
    public bool IsWritten
    {
        get
        {
            lock (_gate)
                return _failure is null && _waiting is null;
        }
    }

    /// <summary>Opens the store.</summary>
    public async Task<StoredMonitor> OpenAsync(CancellationToken cancel)
    {
        try
        {
            var found = await store.OpenAsync(cancel);
            Volatile.Write(ref _checked, time.GetTimestamp());
            return found;
        }
        catch (StoreException e)
        {
            throw new Preprocess.ProblemException($"the monitor's store cannot be opened: {e.Message}.", e);
        }
    }

    /// <summary>Writes changes, or keeps them until they can be written. Never throws for the store's sake.</summary>
    public async Task WriteOrKeepAsync(StoreChanges changes)
    {
        if (changes.IsEmpty)
            return;
        await _writing.WaitAsync();
        try
        {
            if (!TryKeep(changes))
                await store.WriteAsync(changes);
        }
        catch (Exception e)
        {
            Fail(e, changes);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes changes, or nothing.</summary>
    /// <exception cref="StoreException">Nothing was written.</exception>
    public async Task WriteNowAsync(StoreChanges changes)
    {
        await _writing.WaitAsync();
        try
        {
            if (Failure is { } why)
                throw new StoreException(why);
            await store.WriteAsync(changes);
        }
        catch (Exception e)
        {
            if (Failure is null)
                Fail(e, null);
            throw e as StoreException ?? new StoreException(e.Message, e);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Looks after the store: checks it now and then, and writes what waits as soon as it can be written again.</summary>
    /// <param name="everything">What a store that has lost its content is to hold again.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task LookAfterAsync(Func<StoreChanges> everything, CancellationToken cancel)
    {
        if (!await _catchingUp.WaitAsync(0, cancel))
            return;
        try
        {
            if (IsDue())
                await CheckAsync(everything, cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Fail(e, null);
        }
        finally
        {
            _catchingUp.Release();
        }
    }

    /// <summary>Forgets what was written before a time, and packs what is no longer new, in small steps.</summary>
    public async Task ForgetAsync(DateTimeOffset before, CancellationToken cancel)
    {
        while (Failure is null && await store.PackAsync(cancel))
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancel);
        while (Failure is null && await store.ForgetAsync(before, ForgetAtOnce, cancel))
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancel);
    }

    /// <summary>The verdicts of a stream that wait to be written and start between two times, in order.</summary>
    public IReadOnlyList<WindowStatus> Waiting(string stream, DateTimeOffset from, DateTimeOffset to)
    {
        lock (_gate)
        {
            return _waiting is null ? [] :
            [
                .. _waiting.Verdicts.Where(verdict => verdict.Stream == stream && verdict.Window.Start >= from && verdict.Window.Start < to)
                    .Select(verdict => verdict.Window)
                    .OrderBy(window => window.Start),
            ];
        }
    }

    private bool IsDue()
    {
        lock (_gate)
            return _failure is not null || time.GetElapsedTime(_checked) >= CheckEvery;
    }

    private async Task CheckAsync(Func<StoreChanges> everything, CancellationToken cancel)
    {
        bool failed;
        bool lost;
        lock (_gate)
            (failed, lost) = (_failure is not null, _lost);
        if (lost)
        {
            await store.OpenAsync(cancel);
            await store.WriteAsync(everything(), cancel);
            lock (_gate)
                _lost = false;
        }

        await store.CheckAsync(cancel);
        Volatile.Write(ref _checked, time.GetTimestamp());
        if (failed)
            await CatchUpAsync(cancel);
    }

    private async Task CatchUpAsync(CancellationToken cancel)
    {
        while (true)
        {
            StoreChanges? changes;
            lock (_gate)
            {
                (changes, _waiting) = (_waiting, null);
                if (changes is null)
                {
                    _failure = null;
                    break;
                }
            }

            try
            {
                await store.WriteAsync(changes, cancel);
            }
            catch
            {
                lock (_gate)
                {
                    if (_waiting is { } later)
                        changes.Add(later);
                    _waiting = changes;
                }

                throw;
            }
        }

        log.LogInformation("History is stored again; what had waited is written");
    }

    private bool TryKeep(StoreChanges changes)
    {
        lock (_gate)
        {
            if (_failure is null)
                return false;
            Keep(changes);
            return true;
        }
    }

    private void Keep(StoreChanges changes)
    {
        (_waiting ??= new StoreChanges()).Add(changes);
        if (_waiting.KeepNewest(MaxWaiting) is var gone and > 0)
            metrics.HistoryLost(gone);
    }

    private void Fail(Exception e, StoreChanges? changes)
    {
        bool first;
        lock (_gate)
        {
            first = _failure is null;
            if (first)
                _since = time.GetUtcNow();
            _failure = e.Message;
            _lost |= e is StoreException { IsLost: true };
            if (changes is not null)
                Keep(changes);
        }

        if (!first)
            return;
        metrics.StoreFailed();
        log.LogError(e is StoreException ? null : e, "History cannot be stored ({Why}); the monitor goes on without it and tries again each second", e.Message);
    }
}
