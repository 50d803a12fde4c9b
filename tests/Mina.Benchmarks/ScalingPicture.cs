using Mina.Host.Reports.Drawing;
using Mina.Streaming.Files;

namespace Mina.Benchmarks;

/// <summary>Draws how the rows scale, as small multiples: one panel for each comparison along an axis.</summary>
internal static class ScalingPicture
{
    private const int PanelWidth = 360, PanelHeight = 280, Columns = 4;
    private const double PixelsPerUnit = 1.5;

    private static readonly string[] Colours = ["#0b63a5", "#c25e00", "#1b7f4d"];
    private static readonly Ink Ideal = new("s-ideal", "#8a96a3", Stroke: 1, Dash: 3);

    /// <summary>Draws a PNG.</summary>
    /// <returns>False where no comparison has an axis: nothing is written.</returns>
    public static bool Save(string path, IEnumerable<Comparison> comparisons)
    {
        var panels = comparisons.Where(comparison => comparison.Against is not null && comparison.Figures.Any(figure => figure.At is not null)).ToArray();
        if (panels.Length == 0)
            return false;
        var rows = (panels.Length + Columns - 1) / Columns;
        using var canvas = new PngCanvas(PanelWidth * Columns, PanelHeight * rows, PixelsPerUnit);
        for (var i = 0; i < panels.Length; i++)
            PanelOf(panels[i]).Draw(canvas, new Box(i % Columns * PanelWidth, i / Columns * PanelHeight, PanelWidth, PanelHeight));
        WholeFile.Write(path, canvas.ToPng());
        return true;
    }

    private static bool IsProportional(Comparison panel) => panel.Against == "threads" || panel.Goal == "linear";

    private static LineChart PanelOf(Comparison panel)
    {
        // Figures of one name but for what follows a comma are a line: "p50, 1,000 streams".
        var lines = panel.Figures.Where(figure => figure.At is not null)
            .GroupBy(figure => figure.Name.Any(char.IsLetter) ? figure.Name.Split(',')[0] : "")
            .Select(line => (Name: line.Key, Points: line.OrderBy(figure => figure.At).Select(figure => (X: figure.At!.Value, Y: figure.Value)).ToArray()))
            .ToArray();
        List<Series> series = [];
        for (var i = 0; i < lines.Length; i++)
        {
            var points = lines[i].Points;
            series.Add(new Series(lines.Length > 1 ? lines[i].Name : "", points, new Ink($"s-{i % Colours.Length}", Colours[i % Colours.Length], Stroke: 2)));
            // Dotted: what the first point would be at the others, in proportion.
            if (IsProportional(panel))
                series.Add(new Series("", [(0, 0), (points[^1].X, points[0].Y / points[0].X * points[^1].X)], Ideal, Marked: false));
        }

        var right = lines.Max(line => line.Points.Max(point => point.X)) * 1.1;
        var top = lines.Max(line => line.Points.Max(point => point.Y)) * 1.15;
        var step = Scale.FromZero(right, 5).Step;
        return new LineChart(
            new Axis(panel.Against!, new Scale(0, right, panel.Against == "threads" ? Math.Max(1, step) : step)),
            new Axis(panel.Unit, new Scale(0, top, Scale.FromZero(top, 5).Step)),
            series)
        {
            Title = panel.What,
        };
    }
}
