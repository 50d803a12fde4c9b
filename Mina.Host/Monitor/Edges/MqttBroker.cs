using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mina.Host.Monitor.Security;
using Mina.Preprocess;
using Mina.Streaming.Files;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Mina.Host.Monitor.Edges;

/// <summary>The options of <see cref="MqttBroker"/>.</summary>
/// <param name="Listen">The address and port to listen at.</param>
/// <param name="Certificate">PKCS #12 file for TLS; null: none.</param>
/// <param name="CertificatePassword">The password of that file.</param>
/// <param name="MaxMessageBytes">The largest message, bytes.</param>
/// <param name="MaxStreams">The largest number of streams at once.</param>
public sealed record MqttBrokerOptions(string Listen, string? Certificate, string? CertificatePassword, int MaxMessageBytes, int MaxStreams)
{
    // A CONNECT packet holds a client's name, a user's name and a password.
    private const int ConnectBytes = 16 << 10;

    // Room for the topic and properties, and for a message that is a little too large, so that it is answered and not cut off.
    private const int PacketOverheadBytes = 128 << 10;

    // A stream may be sent over several connections, and old ones linger.
    private const int SpareConnections = 1000;
    private const int Waiting = 500;

    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    /// <summary>What the broker allows its clients.</summary>
    internal MqttLimits Limits =>
        new(MaxStreams + SpareConnections, Waiting, ConnectTime, ConnectBytes, (int)Math.Min(int.MaxValue, (long)MaxMessageBytes + PacketOverheadBytes));

    /// <summary>Takes the options from the monitor's settings; null where they name another broker, or none.</summary>
    public static MqttBrokerOptions? From(MonitorOptions settings) =>
        settings.Broker.Length == 0 || settings.Mqtt is not null ? null : new(
            settings.Broker, settings.BrokerCertificate, settings.BrokerCertificatePassword, settings.MaxMessageBytes, settings.MaxStreams);
}

