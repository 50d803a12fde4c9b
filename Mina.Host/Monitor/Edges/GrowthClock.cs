using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Monitor.Edges;

/// <summary>
/// Gives times to the samples of a growing recording. Samples follow one another at fs, and the last of those that the file held at first is as
/// old as the file. Samples that come after a long delay are as old as the file then is, because the device had paused.
/// </summary>
/// <param name="maxDelay">Up to this delay the program is taken to write only now and then; after a longer one the device had paused.</param>
internal sealed class GrowthClock(TimeSpan maxDelay)
{
    private bool _set;

    /// <summary>The time of the sample that follows the last one.</summary>
    public DateTimeOffset Next { get; private set; }

    /// <summary>Gives times to the next samples.</summary>
    /// <param name="growth">The samples.</param>
    /// <param name="written">The time at which the file was last written.</param>
    /// <param name="secondsBehind">The length, in seconds, of the signal that follows these samples in the file.</param>
    /// <returns>The time of the first of these samples.</returns>
    public DateTimeOffset Take(Growth growth, DateTimeOffset written, double secondsBehind)
    {
        var length = TimeSpan.FromSeconds(growth.Millivolts.Length / growth.Fs);
        var latest = written - TimeSpan.FromSeconds(secondsBehind) - length;
        var first = Next + TimeSpan.FromSeconds(growth.SkippedSeconds);
        if (!_set || growth.RestartReason is not null || latest - first > maxDelay)
            first = latest;
        (_set, Next) = (true, first + length);
        return first;
    }
}
