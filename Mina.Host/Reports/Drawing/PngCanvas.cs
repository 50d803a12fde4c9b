using SkiaSharp;

namespace Mina.Host.Reports.Drawing;

/// <summary>A canvas that draws pixels on white.</summary>
internal sealed class PngCanvas : ICanvas, IDisposable
{
    private readonly SKSurface _surface;
    private readonly SKTypeface _regular;
    private readonly SKTypeface _bold;

    /// <param name="width">The width of the drawing, in its units.</param>
    /// <param name="height">The height of the drawing, in its units.</param>
    /// <param name="scale">The number of pixels for each unit.</param>
    public PngCanvas(double width, double height, double scale)
    {
        _surface = SKSurface.Create(new SKImageInfo(
            (int)Math.Ceiling(width * scale), (int)Math.Ceiling(height * scale), SKColorType.Rgba8888, SKAlphaType.Premul));
        _surface.Canvas.Clear(SKColors.White);
        _surface.Canvas.Scale((float)scale);
        _regular = SansSerif.Typeface(bold: false);
        _bold = SansSerif.Typeface(bold: true);
    }

    /// <summary>Encodes the picture as a PNG file.</summary>
    public byte[] ToPng()
    {
        using var image = _surface.Snapshot();
        using var pixels = image.PeekPixels();
        using var data = pixels!.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.AllFilters, zLibLevel: 9));
        return data!.ToArray();
    }

    public void Boxes(IReadOnlyList<Box> boxes, Ink ink)
    {
        using var paint = Paint(ink);
        // Neighbouring boxes share an edge, which antialiasing would make visible.
        paint.IsAntialias = ink.Opacity >= 1;
        foreach (var box in boxes)
            _surface.Canvas.DrawRect((float)box.X, (float)box.Y, (float)box.Width, (float)box.Height, paint);
    }

    public void Lines(IReadOnlyList<((double X, double Y) From, (double X, double Y) To)> lines, Ink ink)
    {
        using var paint = Paint(ink);
        foreach (var (from, to) in lines)
            _surface.Canvas.DrawLine((float)from.X, (float)from.Y, (float)to.X, (float)to.Y, paint);
    }

    public void Polyline(IReadOnlyList<(double X, double Y)> points, Ink ink)
    {
        using var paint = Paint(ink);
        using var path = new SKPath();
        for (var i = 0; i < points.Count; i++)
        {
            if (i == 0)
                path.MoveTo((float)points[i].X, (float)points[i].Y);
            else
                path.LineTo((float)points[i].X, (float)points[i].Y);
        }

        _surface.Canvas.DrawPath(path, paint);
    }

    public void Dots(IReadOnlyList<(double X, double Y)> centres, double radius, Ink ink)
    {
        using var paint = Paint(ink);
        foreach (var (x, y) in centres)
            _surface.Canvas.DrawCircle((float)x, (float)y, (float)radius, paint);
    }

    public void Text(double x, double y, string text, Lettering lettering, Anchor anchor, bool turned)
    {
        using var paint = Paint(lettering.Ink);
        using var font = new SKFont(lettering.Bold ? _bold : _regular, (float)lettering.Size) { Subpixel = true, Edging = SKFontEdging.Antialias };
        var align = anchor switch { Anchor.Start => SKTextAlign.Left, Anchor.Middle => SKTextAlign.Center, _ => SKTextAlign.Right };
        var canvas = _surface.Canvas;
        canvas.Save();
        canvas.Translate((float)x, (float)y);
        if (turned)
            canvas.RotateDegrees(-90);
        canvas.DrawText(text, 0, 0, align, font, paint);
        canvas.Restore();
    }

    public void Dispose() => _surface.Dispose();

    private static SKPaint Paint(Ink ink)
    {
        var paint = new SKPaint
        {
            Color = SKColor.Parse(ink.Colour).WithAlpha((byte)Math.Round(255 * ink.Opacity)),
            IsAntialias = true,
            Style = ink.Stroke > 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill,
            StrokeWidth = (float)ink.Stroke,
            StrokeJoin = SKStrokeJoin.Round,
        };
        if (ink.Dash > 0)
            paint.PathEffect = SKPathEffect.CreateDash([(float)ink.Dash, (float)ink.Dash], 0);
        return paint;
    }
}
