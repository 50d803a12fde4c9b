namespace Mina.Host.Monitor.Page;

/// <summary>What the parts of a stream's page show together: the live signal or a stretch of the past, and the chosen window.</summary>
internal sealed class StreamView
{
    /// <summary>Length of a window.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Start of what is shown; null: live.</summary>
    public DateTimeOffset? From { get; private set; }

    /// <summary>Time that the trace has room for, as the browser said last.</summary>
    public TimeSpan Span { get; set; } = Window;

    /// <summary>The window whose attention is shown; null: none yet.</summary>
    public WindowStatus? Chosen { get; private set; }

    /// <summary>Any of these has changed.</summary>
    public event Func<Task>? Changed;

    /// <summary>Goes back to the live signal.</summary>
    public Task LiveAsync() => ShowAsync(null);

    /// <summary>Shows the past from a time on; null: live.</summary>
    public Task ShowAsync(DateTimeOffset? from)
    {
        From = from;
        return TellAsync();
    }

    /// <summary>Chooses a window.</summary>
    public Task ChooseAsync(WindowStatus? window)
    {
        Chosen = window;
        return TellAsync();
    }

    private async Task TellAsync()
    {
        foreach (var part in Changed?.GetInvocationList() ?? [])
            await ((Func<Task>)part)();
    }
}
