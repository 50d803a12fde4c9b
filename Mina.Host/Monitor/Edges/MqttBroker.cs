using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Edges;

/// <summary>
/// The built-in broker: devices publish to <c>mina/STREAM/samples</c>. A message is acknowledged when it is in its stream's queue;
/// until then the device's connection waits, so that a device at full speed loses nothing. Nothing is passed on to subscribers.
/// </summary>
public sealed class MqttBroker(Intake intake, MonitorOptions options, ILogger<MqttBroker> log) : IHostedService, IDisposable
{
    private MqttServer? _server;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Broker.Length == 0 || options.Mqtt is not null)
            return;
        if (!IPEndPoint.TryParse(options.Broker, out var endpoint))
            throw new ProblemException($"the broker's address {options.Broker} is none; write, for example, --broker 127.0.0.1:1883.");
        var builder = new MqttServerOptionsBuilder().WithConnectionBacklog(1000);
        if (options.BrokerCertificate is { } file)
        {
            builder.WithoutDefaultEndpoint().WithEncryptedEndpoint().WithEncryptedEndpointBoundIPAddress(endpoint.Address).WithEncryptedEndpointBoundIPV6Address(IPAddress.None)
                .WithEncryptedEndpointPort(endpoint.Port).WithEncryptionCertificate(Load(file));
        }
        else
        {
            builder.WithDefaultEndpoint().WithDefaultEndpointBoundIPAddress(endpoint.Address).WithDefaultEndpointBoundIPV6Address(IPAddress.None).WithDefaultEndpointPort(endpoint.Port);
        }

        _server = new MqttServerFactory().CreateMqttServer(builder.Build());
        _server.ValidatingConnectionAsync += Validate;
        _server.InterceptingPublishAsync += Publish;
        try
        {
            await _server.StartAsync().ConfigureAwait(false);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new ProblemException($"the broker cannot listen at {options.Broker} ({e.Message}); is another one running? Name another address with --broker, or take its streams with --mqtt mqtt://{options.Broker}.");
        }

        log.LogInformation("MQTT broker at {Address}", options.Broker);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is { IsStarted: true })
            await _server.StopAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _server?.Dispose();

    private X509Certificate2 Load(string file)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12FromFile(file, options.BrokerCertificatePassword);
        }
        catch (Exception e) when (e is CryptographicException or IOException)
        {
            throw new ProblemException($"the broker's certificate {file} cannot be read ({e.Message}); name a PKCS #12 file (.pfx), and its password in MINA_Monitor__BrokerCertificatePassword.");
        }
    }

    private Task Validate(ValidatingConnectionEventArgs e)
    {
        // A client may leave its name to the broker (MQTT 5, 3.1.3.1).
        if (string.IsNullOrEmpty(e.ClientId))
            (e.AssignedClientIdentifier, e.ReasonCode) = ($"mina-{Guid.NewGuid():N}", MqttConnectReasonCode.Success);
        if (options.Token is { } token && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(e.Password ?? ""), Encoding.UTF8.GetBytes(token)))
            e.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
        return Task.CompletedTask;
    }

    private async Task Publish(InterceptingPublishEventArgs e)
    {
        e.ProcessPublish = false;
        if (MqttTopic.StreamOf(e.ApplicationMessage.Topic) is not { } stream)
        {
            e.Response.ReasonCode = MqttPubAckReasonCode.TopicNameInvalid;
            return;
        }

        var answer = await intake.TakeAsync("mqtt", stream, e.ApplicationMessage.Payload, e.CancellationToken).ConfigureAwait(false);
        e.Response.ReasonCode = answer.Result switch
        {
            IntakeResult.Taken => MqttPubAckReasonCode.Success,
            IntakeResult.Bad => MqttPubAckReasonCode.PayloadFormatInvalid,
            _ => MqttPubAckReasonCode.QuotaExceeded,
        };
        e.Response.ReasonString = answer.Words;
    }
}
