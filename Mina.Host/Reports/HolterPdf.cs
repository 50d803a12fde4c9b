using System.Globalization;
using Mina.Host.Monitor.Page;
using Mina.Host.Reports.Drawing;
using SkiaSharp;

namespace Mina.Host.Reports;

/// <summary>
/// The report of <see cref="HolterReport"/> as a PDF of A4 pages. All lengths here are millimetres, so that strips have their true size.
/// </summary>
internal sealed class HolterPdf : IDisposable
{
    private const float PageWidth = 210;
    private const float PageHeight = 297;
    private const float Left = (PageWidth - (float)StripPaper.Width) / 2;
    private const float Right = PageWidth - Left;
    private const float Top = 14;
    private const float Bottom = PageHeight - 16;
    private const float Point = 72 / 25.4f;
    private const float RowHeight = 5.2f;
    private const int MostEpisodes = 50;

    private static readonly SKColor Ink = SKColors.Black;
    private static readonly SKColor Soft = new(0x44, 0x4c, 0x55);
    private static readonly SKColor Rule = new(0xc8, 0xcd, 0xd2);
    private static readonly SKColor Red = new(0xb3, 0x12, 0x2f);
    private static readonly SKColor Minor = new(0xf7, 0xdc, 0xdc);
    private static readonly SKColor Major = new(0xec, 0xb4, 0xb4);

    private readonly HolterReport _report;
    private readonly SKDocument _document;
    private readonly SKTypeface _regular = SansSerif.Typeface(bold: false);
    private readonly SKTypeface _bold = SansSerif.Typeface(bold: true);
    private SKCanvas? _canvas;
    private float _y;
    private int _page;

    private HolterPdf(HolterReport report, Stream output)
    {
        _report = report;
        _document = SKDocument.CreatePdf(output, new SKDocumentPdfMetadata
        {
            Title = report.Heading,
            Creator = "Mina",
            Producer = "Mina",
            RasterDpi = SKDocumentPdfMetadata.DefaultRasterDpi,
            EncodingQuality = SKDocumentPdfMetadata.DefaultEncodingQuality,
        });
    }

