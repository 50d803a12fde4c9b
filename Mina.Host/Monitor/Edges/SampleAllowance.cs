namespace Mina.Host.Monitor.Edges;

/// <summary>Limits the rate of a stream: a token bucket that holds 10 s of samples. Every member may be used from any thread.</summary>
/// <param name="perSecond">The rate at which the bucket fills, samples a second.</param>
/// <param name="time">The clock.</param>
internal sealed class SampleAllowance(double perSecond, TimeProvider time)
{
    private const double Seconds = 10;

    private readonly Lock _gate = new();
    private double _left = perSecond * Seconds;
    private long _at = time.GetTimestamp();

    /// <summary>Takes samples out of the bucket, which may go below zero.</summary>
    /// <returns>How long the samples have to wait; zero: not at all.</returns>
    public TimeSpan Take(int samples)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(perSecond * Seconds, _left + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond)) - samples;
            _at = now;
            return _left >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_left / perSecond);
        }
    }
}
