using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;
using Mina.Host.Reports.Drawing;

namespace Mina.Host.Reports.Charts;

/// <summary>A chart of a report as inline SVG: a plot area with axes. Colours come from the page's classes.</summary>
internal sealed class Chart
{
    private const double Left = 54;
    private const double Right = 10;
    private const double Top = 10;
    private const double Bottom = 38;

    private readonly SvgWriter _svg = new();
    private readonly double _width;
    private readonly double _height;
    private readonly (double Low, double High) _x;
    private readonly (double Low, double High) _y;

    /// <param name="description">The description for screen readers.</param>
    /// <param name="width">The width of the drawing, in its units.</param>
    /// <param name="height">The height of the drawing, in its units.</param>
    /// <param name="x">The values at the left and right edge of the plot area.</param>
    /// <param name="y">The values at its lower and upper edge.</param>
    public Chart(string description, double width, double height, (double Low, double High) x, (double Low, double High) y)
    {
        (_width, _height, _x, _y) = (width, height, x, y);
        _svg.Open(
            "svg", ("class", "chart"), ("viewBox", $"0 0 {SvgWriter.Format(width)} {SvgWriter.Format(height)}"), ("role", "img"), ("aria-label", description));
    }

    /// <summary>Closes the drawing.</summary>
    /// <returns>The markup of the drawing.</returns>
    public MarkupString ToMarkup() => new(_svg.Close().ToString());

    /// <summary>Draws grid lines, tick labels and axis names.</summary>
    public Chart Axes(string xName, string yName, IEnumerable<double> xTicks, IEnumerable<double> yTicks, string xFormat = "0.0", string yFormat = "0.0")
    {
        double left = X(_x.Low), right = X(_x.High), bottom = Y(_y.Low), top = Y(_y.High);
        foreach (var tick in xTicks)
            XTick(tick, tick.ToString(xFormat, CultureInfo.InvariantCulture));
        foreach (var tick in yTicks)
        {
            _svg.Empty("path", ("class", "grid"), ("d", Invariant($"M{left:0.##} {Y(tick):0.##}H{right:0.##}")));
            Text("tick", tick.ToString(yFormat, CultureInfo.InvariantCulture), "end", ("x", left - 6), ("y", Y(tick) + 3.5));
        }

        _svg.Empty("path", ("class", "axis"), ("d", Invariant($"M{left:0.##} {top:0.##}V{bottom:0.##}H{right:0.##}")));
        Text("axis-name", xName, "middle", ("x", (left + right) / 2), ("y", _height - 5));
        Text("axis-name", yName, "middle", ("transform", Invariant($"translate(11 {(top + bottom) / 2:0.##}) rotate(-90)")));
        return this;
    }

    /// <summary>Draws one tick of the x axis with its own label.</summary>
    public Chart XTick(double tick, string label)
    {
        _svg.Empty("path", ("class", "grid"), ("d", Invariant($"M{X(tick):0.##} {Y(_y.Low):0.##}V{Y(_y.High):0.##}")));
        Text("tick", label, "middle", ("x", X(tick)), ("y", Y(_y.Low) + 14));
        return this;
    }

    /// <summary>Draws a line through the points, which are thinned out; draws nothing for fewer than two.</summary>
    public Chart Line(IReadOnlyList<(double X, double Y)> points, string style)
    {
        if (points.Count < 2)
            return this;
        var path = new StringBuilder("M");
        foreach (var point in Curve.Thin(points))
            path.Append(CultureInfo.InvariantCulture, $"{X(point.X):0.##} {Y(point.Y):0.##} ");
        _svg.Empty("path", ("class", "line " + style), ("d", path.ToString()));
        return this;
    }

    /// <summary>Draws a dot, whose description shows when it is pointed at.</summary>
    public Chart Dot(double x, double y, double radius, string style, string description)
    {
        _svg.Open("circle", ("class", "dot " + style), ("cx", X(x)), ("cy", Y(y)), ("r", radius));
        return Described(description);
    }

    /// <summary>Draws a bar between two pairs of values; its description shows when it is pointed at.</summary>
    public Chart Bar(double fromX, double toX, double fromY, double toY, string style, string description)
    {
        _svg.Open("rect", ("class", style), ("x", X(fromX)), ("y", Y(toY)), ("width", X(toX) - X(fromX)), ("height", Y(fromY) - Y(toY)));
        return Described(description);
    }

    /// <summary>Writes text in the middle, where there is nothing to draw.</summary>
    public Chart Note(string text)
    {
        Text("note", text, "middle", ("x", (X(_x.Low) + X(_x.High)) / 2), ("y", (Y(_y.Low) + Y(_y.High)) / 2));
        return this;
    }

    /// <summary>Yields about <paramref name="about"/> round numbers from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public static IEnumerable<double> Ticks(double low, double high, int about = 5) => new Scale(low, high, 1).Steps(Scale.FromZero(high - low, about).Step);

    private double X(double value) => Left + ((_width - Left - Right) * (value - _x.Low) / (_x.High - _x.Low));

    private double Y(double value) => _height - Bottom - ((_height - Top - Bottom) * (value - _y.Low) / (_y.High - _y.Low));

    private Chart Described(string description)
    {
        _svg.Open("title").Text(description).Close().Close();
        return this;
    }

    private void Text(string style, string text, string anchor, params ReadOnlySpan<(string Name, object Value)> place) =>
        _svg.Open("text", [("class", style), .. place, ("text-anchor", anchor)]).Text(text).Close();

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
