namespace Mina.Host.Reports.Charts;

/// <summary>Thins out curves for drawing.</summary>
internal static class Curve
{
    /// <summary>The largest number of points of a drawn curve.</summary>
    public const int MaxPoints = 400;

    /// <summary>
    /// Keeps at most <see cref="MaxPoints"/> of the curve's points, including the first and the last. Each point that is left out lies within 1/398
    /// of the curve's length of one that is kept, so the drawing shows no difference.
    /// </summary>
    public static IReadOnlyList<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count <= MaxPoints)
            return points;
        var length = 0.0;
        for (var i = 1; i < points.Count; i++)
            length += Distance(points[i - 1], points[i]);
        var step = length / (MaxPoints - 2);
        var kept = new List<(double X, double Y)>(MaxPoints) { points[0] };
        var since = 0.0;
        for (var i = 1; i < points.Count - 1; i++)
        {
            since += Distance(points[i - 1], points[i]);
            if (since <= step)
                continue;
            kept.Add(points[i]);
            since = 0;
        }

        kept.Add(points[^1]);
        return kept;
    }

    /// <summary>
    /// Keeps the points that a line needs in order to pass within <paramref name="tolerance"/> (in y) of all others; x must rise. The algorithm takes
    /// one pass and maintains the cone of slopes that still hit every point since the last one kept.
    /// </summary>
    public static IReadOnlyList<(double X, double Y)> Simplify(IReadOnlyList<(double X, double Y)> points, double tolerance)
    {
        if (points.Count <= 2)
            return points;
        var kept = new List<(double X, double Y)> { points[0] };
        var (low, high) = (double.NegativeInfinity, double.PositiveInfinity);
        for (var i = 1; i < points.Count; i++)
        {
            var (from, to) = (kept[^1], points[i]);
            var slope = (to.Y - from.Y) / (to.X - from.X);
            if (!(slope >= low && slope <= high))
            {
                kept.Add(points[i - 1]);
                from = points[i - 1];
                (low, high) = (double.NegativeInfinity, double.PositiveInfinity);
            }

            low = Math.Max(low, (to.Y - tolerance - from.Y) / (to.X - from.X));
            high = Math.Min(high, (to.Y + tolerance - from.Y) / (to.X - from.X));
        }

        kept.Add(points[^1]);
        return kept;
    }

    private static double Distance((double X, double Y) a, (double X, double Y) b) => Math.Abs(a.X - b.X) + Math.Abs(a.Y - b.Y);
}
