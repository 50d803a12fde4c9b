using System.Text.Json;
using System.Text.RegularExpressions;
using Mina.Host.Tests.Monitor;
using Xunit;

namespace Mina.Host.Tests.Documents;

/// <summary>The dashboard and the operator's guide show metrics that the monitor really has.</summary>
public sealed partial class DashboardTests
{
    /// <summary>These have a line only once something was refused, unclassifiable or failed; the names come from their instruments.</summary>
    private static readonly string[] Rare =
    [
        "mina_messages_refused_total", "mina_windows_unclassifiable_total", "mina_authentication_failures_total", "mina_store_failures_total",
        "mina_store_lost_total", "mina_record_lost_total", "mina_edge_failures_total", "mina_webhook_posts_total", "mina_fhir_posts_total",
    ];

    [Fact]
    public async Task Every_metric_that_the_dashboard_or_the_guide_names_is_one_of_the_monitors()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        await RunningMonitor.SendAsync(
            monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 20), new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)));
        await monitor.VerdictsAsync("bed", 7);
        using var refused = new StringContent("no samples");
        await monitor.Client.PostAsync("/streams/bed/samples", refused);
        var scraped = await monitor.Client.GetStringAsync("/metrics");
        var known = Metric().Matches(scraped).Select(match => match.Value).Concat(Rare).ToHashSet();

        var dashboard = await File.ReadAllTextAsync(Path.Combine(Places.Repository, "deploy", "grafana-dashboard.json"));
        Assert.NotEmpty(JsonDocument.Parse(dashboard).RootElement.GetProperty("panels").EnumerateArray());
        foreach (var text in new[] { dashboard, Markdown.Read("docs/operators-guide.md"), Markdown.Read("docs/wire-protocol.md") })
        {
            var named = Metric().Matches(text).Select(match => match.Value).Distinct().ToList();
            Assert.NotEmpty(named);
            Assert.All(named, name => Assert.True(known.Contains(name) || known.Contains($"{name}_bucket"), $"the monitor has no metric {name}"));
        }
    }

    [GeneratedRegex(@"\bmina_[a-z_]+[a-z]\b")]
    private static partial Regex Metric();
}
