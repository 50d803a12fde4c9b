using System.Collections.Concurrent;
using System.Net;
using Mina.Preprocess;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Mina.Host.Monitor.Edges;

/// <summary>The options of <see cref="MqttSubscriber"/>.</summary>
/// <param name="Address">mqtt://[user[:password]@]host[:1883] or mqtts://host[:8883].</param>
/// <param name="User">The broker's user; null: as in the address.</param>
/// <param name="Password">The broker's password; null: as in the address. Never the monitor's own token.</param>
/// <param name="ClientId">The name by which the broker keeps this monitor's session. No other client of the broker may have it.</param>
public sealed record MqttSubscriberOptions(string Address, string? User, string? Password, string ClientId)
{
    /// <summary>Takes the options from the monitor's settings; null where they name no broker.</summary>
    /// <exception cref="ProblemException">The address is not that of a broker, or a password would go over the network in plain text.</exception>
    public static MqttSubscriberOptions? From(MonitorOptions settings)
    {
        if (settings.Mqtt is not { } address)
            return null;
        MqttSubscriber.BuildClient(address, settings.MqttUser, settings.MqttPassword);
        var uri = new Uri(address);
        var secret = settings.MqttPassword is not null || uri.UserInfo.Contains(':', StringComparison.Ordinal);
        var here = uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip));
        if (secret && uri.Scheme == "mqtt" && !here && !settings.Insecure)
            throw new ProblemException(
                $"the password for the broker at {uri.Host} would go there in plain text; write mqtts://, or say --insecure if the way there is safe.");
        return new MqttSubscriberOptions(address, settings.MqttUser, settings.MqttPassword, settings.MqttClientId);
    }
}

/// <summary>
/// Takes streams from an existing broker, and connects again when the connection is lost. A chunk is acknowledged to the broker when it was
/// taken, or with a reason when it never can be. A chunk for which there was no room is not acknowledged: the connection is closed and opened
/// again after a while, so that the broker repeats the chunk.
/// </summary>
internal sealed class MqttSubscriber(Intake intake, MqttSubscriberOptions options, TimeProvider time, ILogger<MqttSubscriber> log) : BackgroundService, IEdge
{
    // The largest number of chunks, of all streams, without an acknowledgement; large, so that one full stream does not hold up the others.
    private const ushort MaxInFlight = 2000;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RedeliverAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarnEvery = TimeSpan.FromMinutes(1);

    // Two clients of one name throw each other off whenever one of them connects again, every few seconds.
    private static readonly TimeSpan ShortConnection = TimeSpan.FromSeconds(30);
    private const int MaxShortConnections = 3;

    private readonly ConcurrentDictionary<string, Task> _last = new(StringComparer.Ordinal);
    private long _refused;
    private long? _warned;
    private long _connected;
    private int _shortConnections;
    private bool _isLeaving;
    private bool _isThrownOff;

    /// <inheritdoc/>
    public string Name => "mqtt";

    /// <summary>Builds the options of a client of a broker.</summary>
    /// <param name="address">mqtt://[user[:password]@]host[:1883] or mqtts://host[:8883].</param>
    /// <param name="userName">The user where the address has none; null: mina, where there is a password.</param>
    /// <param name="password">The password where the address has none.</param>
    /// <exception cref="ProblemException">The address is not that of a broker.</exception>
    public static MqttClientOptionsBuilder BuildClient(string address, string? userName, string? password)
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
        if (uri.UserInfo.Length > 0 || userName is not null || password is not null)
            builder.WithCredentials(user[0].Length > 0 ? user[0] : userName ?? "mina", user.Length > 1 ? user[1] : password ?? "");
        return builder;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A persistent session: the broker keeps what arrives while the monitor is not connected.
        var connect = BuildClient(options.Address, options.User, options.Password)
            .WithClientId(options.ClientId).WithCleanStart(false).WithSessionExpiryInterval(3600).WithReceiveMaximum(MaxInFlight).Build();
        using var client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += e =>
        {
            e.AutoAcknowledge = false;
            if (MqttTopic.StreamOf(e.ApplicationMessage.Topic) is not { } stream)
                return e.AcknowledgeAsync(stoppingToken);
            // The chunks of a stream follow each other; streams run side by side.
            var taken = TakeAsync(_last.GetValueOrDefault(stream, Task.CompletedTask), stream, e, stoppingToken);
            _last[stream] = taken;
            taken.ContinueWith(_ => ((ICollection<KeyValuePair<string, Task>>)_last).Remove(KeyValuePair.Create(stream, taken)), TaskScheduler.Default);
            return Task.CompletedTask;
        };
        client.DisconnectedAsync += e =>
        {
            if (e.ClientWasConnected && !Volatile.Read(ref _isLeaving))
                NoteLoss(e.Reason);
            return Task.CompletedTask;
        };
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (Volatile.Read(ref _refused) is var refused and not 0 && time.GetElapsedTime(refused) > RedeliverAfter && client.IsConnected)
                {
                    Volatile.Write(ref _refused, 0);
                    log.LogWarning("Some chunks were not taken for want of room; the broker is asked to send them again");
                    Volatile.Write(ref _isLeaving, true);
                    await client.DisconnectAsync(cancellationToken: stoppingToken).ConfigureAwait(false);
                    Volatile.Write(ref _isLeaving, false);
                }

