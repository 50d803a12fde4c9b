using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using Microsoft.AspNetCore.DataProtection;
using Mina.Host.Monitor.Security;
using Xunit;

namespace Mina.Host.Tests.Monitor.Security;

/// <summary>Who gets in, and from where: the token, the cookie, other websites, guesses.</summary>
public sealed class GateTests
{
    private const string Chunk = """{"seq":0,"time":"2026-01-01T12:00:00Z","fs":250,"samples":[0.1]}""";

    [Fact]
    public async Task The_token_in_an_address_becomes_a_cookie_and_leads_to_no_other_host()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"));
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        foreach (var (path, location) in new[] { ("/", "/"), ("//evil.example/x", "/evil.example/x"), ("/%5Cevil.example", null),
            ("/stream/bed-7", "/stream/bed-7") })
        {
            using var answer = await browser.GetAsync($"{monitor.Http}{path}?access_token=secret");
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            var to = answer.Headers.Location!.OriginalString;
            Assert.True(to.StartsWith('/') && !to.StartsWith("//", StringComparison.Ordinal) && !to.StartsWith("/\\", StringComparison.Ordinal), to);
            if (location is not null)
                Assert.Equal(location, to);
            Assert.DoesNotContain("secret", to);
            var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
            using var again = new HttpRequestMessage(HttpMethod.Get, $"{monitor.Http}/api/streams");
            again.Headers.Add("Cookie", cookie.Split(';')[0]);
            Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(again)).StatusCode);
        }
    }

    [Fact]
    public async Task Signing_in_leads_to_no_other_host()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"));
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        foreach (var (to, location) in new[] { ("/alarms?days=1", "/alarms?days=1"), ("//evil.example", "/evil.example"), ("/\\evil.example", "/evil.example"),
            ("/\t/evil.example", "/"), ("\n//evil.example", "/"), ("http://evil.example", "/http://evil.example"), ("/\u00e9", "/"), ("", "/") })
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = "secret", ["to"] = to });
            using var answer = await browser.PostAsync($"{monitor.Http}{SignInPage.Path}", form);
            Assert.Equal((HttpStatusCode.SeeOther, location), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        }
    }

    [Fact]
    public void A_cookie_ends_and_one_that_was_changed_is_none()
    {
        var clock = new SettableClock { Now = DateTimeOffset.UnixEpoch.AddYears(50) };
        var keys = new EphemeralDataProtectionProvider();
        var tokens = new AccessTokens("secret", null, clock, keys);
        var cookie = tokens.MakeCookie(tokens.Find("secret")!);
        Assert.NotNull(tokens.OfCookie(cookie));
        Assert.DoesNotContain("secret", cookie);
        // Another token, other keys, and what is no cookie.
        Assert.Null(new AccessTokens("other", null, clock, keys).OfCookie(cookie));
        Assert.Null(new AccessTokens("secret", null, clock, new EphemeralDataProtectionProvider()).OfCookie(cookie));
        Assert.Null(tokens.OfCookie("9" + cookie));
        Assert.Null(tokens.OfCookie(null));
        clock.Now += AccessTokens.CookieLifetime;
        Assert.Null(tokens.OfCookie(cookie));
        Assert.Null(new AccessTokens(null, null, clock, keys).Find(""));
    }

    [Fact]
    public async Task Guessing_is_limited_and_counted_and_those_who_are_in_stay_in()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"));
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        var cookie = (await browser.GetAsync($"{monitor.Http}/?access_token=secret")).Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        for (var guess = 0; guess < FailedAttempts.Max; guess++)
            Assert.Equal(guess == FailedAttempts.Max - 1 ? HttpStatusCode.TooManyRequests : HttpStatusCode.Unauthorized, await Get($"guess {guess}", null));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Get("secret", null));
        Assert.Equal(HttpStatusCode.OK, await Get(null, cookie));
        using var metrics = new HttpRequestMessage(HttpMethod.Get, $"{monitor.Http}/metrics");
        metrics.Headers.Add("Cookie", cookie);
        Assert.Contains("mina_authentication_failures", await (await browser.SendAsync(metrics)).Content.ReadAsStringAsync());

        async Task<HttpStatusCode> Get(string? token, string? kept)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{monitor.Http}/api/streams");
            if (token is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (kept is not null)
                request.Headers.Add("Cookie", kept);
            using var answer = await browser.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_name_that_another_website_made_point_here_is_not_the_monitor_s()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Hosts", "ward-7.example"));
        foreach (var (host, status) in new[] { ("evil.example", HttpStatusCode.Forbidden), ("localhost", HttpStatusCode.OK),
            ("ward-7.example:443", HttpStatusCode.OK), ("[::1]:80", HttpStatusCode.OK) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/streams") { Headers = { Host = host } };
            Assert.Equal(status, (await monitor.Client.SendAsync(request)).StatusCode);
        }
    }

    [Theory]
    [InlineData("http://evil.test", false)]
    [InlineData("null", false)]
    [InlineData(null, true)]
    [InlineData("own", true)]
    public async Task A_page_of_another_website_cannot_open_the_WebSocket_nor_post(string? origin, bool isLet)
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        origin = origin == "own" ? monitor.Http : origin;
        using var socket = new ClientWebSocket();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/streams/victim/samples") { Content = new StringContent(Chunk) };
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
            request.Headers.Add("Origin", origin);
        }

        var address = new Uri($"{monitor.Http.Replace("http", "ws")}/streams/victim");
        if (isLet)
            await socket.ConnectAsync(address, CancellationToken.None);
        else
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, CancellationToken.None));
        Assert.Equal(isLet ? HttpStatusCode.Accepted : HttpStatusCode.Forbidden, (await monitor.Client.SendAsync(request)).StatusCode);
        Assert.Equal(isLet, monitor.Service.Find("victim") is not null);
    }

    [Theory]
    [InlineData("POST", "same-site", "cors", "empty", HttpStatusCode.Forbidden)]
    [InlineData("GET", "cross-site", "no-cors", "script", HttpStatusCode.Forbidden)]
    [InlineData("GET", "cross-site", "navigate", "iframe", HttpStatusCode.Forbidden)]
    [InlineData("GET", "cross-site", "navigate", "document", HttpStatusCode.OK)]
    [InlineData("GET", "same-origin", "cors", "empty", HttpStatusCode.OK)]
    public async Task Another_site_may_link_to_a_page_and_no_more(string method, string site, string mode, string destination, HttpStatusCode status)
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        using var request = new HttpRequestMessage(
            new HttpMethod(method), method == "GET" ? "/" : "/streams/bed/samples")
        { Content = method == "GET" ? null : new StringContent(Chunk) };
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", mode);
        request.Headers.Add("Sec-Fetch-Dest", destination);
        Assert.Equal(status, (await monitor.Client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("same-origin", HttpStatusCode.Unauthorized)]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.Forbidden)]
    public async Task A_form_without_an_origin_is_the_monitor_s_own_where_the_browser_says_so(string? site, HttpStatusCode status)
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent([new("token", "a guess")]) };
        request.Headers.Add("Origin", "null");
        if (site is not null)
            request.Headers.Add("Sec-Fetch-Site", site);
        Assert.Equal(status, (await monitor.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Answers_say_how_they_are_to_be_handled_and_not_who_serves_them()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        foreach (var path in new[] { "/", "/api/streams", "/health/ready", "/nothing" })
        {
            using var answer = await monitor.Client.GetAsync(path);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.True(answer.Headers.CacheControl?.NoStore, path);
            Assert.Empty(answer.Headers.Server);
        }
    }
}
