namespace Mina.Host.Reports.Drawing;

/// <summary>A line of a chart.</summary>
/// <param name="Name">The name in the legend; empty leaves the line out of the legend.</param>
/// <param name="Points">The points in the order in which they are joined.</param>
/// <param name="Ink">The colour, width and dashes of the line; its markers have the same colour.</param>
/// <param name="OnRight">Whether its values belong to the right axis.</param>
/// <param name="Marked">Whether each point has a marker.</param>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points, Ink Ink, bool OnRight = false, bool Marked = true);

/// <summary>An axis of a chart.</summary>
/// <param name="Name">The quantity along the axis, with its unit.</param>
/// <param name="Scale">The ends and ticks of the axis.</param>
internal sealed record Axis(string Name, Scale Scale);

/// <summary>
/// Draws lines over a horizontal axis and one or two vertical axes. Lines without <see cref="Series.OnRight"/> belong to the left axis.
/// </summary>
internal sealed class LineChart(Axis x, Axis left, IReadOnlyList<Series> series)
{
    private const double TickLength = 4, TickSize = 12, NameSize = 13, LegendSize = 13, MarkerRadius = 3.2;
    private const double LeftMargin = 68, RightMargin = 18, RightAxisMargin = 68, TopMargin = 14, TitleHeight = 28, AxisHeight = 48, LegendHeight = 28;

    private static readonly Ink Text = new("c-ink", "#17212b", "ink");
    private static readonly Ink Soft = new("c-soft", "#4f5b67", "soft");
    private static readonly Ink Grid = new("c-grid", "#dde3e9", "rule", Stroke: 1);
    private static readonly Ink Frame = new("c-frame", "#4f5b67", "soft", Stroke: 1);

    /// <summary>The right axis; null where there is none.</summary>
    public Axis? Right { get; init; }

    /// <summary>The colour of the right axis, which shows the line that it belongs to.</summary>
    public Ink RightInk { get; init; } = Soft;

    /// <summary>The title above the chart; null where there is none.</summary>
    public string? Title { get; init; }

    /// <summary>A vertical line that is named in the legend; null where there is none.</summary>
    public (double X, string Name, Ink Ink)? Mark { get; init; }

    /// <summary>Draws the chart into a box of the drawing.</summary>
    public void Draw(ICanvas canvas, Box place)
    {
        var legend = series.Where(line => line.Name.Length > 0).Select(line => (line.Name, line.Ink, line.Marked)).ToList();
        if (Mark is { } named)
            legend.Add((named.Name, named.Ink, false));
        var top = place.Y + TopMargin + (Title is null ? 0 : TitleHeight);
        var bottom = place.Y + place.Height - AxisHeight - (legend.Count > 0 ? LegendHeight : 0);
        var area = new Box(place.X + LeftMargin, top, place.Width - LeftMargin - (Right is null ? RightMargin : RightAxisMargin), bottom - top);
        if (Title is not null)
            canvas.Text(place.X + (place.Width / 2), place.Y + 26, Title, new Lettering(Text, 17, Bold: true), Anchor.Middle);
        Horizontal(canvas, area);
        Vertical(canvas, area, left, onRight: false, Soft);
        if (Right is { } right)
            Vertical(canvas, area, right, onRight: true, RightInk);
        canvas.Lines(
            [
                ((area.X, area.Y), (area.X, bottom)),
                ((area.X, bottom), (area.X + area.Width, bottom)),
                .. Right is null ? [] : new[] { ((area.X + area.Width, area.Y), (area.X + area.Width, bottom)) },
            ],
            Frame);
        if (Mark is { } mark)
            canvas.Lines([((Across(area, mark.X), area.Y), (Across(area, mark.X), bottom))], mark.Ink);
        foreach (var line in series)
            Line(canvas, area, line);
        Legend(canvas, legend, area, place.Y + place.Height - 10);
    }

    private double Across(Box area, double value) => area.X + (area.Width * (value - x.Scale.Low) / (x.Scale.High - x.Scale.Low));

    private static double Up(Box area, Scale scale, double value) => area.Y + (area.Height * (scale.High - value) / (scale.High - scale.Low));

    private void Horizontal(ICanvas canvas, Box area)
    {
        var bottom = area.Y + area.Height;
        foreach (var tick in x.Scale.Steps(x.Scale.Step))
        {
            var at = Across(area, tick);
            canvas.Lines([((at, bottom), (at, bottom + TickLength))], Frame);
            canvas.Text(at, bottom + TickLength + TickSize + 1, x.Scale.Format(tick), new Lettering(Soft, TickSize), Anchor.Middle);
        }

        canvas.Text(area.X + (area.Width / 2), bottom + 39, x.Name, new Lettering(Text, NameSize), Anchor.Middle);
    }

    private static void Vertical(ICanvas canvas, Box area, Axis axis, bool onRight, Ink ink)
    {
        var edge = onRight ? area.X + area.Width : area.X;
        var outwards = onRight ? 1 : -1;
        foreach (var tick in axis.Scale.Steps(axis.Scale.Step))
        {
            var at = Up(area, axis.Scale, tick);
            if (!onRight)
                canvas.Lines([((area.X, at), (area.X + area.Width, at))], Grid);
            canvas.Lines([((edge, at), (edge + (outwards * TickLength), at))], Frame);
            canvas.Text(
                edge + (outwards * (TickLength + 4)),
                at + (0.35 * TickSize),
                axis.Scale.Format(tick),
                new Lettering(ink, TickSize),
                onRight ? Anchor.Start : Anchor.End);
        }

        canvas.Text(
            edge + (outwards * (onRight ? 58 : 50)),
            area.Y + (area.Height / 2),
            axis.Name,
            new Lettering(onRight ? ink : Text, NameSize),
            Anchor.Middle,
            turned: true);
    }

    private void Line(ICanvas canvas, Box area, Series line)
    {
        var scale = line.OnRight && Right is { } right ? right.Scale : left.Scale;
        (double X, double Y)[] points = [.. line.Points.Select(point => (Across(area, point.X), Up(area, scale, point.Y)))];
        canvas.Polyline(points, line.Ink);
        if (line.Marked)
            canvas.Dots(points, MarkerRadius, MarkerInk(line.Ink));
    }

    // The entries are evenly spaced, because without a font the width of a text is not known.
    private static void Legend(ICanvas canvas, IReadOnlyList<(string Name, Ink Ink, bool Marked)> entries, Box area, double y)
    {
        const double KeyWidth = 26;
        for (var i = 0; i < entries.Count; i++)
        {
            var (name, ink, marked) = entries[i];
            var at = area.X + (i * area.Width / entries.Count);
            canvas.Lines([((at, y - 4.5), (at + KeyWidth, y - 4.5))], ink);
            if (marked)
                canvas.Dots([(at + (KeyWidth / 2), y - 4.5)], MarkerRadius, MarkerInk(ink));
            canvas.Text(at + KeyWidth + 7, y, name, new Lettering(Text, LegendSize));
        }
    }

    private static Ink MarkerInk(Ink line) => line with { Name = line.Name + "-dot", Stroke = 0, Dash = 0 };
}
