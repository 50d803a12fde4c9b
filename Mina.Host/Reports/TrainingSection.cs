using Mina.Model;

namespace Mina.Host.Reports;

/// <summary>Learning curves: losses and validation ROC-AUC by epoch.</summary>
internal static class TrainingSection
{
    public static void Write(HtmlWriter html, IReadOnlyList<EpochResult> history)
    {
        if (history.Count == 0)
            return;
        var epochs = (Lo: 0.5, Hi: history.Max(e => e.Epoch) + 0.5);
        var ticks = Chart.Ticks(1, epochs.Hi, 8).Where(double.IsInteger).Append(1).Distinct().ToArray();
        html.Raw("<section><h2>Training</h2><div class=\"two\"><div class=\"card\"><h3>Loss</h3>");
        var train = Points(history, e => e.TrainLoss);
        var validation = Points(history, e => e.ValidationLoss);
        var top = Math.Max(0.1, train.Concat(validation).Select(p => p.Y).DefaultIfEmpty(0).Max() * 1.1);
        var loss = new Chart(html, 420, 260, epochs, (0, top)).Begin("Loss by epoch")
            .Axes("Epoch", "Cross-entropy", ticks, Chart.Ticks(0, top), "0", "0.##");
        Draw(loss, train, "v1 solid", "train loss");
        Draw(loss, validation, "v0 solid", "validation loss");
        loss.End();
        html.Raw("<p class=\"legend\"><span><span class=\"key v1 solid\"></span>train (with dropout)</span><span><span class=\"key v0 solid\"></span>validation</span></p>");

        html.Raw("</div><div class=\"card\"><h3>Validation ROC-AUC</h3>");
        var areas = Points(history, e => e.ValidationRocAuc);
        var bottom = areas.Count == 0 ? 0 : Math.Clamp(Math.Floor((areas.Min(p => p.Y) - 0.02) * 10) / 10, 0, 0.9);
        var area = new Chart(html, 420, 260, epochs, (bottom, 1)).Begin("Validation ROC-AUC by epoch")
            .Axes("Epoch", "ROC-AUC", ticks, Chart.Ticks(bottom, 1), "0", "0.00");
        Draw(area, areas, "v2 solid", "ROC-AUC");
        if (areas.Count == 0)
            area.Note("There was no validation over both classes.");
        area.End();
        if (areas.Count > 0)
        {
            var best = areas.MaxBy(p => p.Y);
            html.Add($"""<p class="legend"><span>best: <b>{Numbers.Figure(best.Y)}</b> after epoch {best.X:0}</span></p>""");
        }

        html.Raw("</div></div></section>");
    }

    private static List<(double X, double Y)> Points(IReadOnlyList<EpochResult> history, Func<EpochResult, double?> of) =>
        [.. history.Where(e => of(e) is { } v && double.IsFinite(v)).Select(e => ((double)e.Epoch, of(e)!.Value))];

    private static void Draw(Chart chart, IReadOnlyList<(double X, double Y)> points, string style, string name)
    {
        chart.Line(points, style);
        foreach (var point in points)
            chart.Dot(point.X, point.Y, 3, style, $"epoch {point.X:0}: {name} {Numbers.Figure(point.Y)}");
    }
}
