using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Mina.Host.Monitor.Page;

/// <summary>The pane that shows the probability over minutes or hours, and the slider that scrolls the trace back in time.</summary>
public sealed partial class HistoryPane
{
    // In the shortest range there is one column for each window.
    private const int Columns = 360;

    private static readonly int[] Ranges = [10, 60, 360, 1440];

    private ElementReference _host;
    private DateTimeOffset _from;
    private DateTimeOffset _to;
    private int _minutes;
    private bool _hasThreshold;

    private protected override string File => "history.js";

    private protected override ElementReference Element => _host;

    /// <summary>Called by the script when the viewer points at a time, which the trace then shows in its middle.</summary>
    [JSInvokable]
    public Task Seek(double time) => InvokeAsync(() => ShowAsync(ScriptData.ToTime(time) - (Shown.Span / 2)));

    /// <summary>Called by the script when the viewer moves forwards or backwards by seconds.</summary>
    [JSInvokable]
    public Task Move(double seconds) => InvokeAsync(() => ShowAsync((Shown.From ?? (_to - Shown.Span)) + TimeSpan.FromSeconds(seconds)));

    private protected override async Task DrawAsync(IJSObjectReference script, StreamStatus status)
    {
        if (_minutes == 0)
        {
            var length = (status.LastSample - status.FirstSample).TotalMinutes;
            _minutes = Monitor.IsLive ? Ranges[0] : Ranges.Where(range => range >= length).FirstOrDefault(Ranges[^1]);
            StateHasChanged();
        }

        // The picture changes only when the time of a column, or a second, has passed.
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

        if (!_hasThreshold)
        {
            _hasThreshold = true;
            await script.InvokeVoidAsync("threshold", Monitor.Rules.Threshold);
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
