using Mina.Model;

namespace Mina.Host.Reports;

/// <summary>Reliability curves with their probability histograms.</summary>
internal static class CalibrationSection
{
    private static readonly double[] Fifths = [0, 0.2, 0.4, 0.6, 0.8, 1];

    public static void Write(HtmlWriter html, EvaluationResult result)
    {
        html.Raw("<section><h2>Calibration</h2><div class=\"three\">");
        for (var i = 0; i < result.Views.Count; i++)
        {
            var view = result.Views[i];
            html.Add($"""<div class="card"><h3><span class="key {ViewStyle.Of(i)}"></span>{view.View.Name}</h3>""");
            html.Add($"""<p class="facts"><span>Expected calibration error <b>{Numbers.Figure(view.Calibration.ExpectedError)}</b></span><span>Brier score <b>{Numbers.Figure(view.Calibration.Brier)}</b></span></p>""");
            if (result.Untempered.Count > 0)
                html.Add($"""<p class="facts before"><span>before temperature scaling <b>{Numbers.Figure(result.Untempered[i].ExpectedError)}</b></span><span>Brier score <b>{Numbers.Figure(result.Untempered[i].Brier)}</b></span></p>""");
            Reliability(html, view, i, result);
            Histogram(html, view);
            html.Raw("</div>");
        }

        html.Raw("</div><p class=\"legend\"><span><span class=\"swatch af\"></span>AF</span><span><span class=\"swatch rest\"></span>not AF</span></p>");
        html.Raw("<p class=\"caption\">Above: how often AF was there, by the probability that was given; on the dotted line probabilities can be taken at their word. The more rows a bin has, the larger its dot.");
        if (result.Untempered.Count > 0)
            html.Add($" Grey: before temperature scaling, by {result.Options.Temperature:0.###}, which validation chose.");
        html.Raw(" Below: how many rows were given which probability.</p></section>");
    }

    private static void Reliability(HtmlWriter html, ViewMetrics view, int place, EvaluationResult result)
    {
        var style = ViewStyle.Of(place);
        var filled = view.Calibration.Bins.Where(b => b.Count > 0).ToArray();
        var chart = new Chart(html, 320, 270, (0, 1), (0, 1)).Begin($"Reliability curve of the {view.View.Name} view")
            .Axes("Mean probability", "Share of AF", Fifths, Fifths)
            .Line([(0, 0), (1, 1)], "reference")
            .Line([.. filled.Select(b => (b.MeanProbability, b.PositiveRate))], style + " solid");
        var most = filled.Length == 0 ? 1 : filled.Max(b => b.Count);
        if (result.Untempered.Count > 0)
            chart.Line([.. result.Untempered[place].Bins.Where(b => b.Count > 0).Select(b => (b.MeanProbability, b.PositiveRate))], "before");
        foreach (var bin in filled)
            chart.Dot(bin.MeanProbability, bin.PositiveRate, 2.5 + (5 * Math.Sqrt((double)bin.Count / most)), style,
                $"{Numbers.Count(bin.Count)} {ViewStyle.Rows(view.View.Name)}: mean probability {Numbers.Figure(bin.MeanProbability)}, share of AF {Numbers.Figure(bin.PositiveRate)}");
        chart.End();
    }

    private static void Histogram(HtmlWriter html, ViewMetrics view)
    {
        var bins = view.Calibration.Bins;
        var most = Math.Max(1, bins.Max(b => b.Count));
        var chart = new Chart(html, 320, 150, (0, 1), (0, most * 1.05)).Begin($"Histogram of the probabilities of the {view.View.Name} view")
            .Axes("Probability", "Rows", Fifths, Chart.Ticks(0, most, 3).Where(double.IsInteger), yFormat: "N0");
        foreach (var bin in bins.Where(b => b.Count > 0))
        {
            // A bin's share of AF times its count is a whole number, but for rounding.
            var af = (int)Math.Round(bin.PositiveRate * bin.Count);
            var (lo, hi) = (bin.Lo + 0.006, bin.Hi - 0.006);
            if (af > 0)
                chart.Bar(lo, hi, 0, af, "fill af", $"{Numbers.Count(af)} AF");
            if (af < bin.Count)
                chart.Bar(lo, hi, af, bin.Count, "fill rest", $"{Numbers.Count(bin.Count - af)} not AF");
        }

        chart.End();
    }
}
