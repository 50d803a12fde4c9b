using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;

namespace Mina.Host.Monitor.Edges;

/// <summary>What the broker allows its clients.</summary>
/// <param name="Connections">The largest number of connections, authenticated or not.</param>
/// <param name="Waiting">The largest number of connections that are not authenticated yet; beyond it the oldest is ended for a new one.</param>
/// <param name="ConnectTime">How long a client may take until it is authenticated.</param>
/// <param name="ConnectBytes">The largest packet until then, bytes.</param>
/// <param name="PacketBytes">The largest packet from then on, bytes.</param>
internal sealed record MqttLimits(int Connections, int Waiting, TimeSpan ConnectTime, int ConnectBytes, int PacketBytes);

/// <summary>
/// The broker's listener. The library's own would allocate up to 256 MB for a connection before it has seen a password; with this one a client
/// that is not authenticated holds a socket and a few kB, for a short time. The reasons are in docs/decisions/mqtt-limits.md.
/// </summary>
/// <param name="endpoint">The address and port to listen at.</param>
/// <param name="certificate">The certificate for TLS; null: no TLS.</param>
/// <param name="limits">What clients are allowed.</param>
/// <param name="refused">Is called, on any thread, with the reason for each connection that is ended.</param>
/// <param name="time">The clock of <see cref="MqttLimits.ConnectTime"/>.</param>
/// <param name="room">Where large packets find room while they arrive; a packet without room ends its connection. Null: there is always room.</param>
internal sealed class MqttListener(
    IPEndPoint endpoint, X509Certificate2? certificate, MqttLimits limits, Action<string> refused, TimeProvider time, MessageRoom? room = null)
    : IMqttServerAdapter
{
    private const int Backlog = 1000;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _open = [];
    private readonly LinkedList<Socket> _waiting = [];
    private readonly CancellationTokenSource _stopping = new();

    private Socket? _listening;

    /// <inheritdoc/>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <inheritdoc/>
    /// <exception cref="SocketException">Another program listens there, or the address is not this machine's.</exception>
    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        _listening = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _listening.Bind(endpoint);
        _listening.Listen(Backlog);
        _ = AcceptAsync(_listening, options, logger);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listening?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listening?.Dispose();
        Socket[] open;
        lock (_gate)
            open = [.. _open];
        foreach (var socket in open)
            socket.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listening, MqttServerOptions options, IMqttNetLogger logger)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listening.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                _ = ServeAsync(socket, options, logger);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client has gone already, or the process has no handle left. Neither ends the broker.
                await Task.Delay(AcceptPause, time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket socket, MqttServerOptions options, IMqttNetLogger logger)
    {
        if (!TryEnter(socket, out var place))
        {
            socket.Dispose();
            refused("connections");
            return;
        }

        using var late = new CancellationTokenSource(limits.ConnectTime, time);
        using var ending = late.Token.Register(() => EndLate(socket));
        try
        {
            socket.NoDelay = true;
            var (local, remote) = (socket.LocalEndPoint, socket.RemoteEndPoint);
            await using var stream = await OpenAsync(socket, late.Token).ConfigureAwait(false);
            using var meter = new MqttPacketMeter(limits.ConnectBytes, limits.PacketBytes, room);
            using var channel = new MqttGuardedChannel(new MqttTcpChannel(stream, local, remote, null), meter, LetIn, refused);
            using var adapter = new MqttChannelAdapter(
                channel, new MqttPacketFormatterAdapter(new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax)), logger);
            if (ClientHandler is { } handler)
                await handler(adapter).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A failure ends only this client's connection; the client can connect again.
        }
        finally
        {
            Leave(socket, place);
            socket.Dispose();
        }

        void LetIn()
        {
            late.CancelAfter(Timeout.InfiniteTimeSpan);
            lock (_gate)
                Remove(place);
        }
    }

    private async Task<Stream> OpenAsync(Socket socket, CancellationToken cancel)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (certificate is null)
            return stream;
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancel).ConfigureAwait(false);
        return secure;
    }

    private bool TryEnter(Socket socket, out LinkedListNode<Socket> place)
    {
        Socket? oldest = null;
        place = new LinkedListNode<Socket>(socket);
        lock (_gate)
        {
            if (_open.Count >= limits.Connections)
            {
                // A connection that is not authenticated makes room for a new one.
                if (_waiting.First is null)
                    return false;
                oldest = _waiting.First.Value;
            }
            else if (_waiting.Count >= limits.Waiting)
            {
                oldest = _waiting.First!.Value;
            }

            if (oldest is not null)
            {
                _waiting.RemoveFirst();
                _open.Remove(oldest);
            }

            _open.Add(socket);
            _waiting.AddLast(place);
        }

        if (oldest is not null)
            End(oldest, "crowded out");
        return true;
    }

    private void Leave(Socket socket, LinkedListNode<Socket> place)
    {
        lock (_gate)
        {
            _open.Remove(socket);
            Remove(place);
        }
    }

    private void Remove(LinkedListNode<Socket> place)
    {
        if (place.List is not null)
            _waiting.Remove(place);
    }

    private void EndLate(Socket socket)
    {
        bool isOpen;
        lock (_gate)
            isOpen = _open.Remove(socket);
        if (isOpen)
            End(socket, "late");
    }

    private void End(Socket socket, string reason)
    {
        refused(reason);
        socket.Dispose();
    }
}
