using Microsoft.JSInterop;

namespace Mina.Host.Monitor.Page;

/// <summary>Calls to a browser that may have gone.</summary>
internal static class BrowserCall
{
    /// <summary>Disposes of a script's object; nothing to do when the browser has gone and taken it along.</summary>
    public static ValueTask DisposeAsync(IJSObjectReference reference) => new(TryAsync(() => reference.DisposeAsync().AsTask()));

    /// <summary>Calls; false when the browser has gone.</summary>
    public static async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }
}
