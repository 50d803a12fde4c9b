using Microsoft.JSInterop;

namespace Mina.Host.Monitor.Page;

/// <summary>The settings of a viewer: theme, time zone and the name given when acknowledging, which the browser remembers.</summary>
/// <param name="js">The browser.</param>
/// <remarks>Each open page has one.</remarks>
public sealed class Viewer(IJSRuntime js) : IAsyncDisposable
{
    private IJSObjectReference? _module;

    /// <summary>Whether the browser has answered.</summary>
    public bool Ready { get; private set; }

    /// <summary>Whether the theme is dark.</summary>
    public bool Dark { get; private set; }

    /// <summary>The name last given when acknowledging; empty when none was given.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The browser's offset from UTC.</summary>
    public TimeSpan Offset { get; private set; }

    /// <summary>Reads the settings from the browser.</summary>
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

    /// <summary>Formats a time of day in the viewer's time zone, as HH:mm:ss.</summary>
    public string Clock(DateTimeOffset time) => time.ToOffset(Offset).ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_module is { } module)
            await BrowserCall.DisposeAsync(module);
    }

    private sealed record Seen(bool Dark, string Name, double OffsetMinutes);
}
