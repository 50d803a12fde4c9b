using Microsoft.JSInterop;

namespace Mina.Host.Monitor.Page;

/// <summary>Who looks at the page, on what: theme, time zone and the name given when acknowledging, as the browser remembers them.</summary>
/// <param name="js">The browser.</param>
/// <remarks>One for each open page.</remarks>
public sealed class Viewer(IJSRuntime js) : IAsyncDisposable
{
    private IJSObjectReference? _module;

    /// <summary>Whether the browser has answered.</summary>
    public bool Ready { get; private set; }

    /// <summary>Dark or light.</summary>
    public bool Dark { get; private set; }

    /// <summary>The name last given when acknowledging; empty when none.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The browser's offset from UTC.</summary>
    public TimeSpan Offset { get; private set; }

    /// <summary>Asks the browser.</summary>
    public async Task LoadAsync()
    {
        _module = await js.InvokeAsync<IJSObjectReference>("import", "./monitor/viewer.js");
        var seen = await _module.InvokeAsync<Seen>("load");
        (Dark, Name, Offset, Ready) = (seen.Dark, seen.Name, TimeSpan.FromMinutes(seen.OffsetMinutes), true);
    }

    /// <summary>Changes the theme and remembers it.</summary>
    public async Task UseDarkAsync(bool dark)
    {
        Dark = dark;
        if (_module is { } module)
            await module.InvokeVoidAsync("useDark", dark);
    }

    /// <summary>Remembers the name for the next time.</summary>
    public async Task RememberAsync(string name)
    {
        Name = name;
        if (_module is { } module)
            await module.InvokeVoidAsync("remember", name);
    }

    /// <summary>A time of day as the clock on the viewer's wall shows it.</summary>
    public string Clock(DateTimeOffset time) => time.ToOffset(Offset).ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_module is { } module)
            await BrowserCall.DisposeAsync(module);
    }

    private sealed record Seen(bool Dark, string Name, double OffsetMinutes);
}
