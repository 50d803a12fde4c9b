using Mina.Streaming.Recordings;

namespace Mina.Streaming.Ingest;

/// <summary>The endless source of <c>ingest --watch</c>: a folder's recordings as they arrive.</summary>
public static class WatchedFolder
{
    /// <summary>Yields new recordings, and blocks between two looks at the folder.</summary>
    /// <param name="watch">The folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="interval">The time between two looks at the folder.</param>
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
