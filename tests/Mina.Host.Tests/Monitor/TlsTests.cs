using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor;

/// <summary>The real monitor with a real certificate and a token, listening to the network.</summary>
public sealed class TlsTests(Browser browser) : IClassFixture<Browser>
{
    private const string Chunk = """{"seq":0,"time":"2026-01-01T12:00:00Z","fs":250,"samples":[0.1,0.2]}""";

    [SkippableFact]
    public async Task Page_API_WebSocket_and_MQTT_are_served_over_TLS_to_those_who_have_the_token()
    {
        using var folder = new TemporaryFolder();
        using var certificate = Certificate();
        var (https, mqtts) = (RunningMonitor.FreePort(), RunningMonitor.FreePort());
        await File.WriteAllBytesAsync(folder["ward.pfx"], certificate.Export(X509ContentType.Pkcs12, "secret"));
        await File.WriteAllTextAsync(folder["ward.crt"], certificate.ExportCertificatePem());
        // As a user writes it.
        await File.WriteAllTextAsync(folder["appsettings.json"], JsonSerializer.Serialize(new
        {
            Kestrel = new { Certificates = new { Default = new { Path = "ward.pfx", Password = "secret" } } },
            Monitor = new
            {
                Urls = $"https://0.0.0.0:{https}",
                Broker = $"0.0.0.0:{mqtts}",
                BrokerCertificate = "ward.pfx",
                BrokerCertificatePassword = "secret",
                Token = "ward 3",
                Model = RunningMonitor.Model(folder)
            },
        }));
        using var mina = MinaProcess.Start(folder.Path, "monitor");
        using var client = new HttpClient(
            new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, seen, _, _) => IsOurs(seen) })
        {
            BaseAddress = new Uri(
                $"https://localhost:{https}")
        };
        await RunningMonitor.Until(() => !mina.HasExited && IsUp(client));

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/streams")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "ward 3");
        Assert.Equal(HttpStatusCode.Accepted, (await client.PostAsync("/streams/by-post/samples", new StringContent(Chunk))).StatusCode);
        Assert.Contains("by-post", await client.GetStringAsync("/api/streams"));

        using (var stranger = Socket(null))
            await Assert.ThrowsAsync<WebSocketException>(
                () => stranger.ConnectAsync(new Uri($"wss://localhost:{https}/streams/by-socket"), CancellationToken.None));
        using (var socket = Socket("ward 3"))
        {
            await socket.ConnectAsync(new Uri($"wss://localhost:{https}/streams/by-socket"), CancellationToken.None);
            await socket.SendAsync(Encoding.UTF8.GetBytes(Chunk), WebSocketMessageType.Text, true, CancellationToken.None);
            var answer = new byte[100];
            Assert.Contains("ok", Encoding.UTF8.GetString(answer, 0, (await socket.ReceiveAsync(answer, CancellationToken.None)).Count));
        }

        if (File.Exists("/usr/bin/mosquitto_pub"))
        {
            Assert.NotEqual(0, await PublishAsync("wrong"));
            Assert.Equal(0, await PublishAsync("ward 3"));
            Assert.Contains("by-mqtt", await client.GetStringAsync("/api/streams"));
        }

        if (browser.Is)
        {
            await using var context = await browser.OrSkip().NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true });
            var page = await context.NewPageAsync();
            await page.GotoAsync($"https://localhost:{https}/?access_token=ward%203");
            await Expect(page.Locator("a[data-stream='by-post']")).ToBeVisibleAsync(new() { Timeout = 60_000 });
            Assert.DoesNotContain("token", page.Url);
            // The filter works over the page's own connection: it is a WebSocket over TLS that has the cookie.
            await page.GetByLabel("Find a stream by name").FillAsync("by-post");
            await Expect(page.Locator(".row")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
            Assert.Contains(await context.CookiesAsync(), cookie => cookie is { Name: "mina", Secure: true, HttpOnly: true });
        }

        mina.Interrupt();
        Assert.Equal(0, (await mina.WaitAsync()).ExitCode);

        bool IsOurs(X509Certificate? seen) => seen?.GetCertHashString() == certificate.GetCertHashString();

        ClientWebSocket Socket(string? token)
        {
            var socket = new ClientWebSocket();
            socket.Options.RemoteCertificateValidationCallback = (_, seen, _, _) => IsOurs(seen);
            if (token is not null)
                socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            return socket;
        }

        async Task<int> PublishAsync(string token)
        {
            using var publish = Process.Start(
                "/usr/bin/mosquitto_pub",
                ["-h", "localhost", "-p", $"{mqtts}", "--cafile", folder["ward.crt"], "-u", "mina", "-P", token, "-q", "1", "-V", "mqttv5", "-t",
                    "mina/by-mqtt/samples", "-m", Chunk]);
            await publish.WaitForExitAsync();
            return publish.ExitCode;
        }
    }

    [Fact]
    public async Task An_https_address_without_a_certificate_is_told_in_one_sentence()
    {
        using var folder = new TemporaryFolder();
        // The name of a file that is not there, for a machine may have a certificate for development.
        await File.WriteAllTextAsync(folder["appsettings.json"], """{"Kestrel":{"Certificates":{"Default":{"Path":"none.pfx"}}}}""");
        var told = await MinaProcess.RunAsync(folder.Path, "monitor", "--model", RunningMonitor.Model(folder), "--urls", "https://127.0.0.1:0", "--broker", "");
        Assert.Equal(1, told.ExitCode);
        Assert.Contains("none.pfx", told.Error);
        Assert.DoesNotContain("   at ", told.Error);
    }

    private static bool IsUp(HttpClient client)
    {
        try
        {
            return client.GetAsync("/health/ready").GetAwaiter().GetResult().IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
