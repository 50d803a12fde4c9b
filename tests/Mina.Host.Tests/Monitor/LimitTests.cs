using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Mina.Host.Monitor.Edges;
using Mina.Host.Monitor.Replay;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>What is too much is answered and counted, whichever way it comes, and harms no other stream.</summary>
public sealed class LimitTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_by_MQTT_and_by_WebSocket_and_counted()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("MaxMessageBytes", "4000"));
        var large = ChunkBinary.Write(new SampleChunk(0, Start, 250, new float[1000]));
        await using (var target = ChunkTarget.Create(monitor.Mqtt, null))
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() => target.SendAsync("bed", large, CancellationToken.None));
            Assert.Contains("4000 bytes", refused.Message);
        }

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"{monitor.Http.Replace("http", "ws")}/streams/bed"), CancellationToken.None);
        await socket.SendAsync(large, WebSocketMessageType.Binary, true, CancellationToken.None);
        var answer = new byte[1000];
        Assert.Contains("4000 bytes", Encoding.UTF8.GetString(answer, 0, (await socket.ReceiveAsync(answer, CancellationToken.None)).Count));
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(answer, CancellationToken.None)).MessageType);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);

        await RunningMonitor.SendAsync(monitor.Mqtt, "other", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 20), Start));
        await monitor.VerdictsAsync("other", 6);
        Assert.Null(monitor.Service.Find("bed"));
        var metrics = await monitor.Client.GetStringAsync("/metrics");
        Assert.Contains("edge=\"mqtt\",reason=\"too large\"", metrics);
        Assert.Contains("edge=\"websocket\",reason=\"too large\"", metrics);
    }

    [Fact]
    public async Task Large_messages_that_never_end_take_bounded_memory_and_a_device_is_not_refused_for_them()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("MaxQueuedBytes", $"{32 << 20}"));
        var room = monitor.Services.GetRequiredService<Intake>().Room;
        var authority = new Uri(monitor.Http).Authority;
        var slow = Enumerable.Range(0, 24).Select(_ => new TcpClient()).ToList();
        await Task.WhenAll(slow.Select(async (socket, i) =>
        {
            await socket.ConnectAsync(IPEndPoint.Parse(authority));
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /streams/slow{i}/samples HTTP/1.1\r\nHost: {authority}\r\nContent-Length: 1000001\r\n\r\n"));
            try
            {
                await socket.GetStream().WriteAsync(new byte[1_000_000]);
            }
            catch (IOException)
            {
                // There was no room for it, and the connection was closed.
            }
        }));

        // As many as find room wait for their last byte.
        await RunningMonitor.Until(() => room.Held > 15_000_000);
        Assert.InRange(room.Held, 1, 16 << 20);
        var large = ChunkBinary.Write(new SampleChunk(0, Start, 250, new float[200_000]));
        var refused = await monitor.Client.PostAsync("/streams/bed/samples", new ByteArrayContent(large.ToArray()));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("large messages are arriving", await refused.Content.ReadAsStringAsync());
        using (var socket = new ClientWebSocket())
        {
            await socket.ConnectAsync(new Uri($"{monitor.Http.Replace("http", "ws")}/streams/bed"), CancellationToken.None);
            await socket.SendAsync(large, WebSocketMessageType.Binary, true, CancellationToken.None);
            var answer = new byte[1000];
            Assert.Contains(
                "large messages are arriving", Encoding.UTF8.GetString(answer, 0, (await socket.ReceiveAsync(answer, CancellationToken.None)).Count));
            Assert.Equal(WebSocketState.Open, socket.State);
        }

        await RunningMonitor.SendAsync(monitor.Mqtt, "good", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 20), Start));
        await monitor.VerdictsAsync("good", 6);
        foreach (var socket in slow)
            socket.Dispose();
        await RunningMonitor.Until(() => room.Held == 0);
        Assert.Equal(HttpStatusCode.Accepted, (await monitor.Client.PostAsync("/streams/bed/samples", new ByteArrayContent(
            ChunkBinary.Write(new SampleChunk(0, Start, 250, new float[5000])).ToArray()))).StatusCode);
    }

    [Fact]
    public void Room_for_messages_is_taken_as_they_grow_and_given_back_once()
    {
        var room = new MessageRoom(100_000);
        using var first = room.Open();
        using var second = room.Open();
        Assert.True(first.TryGrow(MessageRoom.FreeBytes));
        Assert.Equal(0, room.Held);
        Assert.True(first.TryGrow(60_000));
        Assert.True(first.TryGrow(50_000));
        Assert.False(second.TryGrow(50_000));
        Assert.True(second.TryGrow(40_000));
        Assert.Equal(100_000, room.Held);
        first.Dispose();
        first.Dispose();
        Assert.Equal(40_000, room.Held);
        Assert.True(first.TryGrow(60_000));
    }

    [Fact]
    public async Task One_stream_more_than_there_may_be_is_refused_and_those_there_are_go_on()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("MaxStreams", "2"));
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 30), Start).ToList();
        await RunningMonitor.SendAsync(monitor.Mqtt, "a", chunks.Take(5));
        await RunningMonitor.SendAsync(monitor.Mqtt, "b", chunks.Take(5));
        var refused = await Assert.ThrowsAsync<ProblemException>(() => RunningMonitor.SendAsync(monitor.Mqtt, "c", chunks));
        Assert.Contains("2 streams", refused.Message);
        await RunningMonitor.SendAsync(monitor.Mqtt, "a", chunks.Skip(5));
        await monitor.VerdictsAsync("a", 12);
        Assert.Equal(["a", "b"], monitor.Service.Streams.Select(stream => stream.Name).Order());
    }

    [Fact]
    public async Task A_stream_that_is_not_there_is_not_found()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        foreach (var path in new[] { "/api/streams/none", "/api/streams/none/verdicts", "/api/streams/none/episodes.atr", "/api/episodes/7/fhir" })
            Assert.Equal(HttpStatusCode.NotFound, (await monitor.Client.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("nowhere")]
    [InlineData("ftp://host/")]
    public void A_device_is_told_in_one_sentence_that_an_address_is_none(string address) =>
        Assert.Contains("is no address", Assert.Throws<ProblemException>(() => ChunkTarget.Create(address, null)).Message);

    [Fact]
    public async Task A_script_of_another_website_may_not_send_nor_acknowledge()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        foreach (var (site, status) in new[] { ("cross-site", HttpStatusCode.Forbidden), ("same-origin", HttpStatusCode.Accepted),
            ("none", HttpStatusCode.Accepted) })
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post, "/streams/bed/samples")
            {
                Content = new StringContent(
                    """{"seq":0,"time":"2026-01-01T12:00:00Z","fs":250,"samples":[0.1]}""")
            };
            request.Headers.Add("Sec-Fetch-Site", site);
            Assert.Equal(status, (await monitor.Client.SendAsync(request)).StatusCode);
        }
    }
}
