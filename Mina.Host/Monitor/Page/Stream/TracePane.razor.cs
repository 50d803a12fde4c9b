using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Page;

/// <summary>The pane that shows the ECG on its paper, live as a sweep or standing still in the past.</summary>
public sealed partial class TracePane
{
    // The length of signal that a newly connected browser gets, so that its page is full at once.
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(40);

    // Live, the beats of so much signal are looked for, so often.
    private static readonly TimeSpan BeatsLive = TimeSpan.FromSeconds(18);
    private static readonly TimeSpan BeatsEvery = TimeSpan.FromSeconds(2);

    private ElementReference _host;
    private DateTimeOffset _sent;
    private DateTimeOffset _last;
    private DateTimeOffset? _shownFrom;
    private TimeSpan _shownSpan;
    private DateTimeOffset? _chosen;
    private EditedSpan _reviewed;
    private (DateTimeOffset, int, int) _marked;
    private ElementReference _calipers;
    private (DateTimeOffset From, DateTimeOffset To) _beats;
    private double _speed = 25;
    private double _gain = 10;
    private double? _fitted;
    private bool _measures;
    private bool _stale;
    private bool _gone;

    private protected override string File => "trace.js";

    private protected override ElementReference Element => _host;

    private string Described => Shown.From is { } from
        ? $"ECG of {Name} from {Viewer.Clock(from)} on, for {Shown.Span.TotalSeconds:0} s"
        : _stale ? $"ECG of {Name}; no signal since {Viewer.Clock(_last)}" : $"ECG of {Name}, live";

    /// <summary>Called by the script with the time, in ms, that its paper has room for.</summary>
    [JSInvokable]
    public Task Room(double milliseconds)
    {
        Shown.Span = TimeSpan.FromMilliseconds(milliseconds);
        return InvokeAsync(() => Shown.ShowAsync(Shown.From));
    }

    /// <summary>Called by the script with the gain, in mm a mV, that it has found to fit.</summary>
    [JSInvokable]
    public Task Fitted(double gain) => InvokeAsync(() =>
    {
        _fitted = gain;
        StateHasChanged();
    });

    /// <summary>Called by the script when the viewer chooses the window around a time.</summary>
    [JSInvokable]
    public Task Pick(double time) =>
        InvokeAsync(() => ReadAsync(async () => await Shown.ChooseAsync(await WindowChoice.AboutAsync(Monitor, Name, ScriptData.ToTime(time)))));

    private protected override async Task DrawAsync(IJSObjectReference script, StreamStatus status)
    {
        _last = status.LastSample;
        var stale = status.State == StreamState.Stale;
        if (stale != _stale)
        {
            _stale = stale;
            StateHasChanged();
        }

        await LiveAsync(script, status);
        await PastAsync(script, status);
        await MarkAsync(script, status);
        await BeatsAsync(script, status);
        if (Shown.Reviewed != _reviewed)
        {
            _reviewed = Shown.Reviewed;
            await script.InvokeVoidAsync(
                "review", _reviewed.IsSome ? ScriptData.Encode(_reviewed.Start) : null, _reviewed.IsSome ? ScriptData.Encode(_reviewed.End) : null);
        }

        if (Shown.Chosen?.Start is var chosen && chosen != _chosen)
        {
            _chosen = chosen;
            await script.InvokeVoidAsync(
                "choose",
                chosen is { } start ? ScriptData.Encode(start) : null,
                chosen is { } end ? ScriptData.Encode(end + StreamView.Window) : null);
        }
    }

    private async Task LiveAsync(IJSObjectReference script, StreamStatus status)
    {
        if (!Monitor.IsLive)
            return;
        var since = status.LastSample - FirstLook;
        if (_sent > since)
            since = _sent;
        if (status.LastSample <= since)
            return;
        var slice = await RecentAsync(since, status.LastSample);
        if (slice.Millivolts.Length == 0)
            return;
        _sent = slice.From + TimeSpan.FromSeconds(slice.Millivolts.Length / slice.Fs);
        await script.InvokeVoidAsync("append", ScriptData.Encode(slice.From), slice.Fs, ScriptData.Encode(slice.Millivolts));
    }

