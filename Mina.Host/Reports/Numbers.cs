using System.Globalization;

namespace Mina.Host.Reports;

/// <summary>How figures read in a report.</summary>
internal static class Numbers
{
    /// <summary>Four decimals, as the printed table has them; a dash where undefined.</summary>
    public static string Figure(double value) =>
        double.IsNaN(value) ? "\u2013" : value.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>A share as a percentage with one decimal; a dash where undefined.</summary>
    public static string Percent(double share) =>
        double.IsNaN(share) ? "\u2013" : (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A count with thousands separated.</summary>
    public static string Count(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A probability: never rounded up to 1 nor down to 0, which would claim a certainty that was not there.</summary>
    public static string Probability(double p) => p switch
    {
        > 0.9999 and < 1 => ">0.9999",
        > 0 and < 0.0001 => "<0.0001",
        _ => p.ToString("0.0000", CultureInfo.InvariantCulture),
    };
}
