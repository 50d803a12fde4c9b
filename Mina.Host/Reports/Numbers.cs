using System.Globalization;

namespace Mina.Host.Reports;

/// <summary>The format of figures in a report.</summary>
internal static class Numbers
{
    /// <summary>Formats a figure with four decimals, as in the printed table, or as a dash where it is undefined.</summary>
    public static string Figure(double value) =>
        double.IsNaN(value) ? "\u2013" : value.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>Formats a share as a percentage with one decimal, or as a dash where it is undefined.</summary>
    public static string Percent(double share) =>
        double.IsNaN(share) ? "\u2013" : (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>Formats a count with separators between thousands.</summary>
    public static string Count(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Formats a number of episodes, such as "1 episode" or "1,200 episodes".</summary>
    public static string Episodes(int count) => count == 1 ? "1 episode" : $"{Count(count)} episodes";

    /// <summary>Formats a probability, which is never rounded up to 1 or down to 0, because that would claim a certainty.</summary>
    public static string Probability(double p) => p switch
    {
        > 0.9999 and < 1 => ">0.9999",
        > 0 and < 0.0001 => "<0.0001",
        _ => p.ToString("0.0000", CultureInfo.InvariantCulture),
    };
}
