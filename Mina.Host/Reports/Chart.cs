namespace Mina.Host.Reports;

/// <summary>A chart as inline SVG: a plot area with axes; colours come from the page's classes.</summary>
/// <param name="html">Where it is written.</param>
/// <param name="width">Of the drawing, in its own units.</param>
/// <param name="height">Of the drawing.</param>
/// <param name="x">Values at the left and right edge of the plot area.</param>
/// <param name="y">Values at its lower and upper edge.</param>
internal sealed class Chart(HtmlWriter html, double width, double height, (double Lo, double Hi) x, (double Lo, double Hi) y)
{
    private const double Left = 54;
    private const double Right = 10;
    private const double Top = 10;
    private const double Bottom = 38;

    public double X(double value) => Left + ((width - Left - Right) * (value - x.Lo) / (x.Hi - x.Lo));

    public double Y(double value) => height - Bottom - ((height - Top - Bottom) * (value - y.Lo) / (y.Hi - y.Lo));

    /// <summary>Opens the drawing; <paramref name="says"/> is what a screen reader says of it.</summary>
    public Chart Begin(string says)
    {
        html.Add($"""<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{says}">""");
        return this;
    }

    /// <summary>Grid lines, tick labels and axis names.</summary>
    public Chart Axes(string xName, string yName, IEnumerable<double> xTicks, IEnumerable<double> yTicks, string xFormat = "0.0", string yFormat = "0.0")
    {
        double left = X(x.Lo), right = X(x.Hi), bottom = Y(y.Lo), top = Y(y.Hi);
        foreach (var tick in xTicks)
        {
            html.Add($"""<path class="grid" d="M{X(tick)} {bottom}V{top}"/>""");
            html.Add($"""<text class="tick" x="{X(tick)}" y="{bottom + 14}" text-anchor="middle">{tick.ToString(xFormat, null)}</text>""");
        }

        foreach (var tick in yTicks)
        {
            html.Add($"""<path class="grid" d="M{left} {Y(tick)}H{right}"/>""");
            html.Add($"""<text class="tick" x="{left - 6}" y="{Y(tick) + 3.5}" text-anchor="end">{tick.ToString(yFormat, null)}</text>""");
        }

        html.Add($"""<path class="axis" d="M{left} {top}V{bottom}H{right}"/>""");
        html.Add($"""<text class="axis-name" x="{(left + right) / 2}" y="{height - 5}" text-anchor="middle">{xName}</text>""");
        html.Add($"""<text class="axis-name" transform="translate(11 {(top + bottom) / 2}) rotate(-90)" text-anchor="middle">{yName}</text>""");
        return this;
    }

    /// <summary>One tick of the x axis, with words of its own.</summary>
    public Chart XTick(double tick, string words)
    {
        html.Add($"""<path class="grid" d="M{X(tick)} {Y(y.Lo)}V{Y(y.Hi)}"/><text class="tick" x="{X(tick)}" y="{Y(y.Lo) + 14}" text-anchor="middle">{words}</text>""");
        return this;
    }

    /// <summary>A line through the points, thinned out; nothing for fewer than two.</summary>
    public Chart Line(IReadOnlyList<(double X, double Y)> points, string style)
    {
        if (points.Count < 2)
            return this;
        html.Add($"""<path class="line {style}" d="M""");
        foreach (var point in Curve.Thin(points))
            html.Add($"{X(point.X)} {Y(point.Y)} ");
        html.Raw("\"/>");
        return this;
    }

    /// <summary>A dot; <paramref name="says"/> shows when it is pointed at.</summary>
    public Chart Dot(double atX, double atY, double radius, string style, string says)
    {
        html.Add($"""<circle class="dot {style}" cx="{X(atX)}" cy="{Y(atY)}" r="{radius}"><title>{says}</title></circle>""");
        return this;
    }

    /// <summary>A bar between two pairs of values.</summary>
    public Chart Bar(double fromX, double toX, double fromY, double toY, string style, string says)
    {
        html.Add($"""<rect class="{style}" x="{X(fromX)}" y="{Y(toY)}" width="{X(toX) - X(fromX)}" height="{Y(fromY) - Y(toY)}"><title>{says}</title></rect>""");
        return this;
    }

    /// <summary>Text in the middle, where there is nothing to draw.</summary>
    public Chart Note(string text)
    {
        html.Add($"""<text class="note" x="{(X(x.Lo) + X(x.Hi)) / 2}" y="{(Y(y.Lo) + Y(y.Hi)) / 2}" text-anchor="middle">{text}</text>""");
        return this;
    }

    /// <summary>Closes the drawing.</summary>
    public void End() => html.Raw("</svg>");

    /// <summary>Round numbers from <paramref name="lo"/> to <paramref name="hi"/>, about <paramref name="about"/> of them.</summary>
    public static IEnumerable<double> Ticks(double lo, double hi, int about = 5)
    {
        var rough = (hi - lo) / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        for (var k = Math.Ceiling((lo / step) - 1e-9); k * step <= hi + (1e-9 * step); k++)
            yield return (k * step) + 0.0; // + 0.0: never -0
    }
}
