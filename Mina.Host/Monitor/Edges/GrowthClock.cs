using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Monitor.Edges;

/// <summary>
/// Says when the samples of a growing recording were taken: one after the other at fs, so that the last sample that was there at first was
/// taken when the file was written. Samples that come after a long delay were taken when they were written: the device had paused.
/// </summary>
/// <param name="maxDelay">Up to this delay the writer is taken to write only now and then, rather than the device to have paused.</param>
internal sealed class GrowthClock(TimeSpan maxDelay)
{
    private bool _set;

    /// <summary>When the sample that follows those given is due.</summary>
    public DateTimeOffset Next { get; private set; }

    /// <summary>Places samples in time.</summary>
    /// <param name="growth">The samples.</param>
    /// <param name="written">When the file was written.</param>
    /// <param name="secondsBehind">Signal that is in the file after these.</param>
    /// <returns>When the first was taken.</returns>
    public DateTimeOffset Take(Growth growth, DateTimeOffset written, double secondsBehind)
    {
        var length = TimeSpan.FromSeconds(growth.Millivolts.Length / growth.Fs);
        var latest = written - TimeSpan.FromSeconds(secondsBehind) - length;
        var first = Next + TimeSpan.FromSeconds(growth.SkippedSeconds);
        if (!_set || growth.Restarted || latest - first > maxDelay)
            first = latest;
        (_set, Next) = (true, first + length);
        return first;
    }
}
