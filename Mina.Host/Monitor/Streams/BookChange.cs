namespace Mina.Host.Monitor.Streams;

/// <summary>What is decided at one time, about any number of streams, and not yet visible.</summary>
/// <param name="now">The server's clock.</param>
/// <param name="log">Told of what went wrong with one stream.</param>
internal sealed class BookChange(DateTimeOffset now, ILogger log)
{
    private readonly Dictionary<StreamBook, (BookState State, bool Judged)> _next = [];

    /// <summary>The server's clock.</summary>
    public DateTimeOffset Now => now;

    /// <summary>What to store and to tell.</summary>
    public BookOutput Output { get; } = new();

    /// <summary>Decides what a stream's next state is. What that throws is the stream's fault, shows as its state, and harms no other.</summary>
    /// <returns>Whether the state changed.</returns>
    public bool Apply(StreamBook book, Func<BookState, BookOutput, BookState> decide, bool judged = false)
    {
        var (before, was) = _next.GetValueOrDefault(book, (book.State, false));
        var output = new BookOutput();
        BookState after;
        try
        {
            after = decide(before, output);
            Output.Add(output);
        }
        catch (Exception e)
        {
            log.LogError(e, "Stream {Stream} could not be taken further", book.Name);
            (after, judged) = (before with { Fault = "its last window could not be judged; see the log" }, false);
        }

        if (ReferenceEquals(before, after))
            return false;
        _next[book] = (after, was || judged);
        return true;
    }

    /// <summary>A receiver has taken a notice.</summary>
    public bool Deliver(AlarmNotice notice)
    {
        Output.Changes.Delivered(notice.Id);
        return true;
    }

    /// <summary>Makes it visible.</summary>
    public void Commit()
    {
        foreach (var (book, (state, judged)) in _next)
            book.Become(state, judged);
    }
}
