using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Playwright;
using Mina.Host.Tests.Monitor;
using Xunit;

namespace Mina.Host.Tests.Reports;

/// <summary><c>mina report</c>: what a cardiologist wants of a recording, on one page that needs nothing else.</summary>
public sealed class HolterReportTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableFact]
    public async Task A_recording_is_reported_with_its_figures_its_episodes_and_strips_of_true_size()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(
            folder.Path, "simulate", "--out", "sim", "--count", "1", "--seed", "7", "--seconds", "150-150", "--af", "1", "--other", "0", "--noisy", "0"))
            .ShouldSucceed();
        var made = (await MinaProcess.RunAsync(
            folder.Path, "report", "sim/sim00001.hea", "--out", "sim00001.html", "--pdf", "sim00001.pdf", "--threshold", "0.001", "--no-rhythm"))
            .ShouldSucceed();
        Assert.Contains("AF burden 100 %", made.Output, StringComparison.Ordinal);
        PdfCheck.IsA4(await File.ReadAllBytesAsync(folder["sim00001.pdf"]), leastPages: 2);

        var text = await File.ReadAllTextAsync(folder["sim00001.html"]);
        var page = XDocument.Parse(text[text.IndexOf("<html", StringComparison.Ordinal)..]);
        var tiles = page.Descendants("div").Where(div => ((string?)div.Attribute("class"))?.Contains("tile", StringComparison.Ordinal) == true)
            .ToDictionary(tile => tile.Element("span")!.Value, tile => tile.Element("b")!.Value);
        Assert.Equal("100 %", tiles["AF burden"]);
        Assert.Equal("1", tiles["Episodes of AF"]);
        Assert.Equal("100.0 %", tiles["Judged"]);
        Assert.InRange(int.Parse(tiles["Heart rate"], System.Globalization.CultureInfo.InvariantCulture), 40, 180);
        Assert.Contains("not a medical device", text, StringComparison.Ordinal);
        Assert.Contains("2 min 30 s", text, StringComparison.Ordinal);
        Assert.Contains("weights, SHA-256", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("(src|href)=\"http", RegexOptions.IgnoreCase), text);
        var strips = page.Descendants().Where(element => (string?)element.Attribute("class") == "paper-strip").ToList();
        Assert.True(strips.Count >= 4, $"only {strips.Count} strips");
        Assert.All(strips, strip => Assert.Equal(2, strip.Descendants().Count(element => (string?)element.Attribute("class") == "line")));

        var program = browser.OrSkip();
        var screen = await program.NewPageAsync();
        await screen.GotoAsync("file://" + folder["sim00001.html"]);
        if (Environment.GetEnvironmentVariable("MINA_SCREENSHOTS") is { } pictures)
            await screen.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(pictures, "holter.png"), FullPage = true });
        await screen.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        var width = await screen.EvaluateAsync<double>("document.querySelector('.paper-strip').getBoundingClientRect().width");
        Assert.InRange(width, (175 * 96 / 25.4) - 1, (175 * 96 / 25.4) + 1);
        await screen.CloseAsync();
    }

    [Fact]
    public async Task Several_recordings_are_refused_in_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var refused = await MinaProcess.RunAsync(folder.Path, "report", Places.DataRaw);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("report takes one", refused.Error, StringComparison.Ordinal);
    }
}
