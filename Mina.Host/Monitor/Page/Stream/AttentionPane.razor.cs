using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Mina.Host.Monitor.Page;

/// <summary>The pane that shows the attention of the chosen window, which is the newest one at first.</summary>
public sealed partial class AttentionPane
{
    private const string None = "No window has been seen yet: one takes 10 s.";

    private ElementReference _host;
    private WindowAttention? _seen;
    private DateTimeOffset? _asked;
    private int _channel;
    private string _why = None;

    private protected override string File => "attention.js";

    private protected override ElementReference Element => _host;

    private protected override async Task DrawAsync(IJSObjectReference script, StreamStatus status)
    {
        if (Shown.Chosen is null)
        {
            await NewestAsync();
            return;
        }

        if (Shown.Chosen.Start == _asked)
            return;
        _asked = Shown.Chosen.Start;
        var chosen = Shown.Chosen;
        var seen = chosen.Probability is null ? null : await Monitor.ExplainAsync(Name, chosen.Start);
        // Another window may have been chosen meanwhile.
        if (_asked != chosen.Start)
            return;
        _seen = seen;
        _why = chosen.Probability is null
            ? $"This window could not be classified{(chosen.Reason is { } reason ? $" ({reason})" : "")}; the model did not look at it."
            : "The samples of this window are no longer in memory, so the window can no longer be explained.";
        StateHasChanged();
        await DrawSeenAsync(script);
    }

    private async Task DrawSeenAsync(IJSObjectReference script)
    {
        if (_seen is { } seen)
            await script.InvokeVoidAsync(
                "set",
                ScriptData.Encode(seen.Start),
                ScriptData.Encode(seen.Channels[_channel]),
                ScriptData.Encode(seen.Beat[_channel]),
                ScriptData.Encode(seen.Rhythm[_channel]));
        else
            await script.InvokeVoidAsync("clear");
    }

    private async Task ShowChannelAsync(int channel)
    {
        _channel = channel;
        if (Script is { } script)
            await DrawSeenAsync(script);
    }

    private Task NewestAsync() => ReadAsync(async () =>
    {
        if (Monitor.Find(Name) is { } status && await WindowChoice.NewestAsync(Monitor, status) is { } newest)
            await Shown.ChooseAsync(newest);
    });

    private Task StepAsync(int direction) => ReadAsync(async () =>
    {
        if (Shown.Chosen is { } chosen && await WindowChoice.BesideAsync(Monitor, Name, chosen.Start, direction) is { } beside)
            await Shown.ChooseAsync(beside);
    });
}
