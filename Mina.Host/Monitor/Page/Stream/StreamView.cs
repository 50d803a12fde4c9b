namespace Mina.Host.Monitor.Page;

/// <summary>
/// The state that the panes of a stream's page share: the live signal or a stretch of the past, the chosen window, and the span under review.
/// </summary>
internal sealed class StreamView
{
    /// <summary>The length of a window.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly (DateTimeOffset First, DateTimeOffset Last)? _recorded;

    /// <summary>A view of the live signal.</summary>
    public StreamView()
    {
    }

    /// <summary>A view of a recording, at its start.</summary>
    public StreamView(DateTimeOffset first, DateTimeOffset last) => (_recorded, From) = ((first, last), first);

    /// <summary>The start of the stretch of the past that is shown; null when the signal is live.</summary>
    public DateTimeOffset? From { get; private set; }

    /// <summary>The length of signal that the trace has room for, as the browser last reported it.</summary>
    public TimeSpan Span { get; set; } = Window;

    /// <summary>The window whose attention is shown; null when none is chosen yet.</summary>
    public WindowStatus? Chosen { get; private set; }

    /// <summary>The span that is being reviewed; none: no span is.</summary>
    public EditedSpan Reviewed { get; private set; }

    /// <summary>Raised when any of these has changed.</summary>
    public event Func<Task>? Changed;

    /// <summary>Goes back to the live signal or, where there is none, to the end of the recording.</summary>
    public Task LiveAsync() => ShowAsync(_recorded is var (first, last) ? (last - Span > first ? last - Span : first) : null);

    /// <summary>Shows the past from a time on, or the live signal where it is null.</summary>
    public Task ShowAsync(DateTimeOffset? from)
    {
        From = from;
        return NotifyAsync();
    }

    /// <summary>Chooses a window.</summary>
    public Task ChooseAsync(WindowStatus? window)
    {
        Chosen = window;
        return NotifyAsync();
    }

    /// <summary>Shows which span is being reviewed.</summary>
    public Task ReviewAsync(EditedSpan span)
    {
        if (span == Reviewed)
            return Task.CompletedTask;
        Reviewed = span;
        return NotifyAsync();
    }

    private async Task NotifyAsync()
    {
        foreach (var part in Changed?.GetInvocationList() ?? [])
            await ((Func<Task>)part)();
    }
}
