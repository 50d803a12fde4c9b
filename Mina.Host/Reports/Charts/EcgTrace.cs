using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;
using Mina.Host.Reports.Drawing;
using Mina.Preprocess;

namespace Mina.Host.Reports.Charts;

/// <summary>Draws a window's trace on the grid of ECG paper.</summary>
internal static class EcgTrace
{
    private const double Width = 1000;
    private const double Seconds = (double)Shapes.Window / Shapes.Fs;
    private const double UnitsPerDeviation = 16;

    /// <summary>
    /// The trace is cut off at the edge beyond this many standard deviations, because an artefact must not flatten everything else.
    /// </summary>
    private const double Limit = 12;

    /// <summary>
    /// Draws the trace as inline SVG. Across, a small square is 0.04 s and a large one 0.2 s, as on paper. Upwards, a large square is 1 standard
    /// deviation of the recording, because channels are standardised and have no millivolts.
    /// </summary>
    /// <param name="trace">The samples at 300 Hz, in standard deviations.</param>
    /// <param name="startSeconds">The start of the window, in seconds from the start of the recording.</param>
    /// <param name="description">The description for screen readers.</param>
    public static MarkupString Draw(ReadOnlySpan<float> trace, double startSeconds, string description)
    {
        double low = -3, high = 4;
        foreach (var v in trace)
        {
            if (!float.IsFinite(v))
                continue;
            low = Math.Max(-Limit, Math.Min(low, Math.Floor(v)));
            high = Math.Min(Limit, Math.Max(high, Math.Ceiling(v)));
        }

        var height = (high - low) * UnitsPerDeviation;
        var svg = new SvgWriter();
        svg.Open(
            "svg",
            ("class", "ecg"),
            ("viewBox", $"0 0 {SvgWriter.Format(Width)} {SvgWriter.Format(height + 16)}"),
            ("role", "img"),
            ("aria-label", description));
        svg.Empty("path", ("class", "minor"), ("d", Grid(Width / (Seconds * 25), UnitsPerDeviation / 5, height)));
        svg.Empty("path", ("class", "major"), ("d", Grid(Width / (Seconds * 5), UnitsPerDeviation, height)));
        svg.Empty("path", ("class", "trace"), ("d", Path(trace, low, high)));
        for (var s = 0; s <= Seconds; s++)
        {
            var anchor = s == 0 ? "start" : s >= Seconds ? "end" : "middle";
            svg.Open("text", ("class", "tick"), ("x", Width * s / Seconds), ("y", height + 13), ("text-anchor", anchor));
            svg.Text(FormattableString.Invariant($"{startSeconds + s:0.#} s")).Close();
        }

        return new MarkupString(svg.Close().ToString());
    }

    private static string Path(ReadOnlySpan<float> trace, double low, double high)
    {
        var path = new StringBuilder();
        var pen = 'M';
        for (var i = 0; i < trace.Length; i++)
        {
            if (!float.IsFinite(trace[i]))
            {
                pen = 'M';
                continue;
            }

            var y = (high - Math.Clamp(trace[i], low, high)) * UnitsPerDeviation;
            path.Append(CultureInfo.InvariantCulture, $"{pen}{Width * i / (Shapes.Fs * Seconds):0.#} {y:0.#}");
            pen = 'L';
        }

        return path.ToString();
    }

    private static string Grid(double across, double down, double height)
    {
        var path = new StringBuilder();
        for (var k = 0; k * across <= Width + 1e-6; k++)
            path.Append(CultureInfo.InvariantCulture, $"M{k * across:0.##} 0V{height:0.##}");
        for (var k = 0; k * down <= height + 1e-6; k++)
            path.Append(CultureInfo.InvariantCulture, $"M0 {k * down:0.##}H{Width:0.##}");
        return path.ToString();
    }
}
