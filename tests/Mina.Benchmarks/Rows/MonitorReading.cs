using System.Globalization;
using System.Text.RegularExpressions;

namespace Mina.Benchmarks;

/// <summary>What a monitor's /metrics say.</summary>
/// <param name="Chunks">Taken.</param>
/// <param name="Gone">Dropped or missing.</param>
/// <param name="Windows">Judged.</param>
/// <param name="Median">Upper bound of the bucket that holds it, s.</param>
/// <param name="P99">The same.</param>
internal readonly record struct MonitorReading(long Chunks, long Gone, long Windows, double Median, double P99)
{
    public static MonitorReading Parse(string metrics)
    {
        var buckets = Regex.Matches(metrics, "^mina_window_latency\\w*_bucket\\{[^}]*le=\"([^\"]+)\"[^}]*\\} (\\d+)", RegexOptions.Multiline)
            .Select(m => (
                Bound: m.Groups[1].Value == "+Inf" ? double.PositiveInfinity : Number(m.Groups[1].Value),
                Count: Number(m.Groups[2].Value))).OrderBy(b => b.Bound).ToArray();
        var windows = buckets.Length == 0 ? 0 : buckets[^1].Count;
        return new MonitorReading(
            (long)Sum("mina_chunks_total"),
            (long)(Sum("mina_chunks_dropped_total") + Sum("mina_chunks_missing_total")),
            (long)windows,
            Quantile(0.5),
            Quantile(0.99));

        double Sum(string name) =>
            Regex.Matches(metrics, $"^{name}(?:\\{{[^}}]*\\}})? ([0-9.eE+]+)", RegexOptions.Multiline).Sum(m => Number(m.Groups[1].Value));
        double Quantile(double part) => windows == 0 ? 0 : Math.Min(buckets.First(b => b.Count >= part * windows).Bound, 999);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
