using Mina.Model.Streams;
using Mina.Streaming.Live.Partitions;

namespace Mina.Host.Monitor;

/// <summary>The fold of <c>Mina.Model</c> for the shell of <c>Mina.Streaming</c>, which do not know each other.</summary>
/// <param name="rules">The rules of every stream.</param>
/// <param name="start">A stream as it was kept, or a new one.</param>
internal sealed class ModelFold(StreamRules rules, Func<string, StreamValue> start) : IStreamFold<StreamValue, StreamEvent, StreamOutput>
{
    /// <inheritdoc/>
    public StreamValue Start(string stream) => start(stream);

    /// <inheritdoc/>
    public StreamEvent Chunk(SampleChunk chunk) => StreamEvent.NewChunk(chunk);

    /// <inheritdoc/>
    public StreamEvent Answer(StreamOutput asked, float probability) => StreamEvent.NewAnswer(Asks(asked)!.Number, probability);

    /// <inheritdoc/>
    public StreamEvent Tick() => StreamEvent.Tick;

    /// <inheritdoc/>
    public StreamEvent Failure(Exception exception) => StreamEvent.NewFailure("it failed and begins again");

    /// <inheritdoc/>
    public CutWindow? Asks(StreamOutput output) => output is StreamOutput.Classify question ? question.Item : null;

    /// <inheritdoc/>
    public StreamValue Step(StreamValue state, DateTimeOffset at, StreamEvent happened, CutterTools tools, List<StreamOutput> outputs)
    {
        var (next, followed) = StreamFold.Step(rules, tools, state, at, happened);
        outputs.AddRange(followed);
        return next;
    }
}
