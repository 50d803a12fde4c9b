using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Mina.Host.Monitor.Page;

/// <summary>The probability over minutes or hours; the slider that scrolls the trace back in time.</summary>
public sealed partial class HistoryPane : IDisposable
{
    // Of the shortest range, one for each window.
    private const int Columns = 360;

    private readonly DotNetObjectReference<HistoryPane> _self;
    private ElementReference _host;
    private DateTimeOffset _from;
    private DateTimeOffset _to;
    private int _minutes = 10;

    public HistoryPane() => _self = DotNetObjectReference.Create(this);

    private protected override string File => "history.js";

    private protected override object?[] Arguments => [_host, _self];

    /// <summary>The viewer points at a time: the trace shows it in its middle.</summary>
    [JSInvokable]
    public Task Seek(double time) => InvokeAsync(() => ShowAsync(ScriptData.ToTime(time) - (Shown.Span / 2)));

    /// <summary>The viewer goes on or back by seconds.</summary>
    [JSInvokable]
    public Task Move(double seconds) => InvokeAsync(() => ShowAsync((Shown.From ?? (_to - Shown.Span)) + TimeSpan.FromSeconds(seconds)));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _self.Dispose();
    }

    private protected override async Task FeedAsync(IJSObjectReference script)
    {
        if (Monitor.Find(Name) is not { } status)
            return;
        // A column's time has passed, or a second: before that nothing looks different.
        var step = TimeSpan.FromMinutes(_minutes) / Columns;
        if (status.LastSample - _to >= (step > TimeSpan.FromSeconds(1) ? step : TimeSpan.FromSeconds(1)))
        {
            (_from, _to) = (status.LastSample - TimeSpan.FromMinutes(_minutes), status.LastSample);
            var columns = HistoryColumns.Build(await Monitor.VerdictsAsync(Name, _from - StreamView.Window, _to), _from, _to, Columns);
            await script.InvokeVoidAsync(
                "set",
                ScriptData.Encode(_from),
                ScriptData.Encode(_to),
                ScriptData.Encode(columns),
                ScriptData.Encode(await Monitor.EpisodesAsync(Name, _from, _to)));
        }

        var seen = Shown.From ?? (status.LastSample - Shown.Span);
        await script.InvokeVoidAsync("look", ScriptData.Encode(seen), ScriptData.Encode(seen + Shown.Span));
    }

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private Task ShowAsync(DateTimeOffset from) => from + Shown.Span >= _to ? Shown.LiveAsync() : Shown.ShowAsync(from < _from ? _from : from);

    private Task RenewAsync()
    {
        _to = default;
        return ChangedAsync();
    }
}
