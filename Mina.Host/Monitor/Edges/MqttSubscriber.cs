using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Edges;

/// <summary>Takes streams from a broker that is there already; connects again when it goes away.</summary>
public sealed class MqttSubscriber(Intake intake, MonitorOptions options, TimeProvider time, ILogger<MqttSubscriber> log) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    /// <summary>Options of a client of a broker.</summary>
    /// <param name="address">mqtt://[user[:password]@]host[:1883] or mqtts://host[:8883].</param>
    /// <param name="token">The password where the address has none.</param>
    /// <exception cref="ProblemException">The address is none.</exception>
    public static MqttClientOptionsBuilder Client(string address, string? token)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("mqtt" or "mqtts") || uri.Host.Length == 0)
            throw new ProblemException($"{address} is no broker's address; write, for example, mqtt://127.0.0.1:1883.");
        var secure = uri.Scheme == "mqtts";
        var builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithTcpServer(uri.Host, uri.Port > 0 ? uri.Port : secure ? 8883 : 1883);
        if (secure)
            builder.WithTlsOptions(tls => tls.UseTls());
        var user = Uri.UnescapeDataString(uri.UserInfo).Split(':', 2);
        if (uri.UserInfo.Length > 0 || token is not null)
            builder.WithCredentials(user[0].Length > 0 ? user[0] : "mina", user.Length > 1 ? user[1] : token ?? "");
        return builder;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Mqtt is not { } address)
            return;
        // A session of its own on the broker: what comes while this is away waits there.
        var connect = Client(address, options.Token).WithClientId("mina-monitor").WithCleanStart(false).WithSessionExpiryInterval(3600).Build();
        using var client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += async e =>
        {
            if (MqttTopic.StreamOf(e.ApplicationMessage.Topic) is { } stream)
                await intake.TakeAsync("mqtt", stream, e.ApplicationMessage.Payload, stoppingToken).ConfigureAwait(false);
        };
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!client.IsConnected)
                {
                    await client.ConnectAsync(connect, stoppingToken).ConfigureAwait(false);
                    await client.SubscribeAsync(MqttTopic.All, MqttQualityOfServiceLevel.AtLeastOnce, stoppingToken).ConfigureAwait(false);
                    log.LogInformation("Subscribed to {Topic} at the broker", MqttTopic.All);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning("The broker cannot be reached ({Why}); trying again", e.Message);
            }

            try
            {
                await Task.Delay(Again, time, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        if (client.IsConnected)
            await client.DisconnectAsync().ConfigureAwait(false);
    }
}
