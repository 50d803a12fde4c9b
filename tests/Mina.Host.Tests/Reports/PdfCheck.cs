using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Mina.Host.Tests.Reports;

/// <summary>What a reader of a PDF file finds before it draws anything.</summary>
internal static partial class PdfCheck
{
    /// <summary>Fails unless it is a whole PDF file of A4 pages.</summary>
    public static void IsA4(byte[] file, int leastPages)
    {
        var text = Encoding.Latin1.GetString(file);
        Assert.StartsWith("%PDF-", text, StringComparison.Ordinal);
        Assert.EndsWith("%%EOF", text.TrimEnd(), StringComparison.Ordinal);
        var pages = MediaBox().Matches(text);
        Assert.True(pages.Count >= leastPages, $"only {pages.Count} pages");
        Assert.All(pages, page =>
        {
            Assert.Equal(210 * 72 / 25.4, double.Parse(page.Groups[1].Value, CultureInfo.InvariantCulture), 1.0);
            Assert.Equal(297 * 72 / 25.4, double.Parse(page.Groups[2].Value, CultureInfo.InvariantCulture), 1.0);
        });
    }

    [GeneratedRegex(@"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")]
    private static partial Regex MediaBox();
}
