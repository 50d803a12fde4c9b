using Microsoft.AspNetCore.Components;
using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Page;

/// <summary>A part of the page that follows the monitor: at most one render waits at a time, so a slow browser falls behind by one, not by many.</summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private IDisposable? _subscription;
    private int _waiting;

    /// <summary>What is shown.</summary>
    [Inject]
    public required IMonitor Monitor { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized() => _subscription = Monitor.Changes.Subscribe(_ => Tick());

    /// <summary>The monitor reads differently: by default, renders.</summary>
    protected virtual Task ChangedAsync()
    {
        StateHasChanged();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops following.</summary>
    protected virtual void Dispose(bool disposing) => _subscription?.Dispose();

    /// <summary>Does what reads the store; while that cannot be read, what is shown stays as it is, and the page's banner says why.</summary>
    private protected static async Task ReadAsync(Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (StoreException)
        {
            // The next change tries again.
        }
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _waiting, 1) == 0)
            _ = InvokeAsync(RunAsync);
    }

    private async Task RunAsync()
    {
        try
        {
            await BrowserCall.TryAsync(() => ReadAsync(ChangedAsync));
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
        finally
        {
            Volatile.Write(ref _waiting, 0);
        }
    }
}