/// <summary>
/// The built-in broker: devices publish to <c>mina/STREAM/samples</c>. A message is acknowledged when it is on disk and in its stream's queue;
/// until then the next chunk of that stream waits, so that a device at full speed loses nothing. The other streams of a connection do
/// not wait. A message that is not taken is answered by a reason code in MQTT 5; earlier versions have none, so the connection is closed instead.
/// Nothing is passed on to subscribers.
/// </summary>
internal sealed class MqttBroker(
    Intake intake,
    MqttBrokerOptions options,
    AccessTokens tokens,
    FailedAttempts attempts,
    MonitorMetrics metrics,
    TimeProvider time,
    ILogger<MqttBroker> log) : IEdge, IDisposable
{
    private const string Grant = "mina.grant";
    private const string Version = "mina.version";
    private const long MaxCertificateBytes = 1 << 20;
    private const string Pending = "mina.pending";

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
        var listener = new MqttListener(endpoint, _certificate, options.Limits, reason => metrics.Refused(Name, reason), time, intake.Room);
        // The endpoints of these options are those of the library's own listener, which is not used.
        _server = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder().Build(), [listener]);
        _server.ValidatingConnectionAsync += Validate;
        _server.InterceptingPublishAsync += PublishAsync;
        _server.InterceptingOutboundPacketAsync += AcknowledgeAsync;
        _server.InterceptingSubscriptionAsync += Subscribe;
        tokens.Changed -= EndRevoked;
        tokens.Changed += EndRevoked;
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
        tokens.Changed -= EndRevoked;
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
        // A session that is resumed does not wait for answers of its earlier connection.
        e.SessionItems[Pending] = new PendingAcknowledgements();
        // A session that is resumed has the token of its latest connection.
        e.SessionItems.Remove(Grant);
        if (!tokens.IsDemanded)
            return Task.CompletedTask;
        if (attempts.AreTooMany(from))
        {
            e.ReasonCode = MqttConnectReasonCode.ConnectionRateExceeded;
        }
        else if (tokens.Find(e.Password) is not { } grant)
        {
            attempts.Count(Name, from);
            e.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
        }
        else if (grant.Role is not (AccessRole.Device or AccessRole.Admin))
        {
            e.ReasonCode = MqttConnectReasonCode.NotAuthorized;
        }
        else
        {
            e.SessionItems[Grant] = grant.Hash;
        }

        return Task.CompletedTask;
    }

    // Nothing is sent to subscribers, so a subscription would only take memory.
    private static Task Subscribe(InterceptingSubscriptionEventArgs e)
    {
        e.ProcessSubscription = false;
        e.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
        return Task.CompletedTask;
    }

    // The message's own answer waits for the disk; it is looked at when the acknowledgement goes out, so that the next message is read meanwhile.
    private async Task PublishAsync(InterceptingPublishEventArgs e)
    {
        e.ProcessPublish = false;
        var pending = PendingOf(e.SessionItems);
        var isAcknowledged = e.ApplicationMessage.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce;
        var stream = MqttTopic.StreamOf(e.ApplicationMessage.Topic);
        if (stream is not null && tokens.IsDemanded && GrantOf(e.SessionItems)?.MaySend(stream) != true)
        {
            var refusal = intake.RefuseSender(Name, stream);
            if (isAcknowledged)
                pending.Add(refusal);
        }
        else if (stream is not null)
        {
            var message = new ReadOnlySequence<byte>(e.ApplicationMessage.Payload.ToArray());
            await pending.AddAsync(stream, isAcknowledged, () => intake.TakeAsync(Name, stream, message, null, e.CancellationToken).AsTask())
                .ConfigureAwait(false);
        }
        else if (isAcknowledged)
        {
            pending.Add(new IntakeAnswer(IntakeResult.Bad, $"the topic is not {MqttTopic.ForStream("STREAM")}"));
        }
    }

    // Acknowledgements go out in the order of the messages.
    private async Task AcknowledgeAsync(InterceptingPacketEventArgs e)
    {
        if (e.Packet is not (MqttPubAckPacket or MqttPubRecPacket) || PendingOf(e.SessionItems).Next() is not { } answering)
            return;
        IntakeAnswer answer;
        try
        {
            answer = await answering.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            log.LogWarning("A chunk could not be acknowledged ({Why})", error.Message);
            answer = new IntakeAnswer(IntakeResult.NotDurable, "it was not taken");
        }

        if (answer.Result == IntakeResult.Taken)
            return;
        // An earlier version's acknowledgement carries no reason: it would say that the chunk was taken.
        if (e.SessionItems[Version] is not MqttProtocolVersion.V500)
        {
            e.ProcessPacket = false;
            _ = DisconnectAsync(e.ClientId);
        }
        else if (e.Packet is MqttPubAckPacket acknowledgement)
        {
            (acknowledgement.ReasonCode, acknowledgement.ReasonString) = (ReasonOf(answer), answer.Reason);
        }
        else if (e.Packet is MqttPubRecPacket received)
        {
            (received.ReasonCode, received.ReasonString) = ((MqttPubRecReasonCode)ReasonOf(answer), answer.Reason);
        }
    }

    private async Task DisconnectAsync(string client)
    {
        try
        {
            await _server!.DisconnectClientAsync(client).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            log.LogWarning("A connection could not be closed ({Why})", error.Message);
        }
    }

    // What the session's token gives now.
    private AccessGrant? GrantOf(System.Collections.IDictionary session)
    {
        lock (session)
            return tokens.OfHash(session[Grant] as string);
    }

    private void EndRevoked() => _ = EndRevokedAsync();

    private async Task EndRevokedAsync()
    {
        try
        {
            foreach (var client in await _server!.GetClientsAsync().ConfigureAwait(false))
            {
                if (tokens.IsDemanded && GrantOf(client.Session.Items) is null)
                    await DisconnectAsync(client.Id).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            log.LogWarning("Connections whose tokens are revoked could not be closed ({Why}); what they send is refused", error.Message);
        }
    }

    private static MqttPubAckReasonCode ReasonOf(IntakeAnswer answer) => answer.Result switch
    {
        IntakeResult.Bad when answer.Reason?.StartsWith("the topic", StringComparison.Ordinal) == true => MqttPubAckReasonCode.TopicNameInvalid,
        IntakeResult.Bad => MqttPubAckReasonCode.PayloadFormatInvalid,
        IntakeResult.NotDurable => MqttPubAckReasonCode.UnspecifiedError,
        IntakeResult.NotAllowed => MqttPubAckReasonCode.NotAuthorized,
        _ => MqttPubAckReasonCode.QuotaExceeded,
    };

    private static PendingAcknowledgements PendingOf(System.Collections.IDictionary session)
    {
        lock (session)
            return session[Pending] as PendingAcknowledgements ?? (PendingAcknowledgements)(session[Pending] = new PendingAcknowledgements());
    }
}
