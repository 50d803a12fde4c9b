using Mina.Streaming.Recordings;

namespace Mina.Streaming.Ingest;

/// <summary>A folder's recordings as they arrive, until told to stop: the endless source of <c>ingest --watch</c>.</summary>
public static class WatchedFolder
{
    /// <summary>Looks every <paramref name="interval"/>; after <paramref name="quiet"/> without anything new gives one null, so that open shards are finished.</summary>
    /// <param name="watch">The folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="interval">Between two looks.</param>
    /// <param name="quiet">Without anything new, after something.</param>
    /// <param name="stop">Ends the enumeration.</param>
    public static IEnumerable<RecordingEntry?> Entries(RecordingWatch watch, TimeProvider time, TimeSpan interval, TimeSpan quiet, CancellationToken stop)
    {
        long? last = null;
        while (!stop.IsCancellationRequested)
        {
            foreach (var entry in watch.Poll())
            {
                yield return entry;
                last = time.GetTimestamp();
            }

            if (last is { } at && time.GetElapsedTime(at) >= quiet)
            {
                yield return null;
                last = null;
            }

            if (!Wait(time, interval, stop))
                yield break;
        }
    }

    private static bool Wait(TimeProvider time, TimeSpan interval, CancellationToken stop)
    {
        try
        {
            Task.Delay(interval, time, stop).GetAwaiter().GetResult();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
