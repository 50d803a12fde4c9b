using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Mina.Host.Monitor.Security;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Mina.Host.Tests.Monitor.Security;

/// <summary>Each role at a whole monitor, by HTTP, WebSocket and MQTT; and what becomes of a token that is revoked.</summary>
public sealed class RoleTests
{
    private const string Chunk = """{"seq":0,"time":"2026-01-01T12:00:00Z","fs":250,"samples":[0.1]}""";

    [Theory]
    [InlineData(AccessRole.Device, 403, 403, 403, 403)]
    [InlineData(AccessRole.View, 200, 403, 403, 403)]
    [InlineData(AccessRole.Acknowledge, 200, 404, 403, 403)]
    [InlineData(AccessRole.Review, 200, 404, 404, 403)]
    [InlineData(AccessRole.Admin, 200, 404, 404, 200)]
    public async Task A_role_may_what_it_may_and_else_is_told_what_it_would_need(AccessRole role, int read, int acknowledge, int review, int admit)
    {
        using var folder = new TemporaryFolder();
        var token = new TokenFile(folder["monitor.tokens.json"]).Add("Ada", role, role == AccessRole.Device ? ["bed"] : [], DateTimeOffset.UnixEpoch);
        await using var monitor = await RunningMonitor.StartAsync(folder);
        Assert.Equal(401, (int)(await monitor.Client.GetAsync("/api/streams")).StatusCode);
        monitor.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Equal(read, (int)(await monitor.Client.GetAsync("/api/streams")).StatusCode);
        Assert.Equal(read, (int)(await monitor.Client.GetAsync("/metrics")).StatusCode);
        var alarm = await monitor.Client.PostAsJsonAsync("/api/alarms/nothing/acknowledge", new { });
        Assert.Equal(acknowledge, (int)alarm.StatusCode);
        Assert.Equal(acknowledge, (int)(await monitor.Client.PostAsJsonAsync("/api/beds/b/pause", new { reason = "x", minutes = 1 })).StatusCode);
        Assert.Equal(review, (int)(await monitor.Client.PostAsJsonAsync("/api/reviews", new { verdict = "Confirmed", episode = "x" })).StatusCode);
        Assert.Equal(admit, (int)(await monitor.Client.PutAsJsonAsync("/api/beds/b", new { })).StatusCode);
        Assert.Equal(admit == 200 ? 404 : 403, (int)(await monitor.Client.DeleteAsync("/api/streams/nobody")).StatusCode);
        if (acknowledge != 403)
            return;
        Assert.Equal("application/problem+json", alarm.Content.Headers.ContentType!.MediaType);
        var detail = (await alarm.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString();
        Assert.Equal($"the token of 'Ada' has the role {role.ToString().ToLowerInvariant()}, and this needs acknowledge", detail);
    }

    [Fact]
    public async Task A_device_sends_to_its_own_streams_alone_by_every_way_in()
    {
        using var folder = new TemporaryFolder();
        var file = new TokenFile(folder["monitor.tokens.json"]);
        var (device, viewer) = (file.Add("monitor", AccessRole.Device, ["own-*"], default), file.Add("Ada", AccessRole.View, [], default));
        await using var monitor = await RunningMonitor.StartAsync(folder);
        SampleChunk[] chunks = [new SampleChunk(0, DateTimeOffset.UtcNow, 250, new float[250])];
        foreach (var (to, name) in new[] { (monitor.Http, "own-http"), (monitor.Http.Replace("http", "ws"), "own-ws"), (monitor.Mqtt, "own-mqtt") })
            await RunningMonitor.SendAsync(to, name, chunks, device);
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("other", device));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("own-1", viewer));
        using var socket = Socket(device);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address("other"), CancellationToken.None));
        using var client = await ConnectAsync(monitor, device);
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, (await client.PublishAsync(Message("other"))).ReasonCode);
        Assert.Equal(MqttClientPublishReasonCode.Success, (await client.PublishAsync(Message("own-again"))).ReasonCode);
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(monitor, viewer));
        Assert.Contains("NotAuthorized", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["own-again", "own-http", "own-mqtt", "own-ws"], monitor.Service.Streams.Select(stream => stream.Name).Order());

        async Task<HttpStatusCode> PostAsync(string stream, string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/streams/{stream}/samples") { Content = new StringContent(Chunk) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await monitor.Client.SendAsync(request);
            return answer.StatusCode;
        }

        Uri Address(string stream) => new($"{monitor.Http.Replace("http", "ws")}/streams/{stream}");
    }

    [Fact]
    public async Task What_goes_on_by_a_token_ends_when_it_is_revoked()
    {
        using var folder = new TemporaryFolder();
        var file = new TokenFile(folder["monitor.tokens.json"]);
        var (device, viewer) = (file.Add("monitor", AccessRole.Device, ["own-*"], default), file.Add("Ada", AccessRole.View, [], default));
        await using var monitor = await RunningMonitor.StartAsync(folder);
        using var socket = Socket(device);
        await socket.ConnectAsync(new Uri($"{monitor.Http.Replace("http", "ws")}/streams/own-1"), CancellationToken.None);
        using var client = await ConnectAsync(monitor, device);
        monitor.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", viewer);
        using var events = new StreamReader(await monitor.Client.GetStreamAsync("/api/alarms/events"));
        Assert.NotNull(await events.ReadLineAsync());

        file.Revoke("monitor");
        file.Revoke("Ada");
        await RunningMonitor.Until(() => !client.IsConnected);
        await Assert.ThrowsAnyAsync<Exception>(() => socket.ReceiveAsync(new byte[10], CancellationToken.None));
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await events.ReadLineAsync() is not null)
            {
            }

            throw new EndOfStreamException("it ended");
        });
        Assert.Equal(HttpStatusCode.Unauthorized, (await monitor.Client.GetAsync("/api/streams")).StatusCode);
    }

    [Fact]
    public async Task Who_acknowledged_and_reviewed_is_the_token_s_name_whatever_is_said()
    {
        using var folder = new TemporaryFolder();
        var token = new TokenFile(folder["monitor.tokens.json"]).Add("Dr Ada Quist", AccessRole.Admin, [], default);
        await using var monitor = await RunningMonitor.StartAsync(
            folder, ("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"), ("MaxVerdictAge", "00:10:00"));
        await RunningMonitor.SendAsync(
            monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 80), DateTimeOffset.UtcNow.AddMinutes(-2)), token);
        await RunningMonitor.Until(() => monitor.Service.Alarms.Count > 0);
        monitor.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var alarm = monitor.Service.Alarms[0];
        Assert.True((await monitor.Client.PostAsJsonAsync($"/api/alarms/{alarm.Id}/acknowledge", new { by = "somebody else" })).IsSuccessStatusCode);
        Assert.True((await monitor.Client.PostAsJsonAsync("/api/reviews", new { verdict = "Confirmed", episode = alarm.Episode })).IsSuccessStatusCode);
        await RunningMonitor.Until(() => monitor.Service.Alarms.All(one => one.Acknowledged is not null));
        var alarms = await monitor.Service.AlarmHistoryAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1));
        Assert.Equal("Dr Ada Quist", alarms[0].AcknowledgedBy);
        Assert.Equal("Dr Ada Quist", (await monitor.Service.ReviewsAsync(null))[0].By);
    }

    private static ClientWebSocket Socket(string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        return socket;
    }

    private static MqttApplicationMessage Message(string stream) => new MqttApplicationMessageBuilder().WithTopic($"mina/{stream}/samples")
        .WithPayload(Chunk).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();

    private static async Task<IMqttClient> ConnectAsync(RunningMonitor monitor, string token)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var address = new Uri(monitor.Mqtt);
        var answer = await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer(address.Host, address.Port)
            .WithProtocolVersion(MqttProtocolVersion.V500).WithCredentials("device", token).Build());
        return answer.ResultCode == MqttClientConnectResultCode.Success ? client : throw new InvalidOperationException(answer.ResultCode.ToString());
    }
}
