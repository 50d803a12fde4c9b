using Microsoft.AspNetCore.Components;
using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Page;

/// <summary>
/// A part of the page that follows the monitor. At most one render waits at a time, so that a slow browser falls behind by one render and not by
/// many.
/// </summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private IDisposable? _subscription;
    private int _waiting;

    /// <summary>The monitor that is shown.</summary>
    [Inject]
    public required IMonitor Monitor { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized() => _subscription = Monitor.Changes.Subscribe(_ => Tick());

    /// <summary>Called when the monitor has changed. By default it renders the component.</summary>
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

    /// <summary>
    /// Runs a function that reads the store. While the store cannot be read, the component stays as it is, and the page's banner gives the reason.
    /// </summary>
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
