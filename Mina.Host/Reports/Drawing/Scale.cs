using System.Globalization;

namespace Mina.Host.Reports.Drawing;

/// <summary>An axis: its ends and the round numbers along it.</summary>
/// <param name="Low">The value at its lower end.</param>
/// <param name="High">The value at its upper end, above Low.</param>
/// <param name="Step">The step from one labelled number to the next.</param>
internal readonly record struct Scale(double Low, double High, double Step)
{
    /// <summary>Creates a scale from 0 to a round number that is at least <paramref name="high"/>, with about this many steps.</summary>
    public static Scale FromZero(double high, int about)
    {
        var step = Round(high / about);
        return new Scale(0, step * Math.Ceiling((high / step) - 1e-9), step);
    }

    /// <summary>
    /// Creates a scale around all samples, with at most about this many steps. Up to 1 in 500 samples may lie outside where they would flatten the
    /// others to less than half, because an artefact must not hide the beats.
    /// </summary>
    public static Scale Around(ReadOnlySpan<float> samples, int about)
    {
        var sorted = samples.ToArray();
        Array.Sort(sorted);
        var rare = sorted.Length / 500;
        double low = sorted[0], high = sorted[^1];
        double usualLow = sorted[rare], usualHigh = sorted[^(rare + 1)];
        if (usualHigh - usualLow < 0.5 * (high - low))
            (low, high) = (usualLow, usualHigh);
        var room = Math.Max(0.06 * (high - low), 1e-6);
        return new Scale(low - room, high + room, Round((high - low + (2 * room)) / about));
    }

    /// <summary>Yields the multiples of a step that lie on the axis.</summary>
    public IEnumerable<double> Steps(double step)
    {
        for (var k = Math.Ceiling((Low / step) - 1e-9); k * step <= High + (1e-9 * step); k++)
            yield return (k * step) + 0.0; // + 0.0: never -0
    }

    /// <summary>Formats a number on the axis with as many decimals as its steps need.</summary>
    public string Format(double value) =>
        value.ToString("F" + Math.Clamp((int)Math.Ceiling(-Math.Log10(Step) - 1e-9), 0, 6), CultureInfo.InvariantCulture);

    /// <summary>Rounds up to 1, 2 or 5 times a power of ten.</summary>
    private static double Round(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
