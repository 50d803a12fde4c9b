namespace Mina.Host.Reports.Drawing;

/// <summary>A rectangle in a drawing, in the drawing's units, measured from its top left corner.</summary>
internal readonly record struct Box(double X, double Y, double Width, double Height);

/// <summary>A canvas for figures, which exists for SVG and for pixels.</summary>
internal interface ICanvas
{
    /// <summary>Draws filled boxes of one ink.</summary>
    void Boxes(IReadOnlyList<Box> boxes, Ink ink);

    /// <summary>Draws lines of one ink, each from one point to another.</summary>
    void Lines(IReadOnlyList<((double X, double Y) From, (double X, double Y) To)> lines, Ink ink);

    /// <summary>Draws one line through all points.</summary>
    void Polyline(IReadOnlyList<(double X, double Y)> points, Ink ink);

    /// <summary>Draws filled circles of one ink.</summary>
    void Dots(IReadOnlyList<(double X, double Y)> centres, double radius, Ink ink);

    /// <summary>Writes text on one line, whose base line is at <paramref name="y"/>. Turned text reads upwards.</summary>
    void Text(double x, double y, string text, Lettering lettering, Anchor anchor = Anchor.Start, bool turned = false);
}