    // The first look goes back further than what is in memory; where the log cannot be read, what is in memory is shown.
    private async Task<TraceSlice> RecentAsync(DateTimeOffset from, DateTimeOffset to)
    {
        try
        {
            return await Monitor.TraceAsync(Name, from, to);
        }
        catch (StoreException)
        {
            return Monitor.Trace(Name, from, to);
        }
    }

    private async Task PastAsync(IJSObjectReference script, StreamStatus status)
    {
        // The stretch of the past may still be growing at its end.
        var growing = Shown.From is { } begin && status.LastSample - begin < Shown.Span + TimeSpan.FromSeconds(1);
        if (_shownFrom == Shown.From && _shownSpan == Shown.Span && !growing)
            return;
        (_shownFrom, _shownSpan) = (Shown.From, Shown.Span);
        var gone = false;
        if (Shown.From is not { } from)
        {
            _measures = false;
            await script.InvokeVoidAsync("goLive");
        }
        else
        {
            var slice = await Monitor.TraceAsync(Name, from, from + Shown.Span);
            gone = !slice.Millivolts.AsSpan().ContainsAnyInRange(float.MinValue, float.MaxValue);
            await script.InvokeVoidAsync("show", ScriptData.Encode(from), ScriptData.Encode(slice.From), slice.Fs, ScriptData.Encode(slice.Millivolts));
        }

        if (gone != _gone)
        {
            _gone = gone;
            StateHasChanged();
        }
    }

    private async Task MarkAsync(IJSObjectReference script, StreamStatus status)
    {
        var to = Shown.From is { } past ? past + Shown.Span : status.LastSample;
        var from = (Shown.From ?? (status.LastSample - Shown.Span)) - StreamView.Window;
        var verdicts = await Monitor.VerdictsAsync(Name, from, to);
        var episodes = await Monitor.EpisodesAsync(Name, from, to);
        var mark = (from, verdicts.Count, episodes.Count);
        if (Shown.From is not null && mark == _marked)
            return;
        _marked = mark;
        await script.InvokeVoidAsync("mark", ScriptData.Encode(verdicts), ScriptData.Encode(episodes));
    }

    private async Task BeatsAsync(IJSObjectReference script, StreamStatus status)
    {
        // Live, what is in memory every other second; what was drawn before stays.
        var (from, to) = Shown.From is { } past ? (past, past + Shown.Span) : (status.LastSample - BeatsLive, status.LastSample);
        if (to > status.LastSample)
            to = status.LastSample;
        if (Shown.From is null ? to - _beats.To < BeatsEvery && to >= _beats.To : (from, to) == _beats)
            return;
        _beats = (from, to);
        var beats = await BeatTimes.BetweenAsync(Monitor, Name, from, to, isLive: Shown.From is null);
        // The viewer may have left the page meanwhile.
        await BrowserCall.TryAsync(async () =>
            await script.InvokeVoidAsync("beats", ScriptData.Encode(from), ScriptData.Encode(to), ScriptData.Encode(beats)));
    }

    private async Task MeasureAsync()
    {
        _measures = !_measures;
        if (_measures && Shown.From is null)
            await Shown.ShowAsync(_last - Shown.Span);
        if (Script is { } script)
            await script.InvokeVoidAsync("measure", _measures, _calipers);
    }

    private Task SwitchAsync() => Shown.From is null ? Shown.ShowAsync(_last - Shown.Span) : Shown.LiveAsync();

    private Task PageAsync(int direction)
    {
        var from = (Shown.From ?? (_last - Shown.Span)) + (direction * Shown.Span * 0.8);
        return from + Shown.Span >= _last && direction > 0 ? Shown.LiveAsync() : Shown.ShowAsync(from);
    }

    private async Task ScaleAsync()
    {
        if (Script is { } script)
        {
            _fitted = null;
            await script.InvokeVoidAsync("scale", _speed, _gain);
        }
    }
}
