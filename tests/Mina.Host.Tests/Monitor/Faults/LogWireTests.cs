using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Data.Sqlite;
using Mina.Host.Monitor.Edges;
using Mina.Streaming.Live;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Mina.Host.Tests.Monitor.Faults;

/// <summary>What devices hear on each way in while the log cannot be written, because another program holds its file.</summary>
public sealed class LogWireTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_chunk_that_is_not_on_disk_is_acknowledged_on_no_way_in_and_is_taken_when_it_is_sent_again()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("bed", 1, 300, 5), Start).Select(ChunkBinary.Write).ToList();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(monitor.Http.Replace("http", "ws", StringComparison.Ordinal) + "/streams/by-socket"), CancellationToken.None);
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(monitor, chunks[0]));
        Assert.Contains("ok", await SendAsync(socket, chunks[0]));

        using (var other = new SqliteConnection($"Data Source={folder["monitor.chunks"]};Pooling=False"))
        {
            await other.OpenAsync();
            await using var held = other.BeginTransaction(deferred: false);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(monitor, chunks[1]));
            Assert.Contains("send it again", await SendAsync(socket, chunks[1]));
            // MQTT 5 has a reason for it; 3.1.1 has none, so that the connection ends and the device sends again what was not acknowledged.
            await using (var five = new Client(monitor.Mqtt, MqttProtocolVersion.V500))
                Assert.NotEqual(MqttClientPublishReasonCode.Success, await five.PublishAsync("five", chunks[1]));
            await using (var three = new Client(monitor.Mqtt, MqttProtocolVersion.V311))
                Assert.Null(await three.PublishAsync("three", chunks[1]));
            Assert.Contains("not acknowledged", monitor.Service.Warning, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await monitor.Client.GetAsync("/health/ready")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(monitor, chunks[1]));
        Assert.Contains("ok", await SendAsync(socket, chunks[1]));
        await using (var three = new Client(monitor.Mqtt, MqttProtocolVersion.V311))
            Assert.Equal(MqttClientPublishReasonCode.Success, await three.PublishAsync("three", chunks[1]));
        Assert.Null(monitor.Service.Warning);
    }

    private static async Task<HttpStatusCode> PostAsync(RunningMonitor monitor, byte[] chunk) =>
        (await monitor.Client.PostAsync("/streams/by-http/samples", new ByteArrayContent(chunk))).StatusCode;

    private static async Task<string> SendAsync(ClientWebSocket socket, byte[] chunk)
    {
        await socket.SendAsync(chunk, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        var answer = new byte[1000];
        var got = await socket.ReceiveAsync(answer, CancellationToken.None);
        return Encoding.UTF8.GetString(answer, 0, got.Count);
    }

    private sealed class Client(string address, MqttProtocolVersion version) : IAsyncDisposable
    {
        private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

        /// <summary>The answer; null: the connection ended without one.</summary>
        public async Task<MqttClientPublishReasonCode?> PublishAsync(string stream, byte[] chunk)
        {
            await _client.ConnectAsync(MqttSubscriber.BuildClient(address, null, null).WithProtocolVersion(version).Build());
            var gone = new TaskCompletionSource();
            _client.DisconnectedAsync += _ =>
            {
                gone.TrySetResult();
                return Task.CompletedTask;
            };
            var sent = _client.PublishAsync(
                new MqttApplicationMessageBuilder().WithTopic(MqttTopic.ForStream(stream)).WithPayload(chunk)
                    .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
            if (await Task.WhenAny(sent, gone.Task) == sent && sent.IsCompletedSuccessfully)
                return (await sent).ReasonCode;
            await gone.Task;
            return null;
        }

        public ValueTask DisposeAsync()
        {
            _client.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
