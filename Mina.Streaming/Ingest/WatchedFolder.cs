using Mina.Streaming.Recordings;

namespace Mina.Streaming.Ingest;

/// <summary>A folder's recordings as they arrive, until it is stopped: the endless source of <c>ingest --watch</c>.</summary>
public static class WatchedFolder
{
    /// <summary>Looks at the folder every <paramref name="interval"/>; blocks in between.</summary>
    /// <param name="watch">The folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="interval">Between two looks.</param>
    /// <param name="stop">Ends the enumeration.</param>
    public static IEnumerable<RecordingEntry> Entries(RecordingWatch watch, TimeProvider time, TimeSpan interval, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var entry in watch.Poll())
                yield return entry;
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
