namespace Mina.Host.Monitor.Page;

/// <summary>Chooses the window that the page shows: by a time, as a neighbour of another, or the newest.</summary>
internal static class WindowChoice
{
    private static readonly TimeSpan Far = TimeSpan.FromSeconds(30);

    /// <summary>Finds the window whose centre is nearest to a time; null when none is near.</summary>
    public static async Task<WindowStatus?> AboutAsync(IMonitor monitor, string stream, DateTimeOffset time)
    {
        var start = time - (StreamView.Window / 2);
        return (await monitor.VerdictsAsync(stream, start - Far, start + Far)).MinBy(w => (w.Start - start).Duration());
    }

    /// <summary>Finds the next window before (-1) or after (1) another; null when none is near.</summary>
    public static async Task<WindowStatus?> BesideAsync(IMonitor monitor, string stream, DateTimeOffset start, int direction) => direction < 0
        ? (await monitor.VerdictsAsync(stream, start - Far, start)).LastOrDefault(w => w.Start < start)
        : (await monitor.VerdictsAsync(stream, start, start + Far)).FirstOrDefault(w => w.Start > start);

    /// <summary>Finds the newest window that could be classified, or the newest of all when none could; null when there are no windows.</summary>
    public static async Task<WindowStatus?> NewestAsync(IMonitor monitor, StreamStatus stream)
    {
        var recent = await monitor.VerdictsAsync(stream.Name, stream.LastSample - Far - StreamView.Window, stream.LastSample);
        return recent.LastOrDefault(w => w.Probability is not null) ?? recent.LastOrDefault();
    }
}
