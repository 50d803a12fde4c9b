using Mina.Preprocess;
using Mina.Streaming.Live.Partitions;

namespace Mina.Streaming.Live;

/// <summary>What happens to a <see cref="LiveStream"/>.</summary>
/// <param name="Chunk">It arrived; null: something else happened.</param>
/// <param name="Arrived">When, as a timestamp.</param>
/// <param name="Answered">The classifier said this; null: something else happened.</param>
/// <param name="Failed">A step failed.</param>
internal readonly record struct LiveEvent(SampleChunk? Chunk, long Arrived, LiveOutput? Answered, bool Failed);

/// <summary>A window that is to be classified, or was.</summary>
/// <param name="Window">The window that the verdict is of.</param>
/// <param name="Closed">Timestamp of the chunk that completed it.</param>
/// <param name="Answer">Null: the classifier is to be asked. NaN: it has no answer.</param>
internal sealed record LiveOutput(CutWindow Window, long Closed, float? Answer)
{
    // A classifier that fails, or says something that is no probability, has said nothing: never that there is no AF.
    public LiveVerdict ToVerdict(string stream)
    {
        var answered = Window.Fault == WindowFault.None && Answer is >= 0 and <= 1;
        var fault = Window.Fault == WindowFault.None && !answered ? WindowFault.NoAnswer : Window.Fault;
        var window = new LiveWindow(stream, Window.Origin, Window.StartSeconds, Window.Start, fault, null, Window.HeartRate, Closed);
        return new LiveVerdict(window, answered ? Answer : null);
    }
}

/// <summary>A stream that is cut into windows and remembers nothing else.</summary>
/// <param name="options">How.</param>
/// <param name="time">The clock of arrivals.</param>
/// <param name="known">What a stream's seconds count from and its last window's start, from a run before; null: the stream is new.</param>
internal sealed class LiveFold(LiveOptions options, TimeProvider time, Func<string, (DateTimeOffset Origin, double? LastStart)?> known)
    : IStreamFold<LiveStream, LiveEvent, LiveOutput>
{
    public LiveStream Start(string stream)
    {
        var before = known(stream);
        return new LiveStream(stream, options, time, before?.Origin, before?.LastStart);
    }

    public LiveEvent Chunk(SampleChunk chunk) => new(chunk, time.GetTimestamp(), null, false);

    public LiveEvent Answer(LiveOutput asked, float probability) => new(null, 0, asked with { Answer = probability }, false);

    public LiveEvent Tick() => default;

    public LiveEvent Failure(Exception exception) => new(null, 0, null, true);

    public CutWindow? Asks(LiveOutput output) => output.Answer is null ? output.Window : null;

    public LiveStream Step(LiveStream state, DateTimeOffset at, LiveEvent happened, CutterTools tools, List<LiveOutput> outputs)
    {
        if (happened.Answered is { } answered)
        {
            outputs.Add(answered);
        }
        else if (happened.Failed)
        {
            state.Reset();
        }
        else
        {
            foreach (var window in state.Cut(happened.Chunk, happened.Arrived, tools))
                outputs.Add(new LiveOutput(window, state.LastArrival, null));
        }

        return state;
    }
}
