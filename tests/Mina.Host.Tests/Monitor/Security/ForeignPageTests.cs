using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;

namespace Mina.Host.Tests.Monitor.Security;

/// <summary>A page of another origin in a real Chromium on the monitor's machine, as whoever looks at the monitor may have one open.</summary>
public sealed class ForeignPageTests(Browser browser) : IClassFixture<Browser>
{
    // Chromium takes such a name to this machine, as a name server of the attacker's would (DNS rebinding).
    private const string ReboundHost = "somebody.localtest";

    [SkippableTheory]
    [InlineData("127.0.0.1", null)]
    [InlineData("localhost", null)]
    [InlineData("127.0.0.1", "secret")]
    [InlineData("localhost", "secret")]
    public async Task A_page_of_another_port_or_host_gets_nothing_in_and_reads_nothing(string host, string? token)
    {
        browser.OrSkip();
        using var folder = new TemporaryFolder();
        await using var monitor = await StartAsync(folder, token);
        await using var site = await ForeignSite.StartAsync();
        await using var context = await OpenAsync(monitor, token);
        var page = await context.NewPageAsync();
        var answers = Watch(page, monitor.Http);
        await page.GotoAsync($"http://{host}:{site.Port}/");

        var got = await AttackAsync(page, monitor, monitor.Http);

        Assert.Empty(got);
        // The requests got as far as the monitor, which refused them; the browser did not do all of that by itself.
        Assert.Contains(("POST", 403), answers);
        Assert.Contains(("GET", 403), answers);
        Assert.DoesNotContain(answers, answer => answer.Status is >= 200 and < 300);
        await AssertUntouchedAsync(monitor, token);
    }

    [SkippableFact]
    public async Task A_name_that_somebody_points_to_the_monitor_s_address_gets_nothing_in_and_reads_nothing()
    {
        browser.OrSkip();
        using var folder = new TemporaryFolder();
        await using var monitor = await StartAsync(folder, null);
        await using var context = await OpenAsync(monitor, null);
        var page = await context.NewPageAsync();
        var rebound = $"http://{ReboundHost}:{new Uri(monitor.Http).Port}";
        var answers = Watch(page, rebound);
        // A script that came from the attacker's machine, before the name was pointed elsewhere, has the origin of this refusal's document.
        await page.GotoAsync($"{rebound}/theirs");
        answers.Clear();

        var got = await AttackAsync(page, monitor, rebound);

        Assert.Empty(got);
        Assert.Contains(("POST", 403), answers);
        Assert.Contains(("GET", 403), answers);
        Assert.DoesNotContain(answers, answer => answer.Status is >= 200 and < 300);
        await AssertUntouchedAsync(monitor, null);
    }

    [SkippableFact]
    public async Task The_same_script_in_the_monitor_s_own_page_gets_in()
    {
        browser.OrSkip();
        using var folder = new TemporaryFolder();
        await using var monitor = await StartAsync(folder, null);
        await using var context = await OpenAsync(monitor, null);
        var page = await context.NewPageAsync();
        await page.GotoAsync(monitor.Http);

        var got = await AttackAsync(page, monitor, monitor.Http);

        Assert.Contains(got, one => one.StartsWith("WebSocket {\"ok\":true}", StringComparison.Ordinal));
        Assert.Contains(got, one => one.StartsWith("GET 200", StringComparison.Ordinal));
        Assert.NotNull(monitor.Service.Find("by-socket"));
        Assert.NotNull(monitor.Service.Find("by-post"));
        Assert.Null(monitor.Service.Find("bed"));
    }

    private static async Task<RunningMonitor> StartAsync(TemporaryFolder folder, string? token)
    {
        var monitor = await RunningMonitor.StartAsync(folder, ("Token", token));
        // Of a stream that has stopped there is an alarm, which could be acknowledged.
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 15), DateTimeOffset.UtcNow.AddSeconds(-15));
        await RunningMonitor.SendAsync(monitor.Mqtt, "bed", chunks, token);
        await RunningMonitor.Until(() => monitor.Service.Alarms.Count > 0);
        return monitor;
    }

    // With a token, the viewer is in: the browser has the cookie, which goes by host and not by port.
    private async Task<IBrowserContext> OpenAsync(RunningMonitor monitor, string? token)
    {
        var context = await browser.OrSkip().NewContextAsync();
        context.SetDefaultTimeout(60_000);
        if (token is null)
            return context;
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{monitor.Http}/?access_token={token}");
        Assert.NotEmpty(await context.CookiesAsync());
        return context;
    }

    private static ConcurrentBag<(string Method, int Status)> Watch(IPage page, string address)
    {
        var answers = new ConcurrentBag<(string, int)>();
        page.Response += (_, answer) =>
        {
            if (answer.Url.StartsWith(address, StringComparison.OrdinalIgnoreCase))
                answers.Add((answer.Request.Method, answer.Status));
        };
        return answers;
    }

    private static Task<string[]> AttackAsync(IPage page, RunningMonitor monitor, string address)
    {
        var alarm = monitor.Service.Alarms[0].Id;
        return page.EvaluateAsync<string[]>(ForeignSite.Attack.Replace("ALARM", alarm), new[] { address, address.Replace("http://", "") });
    }

    private static async Task AssertUntouchedAsync(RunningMonitor monitor, string? token)
    {
        // A form and a beacon have no answer that the script waits for.
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(["bed"], monitor.Service.Streams.Select(stream => stream.Name));
        Assert.All(monitor.Service.Alarms, alarm => Assert.Null(alarm.Acknowledged));
        await RunningMonitor.SendAsync(
            monitor.Http, "bed-2", [new SampleChunk(0, DateTimeOffset.UtcNow, 250, new float[250])], token);
        Assert.Equal(["bed", "bed-2"], monitor.Service.Streams.Select(stream => stream.Name).Order());
    }
}
