using Mina.Host.Reports.Drawing;
using Mina.Model;
using Mina.Streaming.Files;
using ScottPlot;

namespace Mina.Host.Reports;

/// <summary>Training as a picture: losses and validation ROC-AUC by epoch.</summary>
public static class TrainingCurves
{
    /// <summary>Pixels of the PNG, and units of the SVG.</summary>
    public const int Width = 1000, Height = 520;

    /// <summary>
    /// Writes both pictures, each as a whole or not at all, and makes the folders that are missing. The loss is on the
    /// left axis, ROC-AUC on the right; the best epoch is marked. Epochs without validation leave no point.
    /// </summary>
    /// <param name="pngPath">The PNG file.</param>
    /// <param name="svgPath">The SVG file.</param>
    /// <param name="history">The epochs so far; without any there is nothing to draw and nothing is written.</param>
    /// <param name="title">Above the plot; null: none.</param>
    /// <exception cref="Mina.Preprocess.ProblemException">A file cannot be written.</exception>
    public static void Save(string pngPath, string svgPath, IReadOnlyList<EpochResult> history, string? title = null)
    {
        if (history.Count == 0)
            return;
        using var plot = Draw(history, title);
        WholeFile.Write(pngPath, plot.GetImageBytes(Width, Height, ImageFormat.Png));
        WholeFile.Write(svgPath, plot.GetSvgXml(Width, Height));
    }

    private static Plot Draw(IReadOnlyList<EpochResult> history, string? title)
    {
        var plot = new Plot();
        var ink = Color.FromHex("#17212b");
        var green = Color.FromHex("#1b7f4d");
        plot.FigureBackground.Color = Colors.White;
        plot.Axes.Color(ink);
        plot.Grid.MajorLineColor = Color.FromHex("#dde3e9");
        if (title is not null)
            plot.Title(title, 18);

        var top = 0.1;
        Line("train loss (with dropout)", e => e.TrainLoss, "#c25e00", right: false);
        Line("validation loss", e => e.ValidationLoss, "#0b63a5", right: false);
        Line("validation ROC-AUC", e => e.ValidationRocAuc, "#1b7f4d", right: true);

        var last = history.Max(e => e.Epoch);
        plot.Axes.SetLimits(0.5, last + 0.5, 0, top * 1.1);
        plot.Axes.Bottom.Label.Text = "epoch";
        plot.Axes.Left.Label.Text = "cross-entropy";
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        var areas = history.Where(e => e.ValidationRocAuc is { } a && double.IsFinite(a)).ToArray();
        if (areas.Length > 0)
        {
            var lowest = areas.Min(e => e.ValidationRocAuc!.Value);
            plot.Axes.Right.Min = Math.Clamp(Math.Floor((lowest - 0.02) * 10) / 10, 0, 0.9);
            plot.Axes.Right.Max = 1.005;
            plot.Axes.Right.Label.Text = "ROC-AUC";
            plot.Axes.Right.Label.ForeColor = green;
            plot.Axes.Right.TickLabelStyle.ForeColor = green;
            var best = areas.MaxBy(e => e.ValidationRocAuc!.Value)!;
            var mark = plot.Add.VerticalLine(best.Epoch, 1, green, LinePattern.Dotted);
            mark.LegendText = FormattableString.Invariant($"best: {best.ValidationRocAuc!.Value:0.0000} after epoch {best.Epoch}");
        }

        plot.ShowLegend(Edge.Bottom);
        if (SansSerif.Family is { } font)
            plot.Font.Set(font);
        return plot;

        void Line(string name, Func<EpochResult, double?> of, string colour, bool right)
        {
            var known = history.Where(e => of(e) is { } v && double.IsFinite(v)).ToArray();
            if (known.Length == 0)
                return;
            var values = known.Select(e => of(e)!.Value).ToArray();
            var line = plot.Add.Scatter(known.Select(e => (double)e.Epoch).ToArray(), values, Color.FromHex(colour));
            line.LineWidth = 2;
            line.MarkerSize = 6;
            line.LegendText = name;
            if (right)
                line.Axes.YAxis = plot.Axes.Right;
            else
                top = Math.Max(top, values.Max());
        }
    }
}
