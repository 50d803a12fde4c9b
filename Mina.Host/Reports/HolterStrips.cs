using Mina.Host.Monitor.Page;

namespace Mina.Host.Reports;

/// <summary>Chooses the strips of a Holter report: one of each kind of what there is.</summary>
internal static class HolterStrips
{
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(4);

    /// <summary>What the strips show, and where each begins; a strip of no ECG is left out later.</summary>
    public static IEnumerable<(string Title, string About, DateTimeOffset From)> Choose(HolterSource source)
    {
        if (source.Episodes.MaxBy(episode => episode.End - episode.Start) is { } longest)
        {
            yield return ("Onset of the longest episode", $"AF for {DisplayText.Duration(longest.End - longest.Start)}", longest.Start - Lead);
            yield return (longest.Open ? "The longest episode, which goes on" : "End of the longest episode", "", longest.End - (HolterReport.StripSpan / 2));
        }

        var rated = source.Windows.Where(window => window.HeartRate is not null).ToList();
        if (rated.MaxBy(window => window.HeartRate) is { } fast)
            yield return ("Fastest 10 s", $"{DisplayText.HeartRate(fast.HeartRate)} /min", fast.Start);
        if (rated.MinBy(window => window.HeartRate) is { } slow)
            yield return ("Slowest 10 s", $"{DisplayText.HeartRate(slow.HeartRate)} /min", slow.Start);
        if (source.Windows.Where(window => window.Probability is not null).MinBy(window => window.Probability) is { } surest)
            yield return ("Least probability of AF", DisplayText.Probability(surest.Probability), surest.Start);
        if (source.Ectopic.Count > 0)
            yield return ("First ectopic beat", "", source.Ectopic[0] - (HolterReport.StripSpan / 2));
        if (source.Windows.FirstOrDefault(window => window.Probability is null) is { } unclear)
            yield return ("Not judged", unclear.Reason ?? "", unclear.Start);
    }
}
