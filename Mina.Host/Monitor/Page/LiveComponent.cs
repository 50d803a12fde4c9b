using Microsoft.AspNetCore.Components;

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

    private void Tick()
    {
        if (Interlocked.Exchange(ref _waiting, 1) == 0)
            _ = InvokeAsync(RunAsync);
    }

    private async Task RunAsync()
    {
        try
        {
            await Quietly.RunAsync(ChangedAsync);
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