    /// <summary>Draws a report.</summary>
    /// <returns>The bytes of the PDF file.</returns>
    public static byte[] Draw(HolterReport report)
    {
        using var output = new MemoryStream();
        using (var pdf = new HolterPdf(report, output))
            pdf.DrawAll();
        return output.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    private void DrawAll()
    {
        Begin();
        Text(Left, _y + 6, _report.Heading, 6, Ink, bold: true);
        Text(Left, _y + 12, _report.Subtitle, 3.4f, Soft);
        _y += 18;
        foreach (var (name, value, about) in _report.Tiles)
        {
            Text(Left, _y + 4, name, 3.4f, Soft);
            Text(Left + 38, _y + 4, value, 4, Ink, bold: true);
            Text(Left + 62, _y + 4, about, 3.4f, Soft);
            Line(Left, _y + 6, Right, _y + 6, Rule, 0.15f);
            _y += 7;
        }

        Table(
            "Hours",
            ["From", "Heart rate, lowest", "mean", "highest", "AF", "AF burden", "Judged"],
            [44, 30, 17, 18, 24, 22, 20],
            _report.Hours.Select(hour => new[]
            {
                _report.At(hour.Start),
                DisplayText.HeartRate(hour.MinHeartRate),
                DisplayText.HeartRate(hour.HeartRate),
                DisplayText.HeartRate(hour.MaxHeartRate),
                DisplayText.Duration(TimeSpan.FromSeconds(hour.AFSeconds)),
                DisplayText.Share(hour.Burden),
                DisplayText.Duration(TimeSpan.FromSeconds(hour.ClassifiableSeconds)),
            }));
        if (_report.Episodes.Count > 0)
            Table(
                _report.Episodes.Count > MostEpisodes ? $"Episodes of AF, the longest {MostEpisodes} of {Numbers.Count(_report.Episodes.Count)}"
                    : "Episodes of AF, longest first",
                ["Onset", "End", "Duration", "Mean probability", "Review"],
                [42, 42, 22, 28, 41],
                _report.Episodes.Take(MostEpisodes).Select(episode => new[]
                {
                    _report.At(episode.Start),
                    episode.Open ? "goes on" : _report.At(episode.End),
                    DisplayText.Duration(episode.End - episode.Start),
                    DisplayText.Probability(episode.MeanProbability),
                    _report.WordOn(episode),
                }));
        foreach (var strip in _report.Strips)
            Strip(strip);
        Room(12 + (_report.Facts.Count * RowHeight));
        Title("How it was made");
        foreach (var (name, value) in _report.Facts)
        {
            Text(Left, _y + 3.6f, name, 3.2f, Soft);
            Text(Left + 38, _y + 3.6f, value, value.Length > 60 ? 2.6f : 3.2f, Ink);
            _y += RowHeight;
        }

        End();
        _document.Close();
    }

    private void Table(string title, string[] heads, float[] widths, IEnumerable<string[]> rows)
    {
        Room(24);
        Title(title);
        Row(heads, widths, Soft);
        foreach (var row in rows)
        {
            if (_y + RowHeight > Bottom)
            {
                Turn();
                Row(heads, widths, Soft);
            }

            Row(row, widths, Ink);
        }

        _y += 2;
    }

    private void Row(string[] cells, float[] widths, SKColor colour)
    {
        var x = Left;
        for (var i = 0; i < cells.Length; i++)
        {
            Text(x, _y + 3.6f, cells[i], 3.1f, colour);
            x += widths[i];
        }

        Line(Left, _y + RowHeight, Right, _y + RowHeight, Rule, 0.1f);
        _y += RowHeight;
    }

    private void Strip(ReportStrip strip)
    {
        var stretch = strip.Stretch;
        var gain = StripPaper.Fit([stretch], HolterReport.Gain);
        var paper = new StripPaper(stretch.From, TimeSpan.FromSeconds(stretch.Millivolts.Length / stretch.Fs), HolterReport.Speed, gain);
        Room((float)(paper.Height + (2 * StripPaper.Margin)) + 9);
        Text(Left, _y + 4, strip.Title, 3.4f, Ink, bold: true);
        var about = new[]
        {
            _report.Source.Name, strip.About, _report.At(stretch.From), string.Create(CultureInfo.InvariantCulture, $"{HolterReport.Speed:0.##} mm/s"),
            string.Create(CultureInfo.InvariantCulture, $"{gain:0.##} mm/mV"), _report.Source.LeadName,
        };
        Text(Right, _y + 4, string.Join("   ", about.Where(part => part.Length > 0)), 3, Soft, SKTextAlign.Right);
        _y += 6 + (float)StripPaper.Margin;
        var canvas = _canvas!;
        canvas.Save();
        canvas.Translate(Left, _y);
        for (var row = 0; row < paper.Rows; row++)
        {
            var top = (float)StripPaper.Top(row);
            Grid(top, 1, Minor, 0.1f);
            Grid(top, 5, Major, 0.2f);
            foreach (var episode in _report.Source.Episodes)
            {
                var left = (float)Math.Clamp(paper.At(row, episode.Start), 0, StripPaper.Width);
                var right = (float)Math.Clamp(paper.At(row, episode.End), 0, StripPaper.Width);
                if (right > left)
                {
                    using var bar = new SKPaint { Color = Red };
                    canvas.DrawRect(left, top, right - left, 1, bar);
                }
            }

            using var path = SKPath.ParseSvgPathData(paper.Trace(row, [stretch], StripPaper.Centre([stretch])));
            using var pen = new SKPaint { Color = Ink, Style = SKPaintStyle.Stroke, StrokeWidth = 0.25f, StrokeJoin = SKStrokeJoin.Round, IsAntialias = true };
            if (path is not null)
                canvas.DrawPath(path, pen);
        }

        canvas.Restore();
        _y += (float)(paper.Height + StripPaper.Margin) + 3;
    }

    private void Grid(float top, int step, SKColor colour, float width)
    {
        for (var x = 0; x <= StripPaper.Width; x += step)
            Line(x, top, x, top + (float)StripPaper.RowHeight, colour, width);
        for (var y = 0; y <= StripPaper.RowHeight; y += step)
            Line(0, top + y, (float)StripPaper.Width, top + y, colour, width);
    }

    private void Title(string text)
    {
        Text(Left, _y + 7, text, 4.4f, Ink, bold: true);
        _y += 10;
    }

    // A new page where less than this is left of the page.
    private void Room(float height)
    {
        if (_y + height > Bottom)
            Turn();
    }

    private void Turn()
    {
        End();
        Begin();
    }

    private void Begin()
    {
        _canvas = _document.BeginPage(PageWidth * Point, PageHeight * Point);
        _canvas.Scale(Point);
        _page++;
        _y = Top;
    }

    private void End()
    {
        Text(Left, PageHeight - 8, $"{_report.Source.Name}. Made by Mina, which is not a medical device: a person has to look at the ECG.", 2.8f, Soft);
        Text(Right, PageHeight - 8, $"page {_page.ToString(CultureInfo.InvariantCulture)}", 2.8f, Soft, SKTextAlign.Right);
        _document.EndPage();
    }

    private void Line(float x, float y, float toX, float toY, SKColor colour, float width)
    {
        using var pen = new SKPaint { Color = colour, StrokeWidth = width, Style = SKPaintStyle.Stroke };
        _canvas!.DrawLine(x, y, toX, toY, pen);
    }

    private void Text(float x, float y, string text, float size, SKColor colour, SKTextAlign align = SKTextAlign.Left, bool bold = false)
    {
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        using var font = new SKFont(bold ? _bold : _regular, size) { Subpixel = true };
        _canvas!.DrawText(text, x, y, align, font, paint);
    }
}