                if (!client.IsConnected)
                {
                    await client.ConnectAsync(connect, stoppingToken).ConfigureAwait(false);
                    Volatile.Write(ref _connected, time.GetTimestamp());
                    await client.SubscribeAsync(MqttTopic.All, MqttQualityOfServiceLevel.AtLeastOnce, stoppingToken).ConfigureAwait(false);
                    log.LogInformation("Subscribed to {Topic} at the broker", MqttTopic.All);
                    if (!Volatile.Read(ref _isThrownOff))
                        intake.Report(Name, null);
                }
                else if (time.GetElapsedTime(Volatile.Read(ref _connected)) > ShortConnection && Volatile.Read(ref _isThrownOff))
                {
                    Volatile.Write(ref _isThrownOff, false);
                    intake.Report(Name, null);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning("The broker cannot be reached ({Why}); trying again", e.Message);
                if (!Volatile.Read(ref _isThrownOff))
                    intake.Report(Name, $"the broker of Monitor:Mqtt cannot be reached ({e.Message.TrimEnd('.')}), and its chunks do not arrive");
            }

            await Task.Delay(Look, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Volatile.Write(ref _isLeaving, true);
        if (client.IsConnected)
            await client.DisconnectAsync(cancellationToken: CancellationToken.None).ConfigureAwait(false);
    }

    // Mosquitto closes the connection of a client whose name another one has taken without a word; other brokers say why.
    private void NoteLoss(MqttClientDisconnectReason reason)
    {
        var isTakenOver = reason == MqttClientDisconnectReason.SessionTakenOver;
        _shortConnections = time.GetElapsedTime(Volatile.Read(ref _connected)) < ShortConnection ? _shortConnections + 1 : 0;
        if (!isTakenOver && _shortConnections < MaxShortConnections)
            return;
        Volatile.Write(ref _isThrownOff, true);
        intake.Report(Name, isTakenOver
            ? $"another client of the broker has the name {options.ClientId} too and gets this monitor's chunks; change Monitor:MqttClientId"
            : "the broker closes each connection soon, and chunks are missed; "
                + $"if another client has the name {options.ClientId} too, change Monitor:MqttClientId");
        if (_warned is { } last && time.GetElapsedTime(last) < WarnEvery)
            return;
        _warned = time.GetTimestamp();
        if (isTakenOver)
            log.LogError(
                "Another client of the broker uses the name {ClientId} too, has taken over this monitor's session, and gets its chunks; "
                + "give each monitor a name of its own in the setting Monitor:MqttClientId",
                options.ClientId);
        else
            log.LogError(
                "The broker has closed the last {Count} connections soon after they were opened; if another client uses the name {ClientId} too, "
                + "each of the two misses chunks: give each monitor a name of its own in the setting Monitor:MqttClientId",
                _shortConnections,
                options.ClientId);
    }

    private async Task TakeAsync(Task before, string stream, MqttApplicationMessageReceivedEventArgs e, CancellationToken stop)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            var answer = await intake.TakeAsync(Name, stream, e.ApplicationMessage.Payload, null, stop).ConfigureAwait(false);
            if (answer.IsWorthRepeating)
            {
                Interlocked.CompareExchange(ref _refused, time.GetTimestamp(), 0);
                return;
            }

            if (answer.Result != IntakeResult.Taken)
                (e.ReasonCode, e.ResponseReasonString) = (MqttApplicationMessageReceivedReasonCode.PayloadFormatInvalid, answer.Reason);
            await e.AcknowledgeAsync(stop).ConfigureAwait(false);
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            // The chunk is not acknowledged, so the broker still has it.
            Interlocked.CompareExchange(ref _refused, time.GetTimestamp(), 0);
            log.LogWarning("A chunk of stream {Stream} could not be acknowledged ({Why})", stream, error.Message);
        }
    }
}
