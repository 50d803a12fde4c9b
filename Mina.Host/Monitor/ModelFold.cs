using Mina.Host.Monitor.Running;
using Mina.Streaming.Live.Partitions;

namespace Mina.Host.Monitor;

/// <summary>Adapts the fold of <c>Mina.Model</c> to the shell of <c>Mina.Streaming</c>: the two rooms do not know each other.</summary>
/// <param name="rules">The rules of every stream.</param>
internal sealed class ModelFold(StreamRules rules) : IStreamFold<StreamValue, StreamEvent, StreamOutput>
{
    // A stream that stopped so long ago, or has sent nothing since the start, makes room for a new one.
    private static readonly TimeSpan HoldsPlace = TimeSpan.FromHours(1);

    // A name that brought no window does so much earlier.
    private static readonly TimeSpan EmptyNameHoldsPlace = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public StreamValue Start(string stream) => StreamFold.Start;

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
    public IEnumerable<StreamOutput> Unanswered(StreamValue state) => StreamFold.Unanswered(state).Select(StreamOutput.NewClassify);

    /// <inheritdoc/>
    public IEnumerable<SampleChunk> WaitingChunks(StreamValue state) => state.Cutter.Order.Early;

    /// <inheritdoc/>
    public bool TakesPlace(StreamValue state, DateTimeOffset now) =>
        state.Arrived == DateTimeOffset.MinValue
        || (state.Arrived >= state.Resumed && now - state.Arrived < (StreamRemover.IsEmptyName(state) ? EmptyNameHoldsPlace : HoldsPlace));

    /// <inheritdoc/>
    public StreamValue Step(StreamValue state, DateTimeOffset at, StreamEvent happened, CutterTools tools, List<StreamOutput> outputs)
    {
        var (next, followed) = StreamFold.Step(rules, tools, state, at, happened);
        outputs.AddRange(followed);
        return next;
    }
}
