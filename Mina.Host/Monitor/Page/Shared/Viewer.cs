using System.Globalization;
using Microsoft.JSInterop;

namespace Mina.Host.Monitor.Page;

/// <summary>The settings of a viewer: theme, sound, time zone and the name given when acknowledging or reviewing, which the browser remembers.</summary>
/// <param name="js">The browser.</param>
/// <param name="time">The server's clock; null: the system's.</param>
/// <param name="monitor">What the page shows: times of recordings are the recorder's, and not moved to the viewer's zone.</param>
/// <remarks>Each open page has one.</remarks>
public sealed class Viewer(IJSRuntime js, TimeProvider? time = null, IMonitor? monitor = null) : IAsyncDisposable
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private IJSObjectReference? _module;
    private ViewerZone _zone = new([]);

    /// <summary>Whether the browser has answered.</summary>
    public bool Ready { get; private set; }

    /// <summary>Whether the theme is dark.</summary>
    public bool Dark { get; private set; }

    /// <summary>The name last given when acknowledging; empty when none was given.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Whether single letters work as keys.</summary>
    public bool Keys { get; private set; } = true;

    /// <summary>Whether alarms that nobody has acknowledged are heard.</summary>
    public bool Sound { get; private set; }

    /// <summary>Reads the settings from the browser.</summary>
    public async Task LoadAsync()
    {
        _module = await js.InvokeAsync<IJSObjectReference>("import", "./monitor/viewer.js");
        var seen = await _module.InvokeAsync<Seen>("load", monitor is { IsLive: false });
        (Dark, Name, Keys, Sound, _zone, Ready) = (seen.Dark, seen.Name, seen.Keys, seen.Sound, new ViewerZone(seen.Offsets), true);
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

    /// <summary>Lets single letters work as keys, or not, and remembers it.</summary>
    public async Task UseKeysAsync(bool keys)
    {
        Keys = keys;
        if (_module is { } module)
            await module.InvokeVoidAsync("useKeys", keys);
    }

    /// <summary>Lets alarms be heard, or not, and remembers it.</summary>
    public async Task UseSoundAsync(bool sound)
    {
        Sound = sound;
        if (_module is { } module)
            await module.InvokeVoidAsync("useSound", sound);
    }

    /// <summary>A time in the viewer's time zone.</summary>
    public DateTimeOffset ToLocal(DateTimeOffset time) => _zone.ToLocal(time);

    /// <summary>Formats a time in the viewer's time zone, as HH:mm:ss, with its date unless it is of today.</summary>
    public string Clock(DateTimeOffset time) => DisplayText.Time(ToLocal(time), ToLocal(_time.GetUtcNow()));

    /// <summary>Now, by the server's clock.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Formats a time of day in the viewer's time zone, as HH:mm:ss, where the date is told already.</summary>
    public string Time(DateTimeOffset time) => ToLocal(time).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Formats a time of day in the viewer's time zone, to a tenth of a second.</summary>
    public string Tenths(DateTimeOffset time) => ToLocal(time).ToString("HH:mm:ss.f", CultureInfo.InvariantCulture);

    /// <summary>Formats a time with its date, also when it is of today.</summary>
    public string Date(DateTimeOffset time) => ToLocal(time).ToString("d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_module is { } module)
            await BrowserCall.DisposeAsync(module);
    }

    private sealed record Seen(bool Dark, string Name, bool Keys, bool Sound, ViewerOffset[] Offsets);
}
