using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mina.Host.Monitor;
using Mina.Host.Tests.Monitor;
using Xunit;

namespace Mina.Host.Tests.Reports;

/// <summary>The report of a running monitor's stream.</summary>
public sealed class StreamReportTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_stream_is_reported_with_what_a_person_said_of_its_episodes_as_a_page_and_as_a_pdf()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(
            folder, ("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"), ("MaxVerdictAge", "00:10:00"));
        await RunningMonitor.SendEpisodeAsync(monitor, "bed", Start);
        var before = Tiles(await monitor.Client.GetStringAsync("/api/streams/bed/report.html"));
        Assert.Equal("100 %", before["AF burden"].Value);
        Assert.DoesNotContain("without rejected", before["AF burden"].About, StringComparison.Ordinal);

        var episode = (await monitor.GetAsync<EpisodeStatus[]>("/api/episodes")).Single();
        using var made = await monitor.Client.PostAsJsonAsync(
            "/api/reviews", new { by = "Dr Quist", verdict = "Rejected", was = "Noise", episode = episode.Id });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var text = await monitor.Client.GetStringAsync("/api/streams/bed/report.html?from=2026-01-01T12:00:00Z&to=2026-01-01T12:01:20Z&offset=60");
        var after = Tiles(text);
        Assert.Contains("0 % without rejected episodes", after["AF burden"].About, StringComparison.Ordinal);
        Assert.Contains("1 rejected", after["Episodes of AF"].About, StringComparison.Ordinal);
        Assert.Contains("rejected: noise, Dr Quist", text, StringComparison.Ordinal);
        Assert.Contains("1 Jan 2026, 13:00:00 UTC", text, StringComparison.Ordinal);
        Assert.Contains("paper-strip", text, StringComparison.Ordinal);
        Assert.Contains("not a medical device", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("(src|href)=\"http", RegexOptions.IgnoreCase), text);
        PdfCheck.IsA4(await monitor.Client.GetByteArrayAsync("/api/streams/bed/report.pdf"), leastPages: 1);
    }

    [Theory]
    [InlineData("/api/streams/nobody/report.html", 404, "there is no stream 'nobody'")]
    [InlineData("/api/streams/bed/report.pdf?from=2026-01-01T00:00:00Z&to=2026-01-03T00:00:00Z", 400, "at most 24 hours")]
    [InlineData("/api/streams/bed/report.html?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400, "'from' is before 'to'")]
    [InlineData("/api/streams/bed/report.html?offset=2000", 400, "'offset' is -840 to 840 minutes")]
    public async Task What_cannot_be_reported_is_said_in_one_sentence(string path, int status, string detail)
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 2), Start));
        await RunningMonitor.Until(() => monitor.Service.Find("bed") is not null);
        using var answer = await monitor.Client.GetAsync(path);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(detail, System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString());
    }

    private static Dictionary<string, (string Value, string About)> Tiles(string html) => XDocument
        .Parse(html[html.IndexOf("<html", StringComparison.Ordinal)..]).Descendants("div")
        .Where(div => ((string?)div.Attribute("class"))?.Contains("tile", StringComparison.Ordinal) == true)
        .ToDictionary(tile => tile.Element("span")!.Value, tile => (tile.Element("b")!.Value, tile.Element("small")!.Value));
}
