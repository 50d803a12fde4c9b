using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mina.Host.Monitor.Security;
using Mina.Preprocess;
using Mina.Streaming.Files;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Mina.Host.Monitor.Edges;

/// <summary>What <see cref="MqttBroker"/> goes by.</summary>
/// <param name="Listen">Address and port.</param>
/// <param name="Certificate">PKCS #12 file for TLS; null: none.</param>
/// <param name="CertificatePassword">Its password.</param>
/// <param name="MaxMessageBytes">Bytes of a message, at most.</param>
/// <param name="MaxStreams">Streams at once, at most.</param>
public sealed record MqttBrokerOptions(string Listen, string? Certificate, string? CertificatePassword, int MaxMessageBytes, int MaxStreams)
{
    // A CONNECT has a client's name, a user's name and a password.
    private const int ConnectBytes = 16 << 10;

    // Topic and properties beside the message, and as much again so that a message somewhat too large is answered.
    private const int PacketOverheadBytes = 128 << 10;

    // A stream may be sent over several connections, and old ones linger.
    private const int SpareConnections = 1000;
    private const int Waiting = 500;

    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    /// <summary>What clients may take of the broker.</summary>
    internal MqttLimits Limits =>
        new(MaxStreams + SpareConnections, Waiting, ConnectTime, ConnectBytes, (int)Math.Min(int.MaxValue, (long)MaxMessageBytes + PacketOverheadBytes));

    /// <summary>As the settings say; null where they name another broker, or none.</summary>
    public static MqttBrokerOptions? From(MonitorOptions settings) =>
        settings.Broker.Length == 0 || settings.Mqtt is not null ? null : new(
            settings.Broker, settings.BrokerCertificate, settings.BrokerCertificatePassword, settings.MostMessageBytes, settings.MostStreams);
}

/// <summary>
/// The built-in broker: devices publish to <c>mina/STREAM/samples</c>. A message is acknowledged when it is on disk and in its
/// stream's queue; until then the device's connection waits, so that a device at full speed loses nothing. A message that is not taken is answered by a
/// reason code in MQTT 5; earlier versions have none, so the connection is closed instead. Nothing is passed on to subscribers.
/// </summary>
internal sealed class MqttBroker(
    Intake intake,
    MqttBrokerOptions options,
    AccessToken token,
    FailedAttempts attempts,
    MonitorMetrics metrics,
    TimeProvider time,
    ILogger<MqttBroker> log) : IEdge, IDisposable
{
    private const string Version = "mina.version";
    private const long MaxCertificateBytes = 1 << 20;

    private MqttServer? _server;
    private X509Certificate2? _certificate;

    /// <inheritdoc/>
    public string Name => "mqtt";

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!IPEndPoint.TryParse(options.Listen, out var endpoint))
            throw new ProblemException($"the broker's address {options.Listen} is no address with a port; write, for example, --broker 127.0.0.1:1883.");
        _certificate?.Dispose();
        _certificate = options.Certificate is { } file ? Load(file) : null;
        var listener = new MqttListener(endpoint, _certificate, options.Limits, reason => metrics.Refused(Name, reason), time);
        // The endpoints of these options are those of the library's own listener, which is not used.
        _server = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder().Build(), [listener]);
        _server.ValidatingConnectionAsync += Validate;
        _server.InterceptingPublishAsync += PublishAsync;
        _server.InterceptingSubscriptionAsync += Subscribe;
        try
        {
            await _server.StartAsync().ConfigureAwait(false);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new ProblemException(
                $"the broker cannot listen at {options.Listen} ({e.Message}); is another one running? "
                + $"Name another address with --broker, or take its streams with --mqtt mqtt://{options.Listen}.",
                e);
        }

        log.LogInformation("MQTT broker at {Address}", options.Listen);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is { IsStarted: true })
            await _server.StopAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _server?.Dispose();
        _certificate?.Dispose();
    }

    private X509Certificate2 Load(string file)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12(PlainFile.ReadAllBytes(file, MaxCertificateBytes), options.CertificatePassword);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                $"the broker's certificate {file} cannot be read ({e.Message}); "
                + $"name a PKCS #12 file (.pfx), and its password in MINA_Monitor__BrokerCertificatePassword.",
                e);
        }
    }

    private Task Validate(ValidatingConnectionEventArgs e)
    {
        var from = (e.RemoteEndPoint as IPEndPoint)?.Address;
        // A client may leave its name to the broker (MQTT 5, 3.1.3.1).
        if (string.IsNullOrEmpty(e.ClientId))
            (e.AssignedClientIdentifier, e.ReasonCode) = ($"mina-{Guid.NewGuid():N}", MqttConnectReasonCode.Success);
        e.SessionItems[Version] = e.ProtocolVersion;
        if (!token.IsDemanded)
            return Task.CompletedTask;
        if (attempts.AreTooMany(from))
        {
            e.ReasonCode = MqttConnectReasonCode.ConnectionRateExceeded;
        }
        else if (!token.Matches(e.Password))
        {
            attempts.Count(Name, from);
            e.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
        }

        return Task.CompletedTask;
    }

    // Nothing is ever sent to subscribers, so a subscription would only take memory.
    private static Task Subscribe(InterceptingSubscriptionEventArgs e)
    {
        e.ProcessSubscription = false;
        e.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
        return Task.CompletedTask;
    }

    private async Task PublishAsync(InterceptingPublishEventArgs e)
    {
        e.ProcessPublish = false;
        var answer = MqttTopic.StreamOf(e.ApplicationMessage.Topic) is { } stream
            ? await intake.TakeAsync(Name, stream, e.ApplicationMessage.Payload, e.CancellationToken).ConfigureAwait(false)
            : new IntakeAnswer(IntakeResult.Bad, $"the topic is not {MqttTopic.ForStream("STREAM")}");
        if (answer.Result == IntakeResult.Taken)
            return;
        e.Response.ReasonCode = answer.Result switch
        {
            IntakeResult.Bad when MqttTopic.StreamOf(e.ApplicationMessage.Topic) is null => MqttPubAckReasonCode.TopicNameInvalid,
            IntakeResult.Bad => MqttPubAckReasonCode.PayloadFormatInvalid,
            IntakeResult.NotDurable => MqttPubAckReasonCode.UnspecifiedError,
            _ => MqttPubAckReasonCode.QuotaExceeded,
        };
        e.Response.ReasonString = answer.Words;
        // An earlier version's acknowledgement carries no reason: it would say that the chunk was taken.
        e.CloseConnection = e.SessionItems[Version] is not MqttProtocolVersion.V500;
    }
}
