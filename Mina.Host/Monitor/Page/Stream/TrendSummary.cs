namespace Mina.Host.Monitor.Page;

/// <summary>Reads the trend of a stream, and says in words what it shows.</summary>
internal static class TrendSummary
{
    // A month of verdicts is more than should be in memory at once for a picture of sixty columns.
    private static readonly TimeSpan AtOnce = TimeSpan.FromHours(12);

    /// <summary>Reads a trend, a part at a time.</summary>
    /// <param name="monitor">Has verdicts and episodes.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="from">The start of the first step.</param>
    /// <param name="to">The end of the last step.</param>
    /// <param name="step">The length of a step, of which 12 h are a multiple.</param>
    public static async Task<IReadOnlyList<TrendStep>> ReadAsync(IMonitor monitor, string stream, DateTimeOffset from, DateTimeOffset to, TimeSpan step)
    {
        var episodes = await monitor.EpisodesAsync(stream, from, to);
        var steps = new List<TrendStep>();
        for (var start = from; start < to; start += AtOnce)
        {
            var end = start + AtOnce < to ? start + AtOnce : to;
            steps.AddRange(Trend.Compute(start, end, step, await monitor.VerdictsAsync(stream, start, end), episodes));
        }

        return steps;
    }

    /// <summary>The burden over all steps, with its span and how much of it could be classified.</summary>
    public static string Describe(IReadOnlyList<TrendStep> steps, int days)
    {
        var span = days == 1 ? "24 h" : $"{days} days";
        var classified = steps.Sum(step => step.ClassifiableSeconds);
        if (classified <= 0)
            return $"Nothing could be classified in the last {span}";
        var burden = Math.Min(1, steps.Sum(step => step.AFSeconds) / classified);
        return $"AF burden of the last {span}: {DisplayText.Share(burden)} of {DisplayText.Duration(TimeSpan.FromSeconds(classified))} classified";
    }
}
