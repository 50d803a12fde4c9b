namespace Mina.Streaming.Log;

/// <summary>An append that is not on disk yet.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Arrived">When the chunk arrived, in ticks (UTC).</param>
/// <param name="Body">The chunk as <see cref="JournalRow.WriteBody"/> encodes it.</param>
/// <param name="Committed">Called when it is on disk.</param>
/// <param name="Since">When it began to wait, by the stopwatch.</param>
internal sealed record PendingAppend(string Stream, long Arrived, byte[] Body, Action<long>? Committed, long Since)
{
    /// <summary>The offset that it gets when its turn has come to be written.</summary>
    public long Offset { get; set; }

    /// <summary>Completes with the offset. Whoever awaits it does not hold up the writer.</summary>
    public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
