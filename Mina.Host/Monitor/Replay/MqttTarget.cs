using Mina.Host.Monitor.Edges;
using Mina.Preprocess;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace Mina.Host.Monitor.Replay;

/// <summary>Publishes to a broker, QoS 1.</summary>
internal sealed class MqttTarget(string address, string? token) : IChunkTarget
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly SemaphoreSlim _connecting = new(1);
    private readonly MqttClientOptions _options = MqttSubscriber.BuildClient(address, null, token).Build();

    /// <inheritdoc/>
    public async Task SendAsync(string stream, byte[] message, CancellationToken cancel)
    {
        try
        {
            await ConnectAsync(cancel).ConfigureAwait(false);
            var done = await _client.PublishAsync(
                new MqttApplicationMessageBuilder().WithTopic(MqttTopic.ForStream(stream)).WithPayload(message)
                    .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(), cancel).ConfigureAwait(false);
            if (done.ReasonCode is not (MqttClientPublishReasonCode.Success or MqttClientPublishReasonCode.NoMatchingSubscribers))
                throw new ProblemException($"{address} refused a chunk: {done.ReasonString ?? done.ReasonCode.ToString()}.");
        }
        catch (Exception e) when (
            e is MqttCommunicationException or MqttClientNotConnectedException or System.Net.Sockets.SocketException or MqttProtocolViolationException)
        {
            throw new IOException($"{address} cannot be reached ({(e.InnerException ?? e).Message})", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_client.IsConnected)
            await _client.DisconnectAsync().ConfigureAwait(false);
        _client.Dispose();
        _connecting.Dispose();
    }

    // Several streams may send at once, and one of them connects.
    private async Task ConnectAsync(CancellationToken cancel)
    {
        if (_client.IsConnected)
            return;
        await _connecting.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_client.IsConnected)
                return;
            var connected = await _client.ConnectAsync(_options, cancel).ConfigureAwait(false);
            if (connected.ResultCode is MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized)
                throw new ProblemException($"{address} demands a token; give it with --token.");
            if (connected.ResultCode != MqttClientConnectResultCode.Success)
                throw new IOException($"{address} refuses to connect: {connected.ResultCode}");
        }
        finally
        {
            _ = _connecting.Release();
        }
    }
}
