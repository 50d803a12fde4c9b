using Mina.Host.Reports.Drawing;
using Mina.Model;
using Mina.Streaming.Files;

namespace Mina.Host.Reports;

/// <summary>Draws a training run: losses and validation ROC-AUC by epoch.</summary>
public static class TrainingCurves
{
    /// <summary>The size of the drawing in units of the SVG; the PNG has two pixels for each unit.</summary>
    public const int Width = 1000, Height = 520;

    private const double PngScale = 2;

    private static readonly Ink TrainLoss = new("t-train", "#c25e00", "v1", Stroke: 2);
    private static readonly Ink ValidationLoss = new("t-validation", "#0b63a5", "v0", Stroke: 2);
    private static readonly Ink RocAuc = new("t-auc", "#1b7f4d", "v2", Stroke: 2);
    private static readonly Ink Best = new("t-best", "#1b7f4d", "v2", Stroke: 1.2, Dash: 3);

    /// <summary>
    /// Writes both pictures, each as a whole or not at all, and creates folders that are missing. The loss is on the left axis and ROC-AUC on the
    /// right one; the best epoch is marked. Epochs without validation have no point.
    /// </summary>
    /// <param name="pngPath">The PNG file.</param>
    /// <param name="svgPath">The SVG file.</param>
    /// <param name="history">The epochs so far; where there are none, nothing is written.</param>
    /// <param name="title">The title above the plot; null where there is none.</param>
    /// <exception cref="Mina.Preprocess.ProblemException">A file cannot be written.</exception>
    public static void Save(string pngPath, string svgPath, IReadOnlyList<EpochResult> history, string? title = null)
    {
        if (history.Count == 0)
            return;
        var chart = ChartOf(history, title);
        var place = new Box(0, 0, Width, Height);
        using var png = new PngCanvas(Width, Height, PngScale);
        chart.Draw(png, place);
        WholeFile.Write(pngPath, png.ToPng());
        var svg = new SvgCanvas(Width, Height, "Losses and validation ROC-AUC by epoch");
        chart.Draw(svg, place);
        WholeFile.Write(svgPath, svg.ToString(alone: true) + "\n");
    }

    private static LineChart ChartOf(IReadOnlyList<EpochResult> history, string? title)
    {
        var trainLoss = FinitePoints(history, epoch => epoch.TrainLoss);
        var validationLoss = FinitePoints(history, epoch => epoch.ValidationLoss);
        var rocAuc = FinitePoints(history, epoch => epoch.ValidationRocAuc);
        List<Series> series = [new("train loss (with dropout)", trainLoss, TrainLoss)];
        if (validationLoss.Count > 0)
            series.Add(new("validation loss", validationLoss, ValidationLoss));
        if (rocAuc.Count > 0)
            series.Add(new("validation ROC-AUC", rocAuc, RocAuc, OnRight: true));

        var last = history.Max(epoch => epoch.Epoch);
        var epochs = new Axis("epoch", new Scale(0.5, last + 0.5, Math.Max(1, Scale.FromZero(last, 12).Step)));
        var highest = trainLoss.Concat(validationLoss).Select(point => point.Y).Append(0.1).Max() * 1.1;
        var loss = new Axis("cross-entropy", new Scale(0, highest, Scale.FromZero(highest, 6).Step));
        if (rocAuc.Count == 0)
            return new LineChart(epochs, loss, series) { Title = title };
        var best = rocAuc.MaxBy(point => point.Y);
        var lowest = Math.Clamp(Math.Floor((rocAuc.Min(point => point.Y) - 0.02) * 10) / 10, 0, 0.9);
        return new LineChart(epochs, loss, series)
        {
            Title = title,
            Right = new Axis("ROC-AUC", new Scale(lowest, 1.005, Scale.FromZero(1 - lowest, 5).Step)),
            RightInk = RocAuc with { Name = RocAuc.Name + "-text", Stroke = 0 },
            Mark = (best.X, FormattableString.Invariant($"best: {best.Y:0.0000} after epoch {best.X:0}"), Best),
        };
    }

    private static List<(double X, double Y)> FinitePoints(IReadOnlyList<EpochResult> history, Func<EpochResult, double?> value) =>
        [.. history.Where(epoch => value(epoch) is { } v && double.IsFinite(v)).Select(epoch => ((double)epoch.Epoch, value(epoch)!.Value))];
}
