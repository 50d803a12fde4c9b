namespace Mina.Host.Reports.Drawing;

/// <summary>A rectangle in a drawing, in the drawing's units from its top left corner.</summary>
internal readonly record struct Box(double X, double Y, double Width, double Height);

/// <summary>What a figure is drawn on: once as SVG, once as pixels.</summary>
internal interface ICanvas
{
    /// <summary>Filled boxes of one ink.</summary>
    void Boxes(IReadOnlyList<Box> boxes, Ink ink);

    /// <summary>Lines of one ink, each from a point to a point.</summary>
    void Lines(IReadOnlyList<((double X, double Y) From, (double X, double Y) To)> lines, Ink ink);

    /// <summary>One line through all points.</summary>
    void Polyline(IReadOnlyList<(double X, double Y)> points, Ink ink);

    /// <summary>Filled circles of one ink.</summary>
    void Dots(IReadOnlyList<(double X, double Y)> centres, double radius, Ink ink);

    /// <summary>Text on one line; <paramref name="y"/> is its base line. Turned text reads upwards.</summary>
    void Text(double x, double y, string text, Lettering lettering, Anchor anchor = Anchor.Start, bool turned = false);
}
