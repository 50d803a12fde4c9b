using System.Globalization;
using System.Text;

namespace Mina.Host.Reports.Drawing;

/// <summary>A canvas that writes SVG.</summary>
/// <param name="width">The width of the drawing, in its units.</param>
/// <param name="height">The height of the drawing, in its units.</param>
/// <param name="description">The description for screen readers.</param>
internal sealed class SvgCanvas(double width, double height, string description) : ICanvas
{
    private const string Sans = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Lato,'DejaVu Sans',sans-serif";
    private const string NameSpace = "http://www.w3.org/2000/svg";

    private readonly SvgWriter _body = new();
    private readonly SortedDictionary<string, string> _styles = new(StringComparer.Ordinal);

    /// <summary>The drawing as markup.</summary>
    /// <param name="alone">True for a file of its own, with a name space, a size and white paper; false for a part of a page.</param>
    public string ToString(bool alone)
    {
        var svg = new SvgWriter();
        var viewBox = $"0 0 {SvgWriter.Format(width)} {SvgWriter.Format(height)}";
        if (alone)
            svg.Open(
                "svg",
                NameSpace,
                ("class", "figure"),
                ("width", width),
                ("height", height),
                ("viewBox", viewBox),
                ("role", "img"),
                ("aria-label", description));
        else
            svg.Open("svg", ("class", "figure"), ("viewBox", viewBox), ("role", "img"), ("aria-label", description));
        svg.Markup(Style());
        if (alone)
            svg.Markup("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>");
        return svg.Markup(_body.ToString()).Close().ToString();
    }

    public override string ToString() => ToString(alone: false);

    public void Boxes(IReadOnlyList<Box> boxes, Ink ink)
    {
        if (boxes.Count == 0)
            return;
        var path = new StringBuilder();
        foreach (var box in boxes)
            path.Append(CultureInfo.InvariantCulture, $"M{box.X:0.#} {box.Y:0.##}h{box.Width:0.#}v{box.Height:0.##}h{-box.Width:0.#}z");
        Path(path, ink);
    }

    public void Lines(IReadOnlyList<((double X, double Y) From, (double X, double Y) To)> lines, Ink ink)
    {
        if (lines.Count == 0)
            return;
        var path = new StringBuilder();
        foreach (var (from, to) in lines)
        {
            path.Append(CultureInfo.InvariantCulture, $"M{from.X:0.##} {from.Y:0.##}");
            if (from.X == to.X)
                path.Append(CultureInfo.InvariantCulture, $"V{to.Y:0.##}");
            else if (from.Y == to.Y)
                path.Append(CultureInfo.InvariantCulture, $"H{to.X:0.##}");
            else
                path.Append(CultureInfo.InvariantCulture, $"L{to.X:0.##} {to.Y:0.##}");
        }

        Path(path, ink);
    }

    public void Polyline(IReadOnlyList<(double X, double Y)> points, Ink ink)
    {
        if (points.Count < 2)
            return;
        var path = new StringBuilder();
        var pen = 'M';
        foreach (var (x, y) in points)
        {
            path.Append(CultureInfo.InvariantCulture, $"{pen}{x:0.#} {y:0.#}");
            pen = 'L';
        }

        Path(path, ink);
    }

    public void Dots(IReadOnlyList<(double X, double Y)> centres, double radius, Ink ink)
    {
        foreach (var (x, y) in centres)
            _body.Empty("circle", ("class", ClassOf(ink)), ("cx", x), ("cy", y), ("r", radius));
    }

    public void Text(double x, double y, string text, Lettering lettering, Anchor anchor, bool turned)
    {
        var start = anchor switch { Anchor.Start => "start", Anchor.Middle => "middle", _ => "end" };
        // The font is given as a style and not as attributes, because a page's own rules for text in drawings must not override it.
        var style = $"font-size:{SvgWriter.Format(lettering.Size)}px;font-weight:{(lettering.Bold ? "600" : "400")}";
        var place = FormattableString.Invariant($"translate({x:0.#} {y:0.#}) rotate(-90)");
        if (turned)
            _body.Open("text", ("class", ClassOf(lettering.Ink)), ("transform", place), ("text-anchor", start), ("style", style));
        else
            _body.Open("text", ("class", ClassOf(lettering.Ink)), ("x", Math.Round(x, 1)), ("y", Math.Round(y, 1)), ("text-anchor", start), ("style", style));
        _body.Text(text).Close();
    }

    private void Path(StringBuilder data, Ink ink) => _body.Empty("path", ("class", ClassOf(ink)), ("d", data.ToString()));

    private string Style()
    {
        var style = new StringBuilder($"<style>.figure text{{font-family:{Sans};font-variant-numeric:tabular-nums}}");
        foreach (var (name, rules) in _styles)
            style.Append($".figure .{name}{{{rules}}}");
        return style.Append("</style>").ToString();
    }

    private string ClassOf(Ink ink)
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
