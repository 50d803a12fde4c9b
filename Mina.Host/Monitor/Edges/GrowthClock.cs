using Mina.Streaming.Recordings;

namespace Mina.Host.Monitor.Edges;

/// <summary>
/// When the samples of a growing recording were taken: one after the other at fs, the last that was there at first when the file was
/// written. Those that come over a long delay after are of their writing: the device had paused.
/// </summary>
/// <param name="longestDelay">A delay up to this is the writer's: it writes now and then.</param>
internal sealed class GrowthClock(TimeSpan longestDelay)
{
    private bool _set;

    /// <summary>When the sample after those taken is due.</summary>
    public DateTimeOffset Next { get; private set; }

    /// <summary>Takes samples.</summary>
    /// <param name="growth">Some.</param>
    /// <param name="written">When the file was written.</param>
    /// <param name="secondsBehind">Signal that is in the file after these.</param>
    /// <returns>When the first was taken.</returns>
    public DateTimeOffset Take(Growth growth, DateTimeOffset written, double secondsBehind)
    {
        var length = TimeSpan.FromSeconds(growth.Millivolts.Length / growth.Fs);
        var latest = written - TimeSpan.FromSeconds(secondsBehind) - length;
        var first = Next + TimeSpan.FromSeconds(growth.SkippedSeconds);
        if (!_set || growth.Anew || latest - first > longestDelay)
            first = latest;
        (_set, Next) = (true, first + length);
        return first;
    }
}
