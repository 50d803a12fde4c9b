using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Security;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Store.Memory;
using Mina.Host.Tests.Monitor.Faults;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor.Security;

/// <summary>Who did what is taken down, by the API and on the page, and never holds anybody up.</summary>
public sealed class AuditTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableFact]
    public async Task An_administrator_reads_who_looked_exported_and_changed_and_nobody_else_does()
    {
        using var folder = new TemporaryFolder();
        var file = new TokenFile(folder["monitor.tokens.json"]);
        var (admin, viewer) = (file.Add("Grace", AccessRole.Admin, [], default), file.Add("Ada", AccessRole.View, [], default));
        browser.OrSkip();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        await RunningMonitor.SendAsync(
            monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 20), DateTimeOffset.UtcNow.AddSeconds(-20)), admin);
        await using (var screen = await Screen.OpenAtAsync(browser, monitor.Http, $"/stream/bed?access_token={viewer}"))
        {
            await Expect(screen.Page.Locator(".stream h1")).ToHaveTextAsync("bed");
            await screen.Page.GotoAsync($"{monitor.Http}/audit");
            await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("Not for you");
        }

        Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpMethod.Get, "/api/alarms.csv", viewer));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Put, "/api/beds/bed-1", viewer));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpMethod.Put, "/api/beds/bed-1", admin));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, "/api/audit", viewer));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, "/api/audit.csv", viewer));
        monitor.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
        await RunningMonitor.UntilAsync(async () => (await ReadAsync()).Count >= 4);
        Assert.Equal(
            [("Ada", AuditAction.SignedIn, null), ("Ada", AuditAction.Viewed, "stream bed"), ("Ada", AuditAction.Exported, "/api/alarms.csv"),
                ("Grace", AuditAction.Changed, "bed bed-1")],
            (await ReadAsync()).Select(entry => (entry.Who!, entry.Action, entry.About)));
        Assert.All(await ReadAsync(), entry => Assert.Equal("127.0.0.1", entry.Address));
        Assert.Contains(",Grace,Changed,bed bed-1,127.0.0.1", await monitor.Client.GetStringAsync("/api/audit.csv"), StringComparison.Ordinal);

        await using var page = await Screen.OpenAtAsync(browser, monitor.Http, $"/audit?access_token={admin}");
        await Expect(page.Page.Locator("tbody")).ToContainTextAsync("stream bed");
        await page.CheckAccessibilityAsync();
        await page.TakePictureAsync("audit");
        Assert.Empty(page.Errors);

        async Task<IReadOnlyList<AuditEntry>> ReadAsync() => await monitor.GetAsync<AuditEntry[]>("/api/audit");

        async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, string token)
        {
            using var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Put ? JsonContent.Create(new { }) : null };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await monitor.Client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_store_that_fails_holds_nobody_up_and_gets_all_of_it_later_in_order()
    {
        using var metrics = new MonitorMetrics();
        var clock = new SettableClock { Now = DateTimeOffset.UnixEpoch.AddYears(50) };
        var store = new FailingStore(new MemoryStore()) { Failure = "the disk is full" };
        var history = new History(store, metrics, TimeProvider.System, NullLogger<History>.Instance);
        await history.WriteOrKeepAsync(Some(clock.Now.AddYears(-2)));
        var audit = new AuditLog(history, store, new MonitorOptions(), clock, NullLogger<AuditLog>.Instance);
        for (var i = 0; i < 3; i++)
            audit.Add("Ada", AuditAction.Viewed, $"stream {i}", null);
        await audit.StartAsync(CancellationToken.None);
        Assert.Empty(await store.AuditAsync(DateTimeOffset.UnixEpoch, StoreTime.Never));
        store.Failure = null;
        await RunningMonitor.UntilAsync(async () =>
        {
            await history.LookAfterAsync(() => new StoreChanges(), CancellationToken.None);
            return history.IsWritten;
        });
        await audit.StopAsync(CancellationToken.None);
        var entries = await store.AuditAsync(clock.Now, StoreTime.Never);
        Assert.Equal(["stream 0", "stream 1", "stream 2"], entries.Select(entry => entry.About));
        // One that happens at the same time has a time of its own.
        Assert.Equal([0, 1, 2], entries.Select(entry => (entry.At - clock.Now).TotalMicroseconds));
    }

    [Theory]
    [InlineData("GET", "/api/streams", null, null)]
    [InlineData("GET", "/", null, null)]
    [InlineData("GET", "/api/streams/bed/samples", AuditAction.Exported, "/api/streams/bed/samples")]
    [InlineData("GET", "/api/episodes/x/fhir/bundle", AuditAction.Exported, "/api/episodes/x/fhir/bundle")]
    [InlineData("POST", "/api/alarms/x/acknowledge", AuditAction.Acknowledged, "x")]
    [InlineData("POST", "/api/beds/Bed 1/pause", AuditAction.Paused, "bed Bed 1: pause")]
    [InlineData("POST", "/api/beds/Bed 1/discharge", AuditAction.Changed, "bed Bed 1: discharged")]
    [InlineData("DELETE", "/api/streams/bed", AuditAction.Changed, "stream bed: removed")]
    [InlineData("POST", "/streams/bed/samples", null, null)]
    public void A_request_that_takes_data_out_or_changes_something_is_taken_down(string method, string path, AuditAction? action, string? about)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Path) = (method, path);
        Assert.Equal((action, about), AuditRules.Find(request) is { } found ? (found.Action, found.About) : ((AuditAction?)null, null));
    }

    private static StoreChanges Some(DateTimeOffset at)
    {
        var changes = new StoreChanges();
        changes.Put(new AuditEntry(at, null, AuditAction.Viewed, null, null));
        return changes;
    }
}
