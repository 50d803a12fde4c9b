using Mina.Preprocess;

namespace Mina.Host.Reports;

/// <summary>A window's trace on the grid of ECG paper.</summary>
internal static class EcgTrace
{
    private const double Rate = 300;
    private const double Width = 1000;
    private const double UnitsPerDeviation = 16;

    /// <summary>
    /// Draws it. Across, a small square is 0.04 s and a large one 0.2 s, as on paper; upwards a large square is
    /// 1 standard deviation of the recording, since channels are standardized and have no millivolts.
    /// </summary>
    /// <param name="html">Where it is written.</param>
    /// <param name="trace">Samples at 300 Hz, in standard deviations.</param>
    /// <param name="startSeconds">When the window begins, from the recording's start.</param>
    /// <param name="says">What a screen reader says of it.</param>
    public static void Write(HtmlWriter html, ReadOnlySpan<float> trace, double startSeconds, string says)
    {
        double lo = -3, hi = 4;
        foreach (var v in trace)
        {
            if (!float.IsFinite(v))
                continue;
            // An artefact must not flatten everything else: what lies beyond 12 deviations is cut off at the edge.
            lo = Math.Max(-12, Math.Min(lo, Math.Floor(v)));
            hi = Math.Min(12, Math.Max(hi, Math.Ceiling(v)));
        }

        var seconds = (double)Shapes.Window / Rate;
        var height = (hi - lo) * UnitsPerDeviation;
        html.Add($"""<svg class="ecg" viewBox="0 0 {Width} {height + 16}" role="img" aria-label="{says}"><path class="minor" """).Raw("d=\"");
        var (small, large) = (Width / (seconds * 25), Width / (seconds * 5));
        Grid(html, small, UnitsPerDeviation / 5, height);
        html.Raw("\"/><path class=\"major\" d=\"");
        Grid(html, large, UnitsPerDeviation, height);
        html.Raw("\"/><path class=\"trace\" d=\"");
        var pen = 'M';
        for (var i = 0; i < trace.Length; i++)
        {
            if (!float.IsFinite(trace[i]))
            {
                pen = 'M';
                continue;
            }

            var y = (hi - Math.Clamp(trace[i], lo, hi)) * UnitsPerDeviation;
            html.Add($"{pen.ToString()}{Width * i / (Rate * seconds):0.#} {y:0.#}");
            pen = 'L';
        }

        html.Raw("\"/>");
        for (var s = 0; s <= seconds; s++)
        {
            var anchor = s == 0 ? "start" : s >= seconds ? "end" : "middle";
            html.Add($"""<text class="tick" x="{Width * s / seconds}" y="{height + 13}" text-anchor="{anchor}">{startSeconds + s:0.#} s</text>""");
        }

        html.Raw("</svg>");
    }

    private static void Grid(HtmlWriter html, double across, double down, double height)
    {
        for (var k = 0; k * across <= Width + 1e-6; k++)
            html.Add($"M{k * across} 0V{height}");
        for (var k = 0; k * down <= height + 1e-6; k++)
            html.Add($"M0 {k * down}H{Width}");
    }
}
