using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;
using Mina.Model;
using MudBlazor;

namespace Mina.Host.Monitor.Page;

/// <summary>Where a person says what an episode, or a span of a stream, was: by buttons and by keys.</summary>
public sealed partial class ReviewPane
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // A beat is the next one when it is not the one that the end lies on.
    private static readonly TimeSpan SameBeat = TimeSpan.FromMilliseconds(40);

    private readonly DotNetObjectReference<ReviewPane> _self;
    private IJSObjectReference? _module;
    private IJSObjectReference? _keys;
    private ElementReference _host;
    private ElementReference _nameField;
    private ElementReference _noteField;
    private ElementReference _choices;
    private Mode _mode;
    private Mode _focused;
    private string _name = "";
    private string _note = "";
    private bool _nameless;
    private ReviewStatus? _word;
    private IReadOnlyList<ReviewStatus> _reviews = [];
    private (string, DateTimeOffset, DateTimeOffset)? _shown;
    private int _read = -1;

    /// <summary>Creates the pane.</summary>
    public ReviewPane() => _self = DotNetObjectReference.Create(this);

    // What the keys do besides their usual.
    private enum Mode
    {
        None,
        Reject,
        EditStart,
        EditEnd,
        Note,
    }

    /// <summary>The stream's name.</summary>
    [Parameter, EditorRequired]
    public required string Stream { get; set; }

    /// <summary>The start of the span.</summary>
    [Parameter]
    public DateTimeOffset Start { get; set; }

    /// <summary>The end of the span; not after its start: there is no span to review.</summary>
    [Parameter]
    public DateTimeOffset End { get; set; }

    /// <summary>The episode that the review is about; null: it is about the span alone.</summary>
    [Parameter]
    public EpisodeStatus? Episode { get; set; }

    /// <summary>What is reviewed, where the page does not say so by itself.</summary>
    [Parameter]
    public RenderFragment? Scope { get; set; }

    /// <summary>What to do where there is no span.</summary>
    [Parameter]
    public string? Hint { get; set; }

    /// <summary>How many episodes nobody has reviewed, in words.</summary>
    [Parameter]
    public string? Left { get; set; }

    /// <summary>Called with other ends of the span while they are edited, and with the episode's own when they are left.</summary>
    [Parameter]
    public EventCallback<EditedSpan> OnEdit { get; set; }

    /// <summary>Called when a review was made.</summary>
    [Parameter]
    public EventCallback OnReviewed { get; set; }

    /// <summary>Called to go to the next (1) or the previous (-1) episode that nobody has reviewed.</summary>
    [Parameter]
    public EventCallback<int> OnMove { get; set; }

    private bool HasSpan => End > Start;

    private string ModeName => Editing ? "edit" : _mode == Mode.Reject ? "reject" : "";

    private bool Editing => _mode is Mode.EditStart or Mode.EditEnd;

    private string Word => !HasSpan ? "" : _word is { } word ? $"{ReviewText.Name(word)} by {word.By}, {Viewer.Clock(word.Made)}" : "not reviewed";

    /// <summary>Called by the script for a key.</summary>
    /// <param name="key">The key's name.</param>
    /// <param name="shift">Whether Shift is held.</param>
    /// <returns>The mode that the keys are in then.</returns>
    [JSInvokable]
    public async Task<string> Key(string key, bool shift)
    {
        await InvokeAsync(async () =>
        {
            await PressAsync(key, shift);
            StateHasChanged();
        });
        return ModeName;
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => _name = Visitor.Name ?? Viewer.Name;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var shown = (Stream, Start, End);
        if (_shown?.Item1 != Stream || (!Editing && _shown != shown))
            _mode = Editing && _shown?.Item1 == Stream ? _mode : Mode.None;
        if (_shown == shown && _read == Monitor.ReviewsMade)
            return;
        _shown = shown;
        await ReadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await BrowserCall.TryAsync(async () =>
        {
            if (firstRender)
            {
                _module = await JS.InvokeAsync<IJSObjectReference>("import", "./monitor/review.js");
                _keys = await _module.InvokeAsync<IJSObjectReference>("open", _host, _self);
                await _keys.InvokeVoidAsync("use", Viewer.Keys);
            }

            if (_focused == _mode)
                return;
            _focused = _mode;
            if (_keys is { } keys)
                await keys.InvokeVoidAsync("mode", ModeName);
            if (_mode == Mode.Note)
                await _noteField.FocusAsync();
            else if (_mode == Mode.Reject)
                await _choices.FocusAsync();
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_keys is { } keys)
        {
            await BrowserCall.TryAsync(async () => await keys.InvokeVoidAsync("close"));
            await BrowserCall.DisposeAsync(keys);
        }

        if (_module is { } module)
            await BrowserCall.DisposeAsync(module);
        _self.Dispose();
    }

    private static string Truth(bool value) => value ? "true" : "false";

    private static string EdgeName(Mode edge) => edge == Mode.EditStart ? "Start" : "End";

    private Task PressAsync(string key, bool shift) => (key, _mode) switch
    {
        ("j", _) => OnMove.InvokeAsync(1),
        ("k", _) => OnMove.InvokeAsync(-1),
        ("Escape", Mode.Reject or Mode.EditStart or Mode.EditEnd) => LeaveAsync(),
        _ when !HasSpan || !Visitor.MayReview => Task.CompletedTask,
        ("c", _) => MakeAsync(ReviewVerdict.Confirmed),
        ("r", _) => EnterAsync(Mode.Reject),
        ("e", _) => EditAsync(),
        ("n", _) => EnterAsync(Mode.Note),
        ("u", _) when _word is not null => UndoAsync(),
        ("ArrowLeft", Mode.EditStart or Mode.EditEnd) => MoveAsync(_mode, -1, shift),
        ("ArrowRight", Mode.EditStart or Mode.EditEnd) => MoveAsync(_mode, 1, shift),
        ([>= '1' and var digit], Mode.Reject) when digit - '1' < Enum.GetValues<RejectedAs>().Length =>
            MakeAsync(ReviewVerdict.Rejected, (RejectedAs)(digit - '1')),
        _ => Task.CompletedTask,
    };

    private async Task ReadAsync()
    {
        if (!HasSpan)
        {
            (_word, _reviews) = (null, []);
            return;
        }

        try
        {
            _read = Monitor.ReviewsMade;
            var all = await Monitor.ReviewsAsync(Stream);
            var (onset, end) = Episode is { } episode ? (episode.Start, episode.End) : (Start, End);
            _word = EpisodeWords.Of(all).On(new EpisodeStatus(Stream, onset, end, false, 0));
            // Of those of other spans, the ones that overlap this one.
            _reviews = [.. all.Where(review => (Episode is not null && review.Onset == onset) || (review.Start < end && review.End > onset)).Reverse()];
        }
        catch (StoreException)
        {
            // The page's banner says why; the next change tries again.
            _read = -1;
        }
    }

    private async Task EnterAsync(Mode mode)
    {
        if (Editing && mode == Mode.Note)
            await OnEdit.InvokeAsync(EditedSpan.Left);
        _mode = _mode == mode ? Mode.None : mode;
    }

    private async Task LeaveAsync()
    {
        if (Editing || _mode == Mode.Reject)
            await OnEdit.InvokeAsync(EditedSpan.Left);
        _mode = Mode.None;
    }

    private async Task EditAsync()
    {
        _mode = _mode == Mode.EditStart ? Mode.EditEnd : Mode.EditStart;
        await OnEdit.InvokeAsync(new EditedSpan(Start, End, _mode == Mode.EditStart));
    }

    private async Task MoveAsync(Mode edge, int direction, bool byBeat)
    {
        _mode = edge;
        var isStart = edge == Mode.EditStart;
        var at = isStart ? Start : End;
        var to = byBeat ? await BeatAsync(at, direction) ?? at : at + (direction * Second);
        var (start, end) = isStart ? (to, End) : (Start, to);
        if (end - start >= Shortest)
            await OnEdit.InvokeAsync(new EditedSpan(start, end, isStart));
    }

    private async Task<DateTimeOffset?> BeatAsync(DateTimeOffset at, int direction)
    {
        try
        {
            var beats = await BeatTimes.AboutAsync(Monitor, Stream, Episode, at);
            var next = direction > 0 ? beats.Where(beat => beat > at + SameBeat).Take(1) : beats.Where(beat => beat < at - SameBeat).TakeLast(1);
            if (next.Select(beat => (DateTimeOffset?)beat).FirstOrDefault() is { } found)
                return found;
            Messages.Add("There is no beat near it in what is kept of the ECG.", Severity.Info);
        }
        catch (StoreException)
        {
            Messages.Add("The ECG cannot be read now.", Severity.Error);
        }

        return null;
    }

    private async Task NoteAsync()
    {
        if (_note.Trim().Length > 0 && await MakeAsync(ReviewVerdict.Noted))
            _note = "";
    }

    private Task<bool> UndoAsync() => MakeAsync(ReviewVerdict.Withdrawn);

    private async Task<bool> MakeAsync(ReviewVerdict verdict, RejectedAs? was = null)
    {
        if (!Visitor.MayReview)
            return false;
        _nameless = _name.Trim().Length == 0;
        if (_nameless)
        {
            await BrowserCall.TryAsync(async () => await _nameField.FocusAsync());
            return false;
        }

        var review = new NewReview(Stream, Start, End, verdict, _name)
        {
            Was = was,
            Comment = verdict == ReviewVerdict.Noted ? _note : null,
            Onset = Episode?.Start,
            Replaces = verdict == ReviewVerdict.Noted || _word is null || !(verdict == ReviewVerdict.Withdrawn || IsOfThis(_word)) ? null : _word.Id,
        };
        try
        {
            var outcome = await Monitor.ReviewAsync(review);
            if (outcome.Made is { } made)
                Visitor.Audit(AuditAction.Reviewed, made.Id, made.By);
            if (outcome.Refusal is not null)
                Messages.Add("Somebody else has reviewed this just now; look at it again.", Severity.Info);
            _mode = Mode.None;
            await OnEdit.InvokeAsync(EditedSpan.Left);
            await ReadAsync();
            await OnReviewed.InvokeAsync();
            return outcome.Made is not null;
        }
        catch (StoreException)
        {
            Messages.Add("The review is not made: it cannot be stored now. Try again later.", Severity.Error);
            return false;
        }
    }

    // A review of a longer span stays true of the rest of it.
    private bool IsOfThis(ReviewStatus word) => Episode is { } episode ? word.Onset == episode.Start : word.Start == Start && word.End == End;

    private async Task RememberAsync()
    {
        _nameless = false;
        await Viewer.RememberAsync(_name.Trim());
    }

    private async Task SwitchKeysAsync(ChangeEventArgs change)
    {
        await Viewer.UseKeysAsync(change.Value is true);
        if (_keys is { } keys)
            await keys.InvokeVoidAsync("use", Viewer.Keys);
    }
}

/// <summary>The ends of a span while they are edited.</summary>
/// <param name="Start">The start.</param>
/// <param name="End">The end.</param>
/// <param name="IsStart">Whether the start is being moved.</param>
public readonly record struct EditedSpan(DateTimeOffset Start, DateTimeOffset End, bool IsStart)
{
    /// <summary>Editing was left.</summary>
    public static EditedSpan Left => default;

    /// <summary>Whether there are ends.</summary>
    public bool IsSome => End > Start;
}
