namespace Mina.Host.Reports.Drawing;

/// <summary>Draws SVG. Names come from recordings, so every text is encoded.</summary>
/// <param name="width">Of the drawing.</param>
/// <param name="height">Of the drawing.</param>
/// <param name="says">What a screen reader says of it.</param>
internal sealed class SvgCanvas(double width, double height, string says) : ICanvas
{
    private const string Sans = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Lato,'DejaVu Sans',sans-serif";

    private readonly HtmlWriter _body = new();
    private readonly SortedDictionary<string, string> _styles = new(StringComparer.Ordinal);

    /// <summary>The drawing, for a page: its styles stand in it.</summary>
    /// <param name="alone">Whether it is a file of its own: with a name space, a size and white paper.</param>
    public string ToString(bool alone)
    {
        var svg = new HtmlWriter();
        svg.Raw("<svg class=\"figure\"");
        if (alone)
            svg.Add($""" xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" """);
        svg.Add($""" viewBox="0 0 {width} {height}" role="img" aria-label="{says}"><style>""");
        svg.Raw($".figure text{{font-family:{Sans};font-variant-numeric:tabular-nums}}");
        foreach (var (name, style) in _styles)
            svg.Raw($".figure .{name}{{{style}}}");
        svg.Raw("</style>");
        if (alone)
            svg.Raw("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>");
        return svg.Raw(_body.ToString()).Raw("</svg>").ToString();
    }

    public override string ToString() => ToString(alone: false);

    public void Boxes(IReadOnlyList<Box> boxes, Ink ink)
    {
        if (boxes.Count == 0)
            return;
        Begin(ink);
        foreach (var box in boxes)
            _body.Add($"M{box.X:0.#} {box.Y:0.##}h{box.Width:0.#}v{box.Height:0.##}h{-box.Width:0.#}z");
        _body.Raw("\"/>");
    }

    public void Lines(IReadOnlyList<((double X, double Y) From, (double X, double Y) To)> lines, Ink ink)
    {
        if (lines.Count == 0)
            return;
        Begin(ink);
        foreach (var (from, to) in lines)
        {
            _body.Add($"M{from.X:0.##} {from.Y:0.##}");
            if (from.X == to.X)
                _body.Add($"V{to.Y:0.##}");
            else if (from.Y == to.Y)
                _body.Add($"H{to.X:0.##}");
            else
                _body.Add($"L{to.X:0.##} {to.Y:0.##}");
        }

        _body.Raw("\"/>");
    }

    public void Polyline(IReadOnlyList<(double X, double Y)> points, Ink ink)
    {
        if (points.Count < 2)
            return;
        Begin(ink);
        var pen = 'M';
        foreach (var (x, y) in points)
        {
            _body.Add($"{pen.ToString()}{x:0.#} {y:0.#}");
            pen = 'L';
        }

        _body.Raw("\"/>");
    }

    public void Text(double x, double y, string text, Lettering lettering, Anchor anchor, bool turned)
    {
        var at = anchor switch { Anchor.Start => "start", Anchor.Middle => "middle", _ => "end" };
        var weight = lettering.Bold ? "600" : "400";
        var place = turned ? FormattableString.Invariant($"transform=\"translate({x:0.#} {y:0.#}) rotate(-90)\"") : FormattableString.Invariant($"x=\"{x:0.#}\" y=\"{y:0.#}\"");
        _body.Add($"<text class=\"{Style(lettering.Ink)}\" ").Raw(place);
        // As style, not as attributes: a page's own rules for text in drawings must not win.
        _body.Add($""" text-anchor="{at}" style="font-size:{lettering.Size}px;font-weight:{weight}">{text}</text>""");
    }

    private void Begin(Ink ink) => _body.Add($"<path class=\"{Style(ink)}\" d=\"");

    private string Style(Ink ink)
    {
        if (!_styles.ContainsKey(ink.Name))
        {
            var colour = ink.Variable is { } variable ? $"var(--{variable},{ink.Colour})" : ink.Colour;
            _styles[ink.Name] = FormattableString.Invariant(ink.Stroke > 0
                ? (FormattableString)$"fill:none;stroke:{colour};stroke-width:{ink.Stroke};stroke-linejoin:round"
                : $"fill:{colour};stroke:none")
                + (ink.Opacity < 1 ? FormattableString.Invariant($";opacity:{ink.Opacity:0.###}") : "")
                + (ink.Dash > 0 ? FormattableString.Invariant($";stroke-dasharray:{ink.Dash}") : "");
        }

        return ink.Name;
    }
}
