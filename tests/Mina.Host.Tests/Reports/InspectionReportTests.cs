using System.Text.RegularExpressions;
using System.Xml.Linq;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Mina.Host.Inspections;
using Mina.Host.Reports;
using Mina.Host.Tests.Monitor;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats;
using Xunit;

namespace Mina.Host.Tests.Reports;

/// <summary><c>mina inspect --html</c>: what a folder of recordings holds, on one page with pictures.</summary>
public sealed class InspectionReportTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableTheory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    public async Task The_page_keeps_nobody_from_it_and_needs_no_sideways_scrolling(int width, ColorScheme theme)
    {
        using var folder = new TemporaryFolder();
        folder.Write("raw/short.csv", "time,I\n0,1\n0.004,2\n0.008,3\n");
        File.Copy(Path.Combine(Places.DataRaw, "sim00001.hea"), folder["raw/sim00001.hea"]);
        File.Copy(Path.Combine(Places.DataRaw, "sim00001.dat"), folder["raw/sim00001.dat"]);
        var made = (await MinaProcess.RunAsync(folder.Path, "inspect", "raw", "--html", "page.html")).ShouldSucceed();
        Assert.Contains("page: ", made.Output, StringComparison.Ordinal);

        await using var context = await browser.OrSkip().NewContextAsync(
            new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = theme });
        var page = await context.NewPageAsync();
        await page.GotoAsync("file://" + folder["page.html"]);
        var found = await page.RunAxe();
        Assert.Empty(found.Violations.Select(violation =>
            $"{violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}"));
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than its window");
        Assert.Equal(1, await page.GetByRole(AriaRole.Img, new() { Name = "ECG of sim00001" }).CountAsync());
    }

    [Fact]
    public void The_page_of_many_recordings_is_bounded_and_says_what_is_left_out()
    {
        using var folder = new TemporaryFolder();
        var recordings = Enumerable.Range(0, 5000).Select(i => new RecordingInspection($"rec{i:0000}<b>", "rec")
        {
            Leads = [new RecordingLead("II", "mV", 300)],
            Lead = new RecordingLead("II", "mV", 300),
            Seconds = 10,
            HeartRate = 40 + (i % 90),
            Usable = 1,
            Picture = EcgSnippet.Of([.. Enumerable.Range(0, 3000).Select(t => MathF.Sin(t * i))], 0),
            Rejection = i % 2 == 0 ? null : new Rejection("rec", RejectionReason.Flat, "flat"),
        }).ToList();
        var file = InspectionReport.Write("many", recordings, folder["page.html"]);
        var text = File.ReadAllText(file);
        Assert.InRange(new FileInfo(file).Length, 100_000, 4_000_000);
        var page = XDocument.Parse(text[text.IndexOf("<html", StringComparison.Ordinal)..]);
        Assert.Equal(InspectionReport.MostPictures, page.Descendants("figure").Count());
        Assert.Contains("The first 1,000 of 5,000 recordings", text, StringComparison.Ordinal);
        Assert.Contains("The first 1,000 of 2,500 sentences", text, StringComparison.Ordinal);
        Assert.Contains("Of 5,000 recordings the first 200 were pictured", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("(src|href)=\"http", RegexOptions.IgnoreCase), text);
    }

    [Fact]
    public void A_picture_keeps_the_height_of_a_spike_and_leaves_a_gap_open()
    {
        var window = new float[Shapes.Window];
        window[1234] = 5;
        window.AsSpan(2000, 100).Fill(float.NaN);
        var picture = EcgSnippet.Of(window, 0);
        Assert.Equal(5, picture.Span);
        Assert.Equal(2, picture.Path().Count(pen => pen == 'M'));
        Assert.Equal(0, EcgSnippet.Of(Enumerable.Repeat(float.NaN, Shapes.Window).ToArray(), 0).Span);
    }
}
