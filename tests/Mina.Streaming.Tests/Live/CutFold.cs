using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Live.Partitions;

namespace Mina.Streaming.Tests.Live;

/// <summary>What happens to a <see cref="CutStream"/>.</summary>
/// <param name="Chunk">It arrived; null: something else happened.</param>
/// <param name="Answered">The classifier said this; null: something else happened.</param>
/// <param name="Failed">A step failed.</param>
internal readonly record struct CutEvent(SampleChunk? Chunk, CutOutput? Answered, bool Failed);

/// <summary>A window that is to be classified, or was.</summary>
/// <param name="Window">The window that the verdict is of.</param>
/// <param name="Answer">Null: the classifier is to be asked. NaN: it has no answer.</param>
internal sealed record CutOutput(CutWindow Window, float? Answer)
{
    // A classifier that fails, or says something that is no probability, has said nothing: never that there is no AF.
    public CutVerdict ToVerdict(string stream)
    {
        var answered = Window.Fault == WindowFault.None && Answer is >= 0 and <= 1;
        return new CutVerdict(
            stream, Window.StartSeconds, Window.Fault == WindowFault.None && !answered ? WindowFault.NoAnswer : Window.Fault, answered ? Answer : null);
    }
}

/// <summary>What the classifier said of a window; null: unclassifiable, and why.</summary>
internal sealed record CutVerdict(string Stream, double StartSeconds, WindowFault Fault, float? Probability);

/// <summary>A stream that is cut into windows and remembers nothing else.</summary>
internal sealed class CutFold(LiveOptions options) : IStreamFold<CutStream, CutEvent, CutOutput>
{
    public CutStream Start(string stream) => new(options);

    public CutEvent Chunk(SampleChunk chunk) => new(chunk, null, false);

    public CutEvent Answer(CutOutput asked, float probability) => new(null, asked with { Answer = probability }, false);

    public CutEvent Tick() => default;

    public CutEvent Failure(Exception exception) => new(null, null, true);

    public CutWindow? Asks(CutOutput output) => output.Answer is null ? output.Window : null;

    public IEnumerable<CutOutput> Unanswered(CutStream state) => [];

    public IEnumerable<SampleChunk> WaitingChunks(CutStream state) => state.Cutter.Order.Early;

    public bool TakesPlace(CutStream state, DateTimeOffset now) => true;

    public CutStream Step(CutStream state, DateTimeOffset at, CutEvent happened, CutterTools tools, List<CutOutput> outputs)
    {
        if (happened.Answered is { } answered)
            outputs.Add(answered);
        else if (happened.Failed)
            state.Reset();
        else
            outputs.AddRange(state.Cut(happened.Chunk, tools).Select(window => new CutOutput(window, null)));
        return state;
    }
}
