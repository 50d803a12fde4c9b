namespace Mina.Host.Monitor.Edges;

/// <summary>A stream's rate: a bucket of 10 s of samples that fills steadily. Any thread.</summary>
/// <param name="perSecond">Samples a second.</param>
/// <param name="time">Its clock.</param>
internal sealed class SampleAllowance(double perSecond, TimeProvider time)
{
    private const double Seconds = 10;

    private readonly Lock _gate = new();
    private double _left = perSecond * Seconds;
    private long _at = time.GetTimestamp();

    /// <summary>Takes so many out.</summary>
    /// <returns>How long to wait with them; zero: not at all.</returns>
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
