using System.Globalization;

namespace Mina.Host.Reports.Drawing;

/// <summary>An axis: its ends and the round numbers along it.</summary>
/// <param name="Low">Value at its lower end.</param>
/// <param name="High">Value at its upper end, above Low.</param>
/// <param name="Step">From one labelled number to the next.</param>
internal readonly record struct Scale(double Low, double High, double Step)
{
    /// <summary>From 0 to a round number not below <paramref name="high"/>, with about so many steps.</summary>
    public static Scale FromZero(double high, int about)
    {
        var step = Round(high / about);
        return new Scale(0, step * Math.Ceiling((high / step) - 1e-9), step);
    }

    /// <summary>
    /// Around all samples, with at most about so many steps. What is rarer than 1 in 500 may lie outside, when it would flatten
    /// the rest to less than half: an artefact must not hide the beats.
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

    /// <summary>The multiples of a step that lie on the axis.</summary>
    public IEnumerable<double> Steps(double step)
    {
        for (var k = Math.Ceiling((Low / step) - 1e-9); k * step <= High + (1e-9 * step); k++)
            yield return (k * step) + 0.0; // + 0.0: never -0
    }

    /// <summary>A number on the axis, with as many decimals as its steps need.</summary>
    public string Format(double value) =>
        value.ToString("F" + Math.Clamp((int)Math.Ceiling(-Math.Log10(Step) - 1e-9), 0, 6), CultureInfo.InvariantCulture);

    /// <summary>1, 2 or 5 times a power of ten, not below.</summary>
    private static double Round(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
