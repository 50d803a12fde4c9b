using Mina.Streaming.Log;

namespace Mina.Streaming.Live.Partitions;

/// <summary>
/// The log of a shell, and why it cannot be written now. While no chunk comes to show it, a mark is written now and then, so that a monitor
/// whose disk fails does not wait for a chunk to say so, nor for one to say that it works again.
/// </summary>
internal sealed class WatchedLog(IChunkLog log, TimeProvider time)
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CheckFailedEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5);

    private Task _check = Task.CompletedTask;

    /// <summary>Why the last chunk or mark, of whatever stream, could not be written; null: it was written.</summary>
    public string? Failure { get; private set; }

    /// <summary>Appends a chunk, and waits until it is on disk.</summary>
    /// <returns>Whether it is.</returns>
    public async ValueTask<bool> TryAppendAsync(string stream, DateTimeOffset arrived, SampleChunk chunk, Action<long> committed)
    {
        try
        {
            await log.AppendAsync(stream, arrived, chunk, committed);
            Failure = null;
            return true;
        }
        catch (Exception e)
        {
            Failure = e.Message;
            return false;
        }
    }

    /// <summary>Writes marks until it is stopped.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(Failure is null ? CheckEvery : CheckFailedEvery, time, stop);
            try
            {
                // One that has not been answered is waited for again: more of them would only queue up behind it.
                if (_check.IsCompleted)
                    _check = log.CheckAsync(stop);
                await _check.WaitAsync(LongestAnswer, time, stop);
                Failure = null;
            }
            catch (TimeoutException)
            {
                Failure = "the disk does not answer";
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failure = e.Message;
            }
        }
    }
}
