using Microsoft.JSInterop;

namespace Mina.Host.Monitor.Page;

/// <summary>Makes calls to a browser that may have gone.</summary>
internal static class BrowserCall
{
    /// <summary>Disposes of a script's object; does nothing when the browser, and the object with it, has gone.</summary>
    public static ValueTask DisposeAsync(IJSObjectReference reference) => new(TryAsync(() => reference.DisposeAsync().AsTask()));

    /// <summary>Makes a call and returns true, or returns false when the browser has gone.</summary>
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
