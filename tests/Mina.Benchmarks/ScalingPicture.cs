using Mina.Host.Reports.Drawing;
using ScottPlot;

namespace Mina.Benchmarks;

/// <summary>How the rows scale, as small multiples: one panel for each comparison along an axis.</summary>
internal static class ScalingPicture
{
    private const int PanelWidth = 330, PanelHeight = 260, Columns = 4;

    /// <summary>Draws a PNG.</summary>
    /// <returns>False where no comparison has an axis: nothing is written.</returns>
    public static bool Save(string path, IEnumerable<Comparison> comparisons)
    {
        var panels = comparisons.Where(comparison => comparison.Against is not null && comparison.Figures.Any(figure => figure.At is not null)).ToArray();
        if (panels.Length == 0)
            return false;
        var multiplot = new Multiplot();
        multiplot.RemovePlot(multiplot.GetPlot(0));
        foreach (var panel in panels)
            Draw(multiplot.AddPlot(), panel);
        var rows = (panels.Length + Columns - 1) / Columns;
        multiplot.Layout = new ScottPlot.MultiplotLayouts.Grid(rows, Columns);
        multiplot.SavePng(path, PanelWidth * Columns, PanelHeight * rows);
        return true;
    }

    private static bool Proportional(Comparison panel) => panel.Against == "threads" || panel.Goal == "linear";

    private static void Draw(Plot plot, Comparison panel)
    {
        var ink = Color.FromHex("#17212b");
        plot.FigureBackground.Color = Colors.White;
        plot.Axes.Color(ink);
        plot.Grid.MajorLineColor = Color.FromHex("#dde3e9");
        plot.Title(panel.What, 14);
        var top = 0.0;
        var right = 0.0;
        // Figures of one name but for what follows a comma are a line: "p50, 1,000 streams".
        string[] colours = ["#0b63a5", "#c25e00", "#1b7f4d"];
        var lines = panel.Figures.Where(figure => figure.At is not null).GroupBy(figure => figure.Name.Any(char.IsLetter) ? figure.Name.Split(',')[0] : "").ToArray();
        for (var i = 0; i < lines.Length; i++)
        {
            var points = lines[i].OrderBy(figure => figure.At).ToArray();
            var line = plot.Add.Scatter(points.Select(p => p.At!.Value).ToArray(), points.Select(p => p.Value).ToArray(), Color.FromHex(colours[i % colours.Length]));
            line.LineWidth = 2;
            line.MarkerSize = 7;
            if (Proportional(panel))
            {
                var ideal = plot.Add.Line(0, 0, points[^1].At!.Value, points[0].Value / points[0].At!.Value * points[^1].At!.Value);
                ideal.LinePattern = LinePattern.Dotted;
                ideal.LineColor = Color.FromHex("#8a96a3");
                ideal.LineWidth = 1;
            }

            if (lines.Length > 1)
                line.LegendText = lines[i].Key;
            top = Math.Max(top, points.Max(p => p.Value));
            right = Math.Max(right, points.Max(p => p.At!.Value));
        }

        // Dotted: what the first point would be at the others, in proportion.
        plot.Axes.SetLimits(0, right * 1.1, 0, top * 1.15);
        plot.Axes.Bottom.Label.Text = panel.Against!;
        plot.Axes.Left.Label.Text = panel.Unit;
        if (panel.Against == "threads")
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        if (lines.Length > 1)
            plot.ShowLegend(Alignment.UpperLeft);
        else
            plot.HideLegend();
        if (SansSerif.Family is { } font)
            plot.Font.Set(font);
    }
}
