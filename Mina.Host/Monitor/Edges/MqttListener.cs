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

/// <summary>What clients may take of the broker.</summary>
/// <param name="Connections">Clients at once, let in or not.</param>
/// <param name="Waiting">Clients that are not let in yet; the oldest makes room for a new one.</param>
/// <param name="ConnectTime">How long a client may take to be let in.</param>
/// <param name="ConnectBytes">Bytes of a packet until then.</param>
/// <param name="PacketBytes">Bytes of a packet from then on.</param>
internal sealed record MqttLimits(int Connections, int Waiting, TimeSpan ConnectTime, int ConnectBytes, int PacketBytes);

/// <summary>
/// The broker's ears in place of the library's own, which make room for 256 MB a connection before any password. A client that is not let
/// in holds a socket and some kB, and neither for long. docs/decisions/mqtt-limits.md says why it is made so.
/// </summary>
/// <param name="endpoint">Where it listens.</param>
/// <param name="certificate">For TLS; null: none.</param>
/// <param name="limits">What clients may take.</param>
/// <param name="refused">Called with the reason for each connection that is ended here. Any thread.</param>
/// <param name="time">The clock of <see cref="MqttLimits.ConnectTime"/>.</param>
internal sealed class MqttListener(
    IPEndPoint endpoint, X509Certificate2? certificate, MqttLimits limits, Action<string> refused, TimeProvider time) : IMqttServerAdapter
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
                // The client is gone again, or the process has no handle left: neither ends the broker.
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
            var meter = new MqttPacketMeter(limits.ConnectBytes, limits.PacketBytes);
            using var channel = new MqttGuardedChannel(new MqttTcpChannel(stream, local, remote, null), meter, LetIn, refused);
            using var adapter = new MqttChannelAdapter(
                channel, new MqttPacketFormatterAdapter(new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax)), logger);
            if (ClientHandler is { } handler)
                await handler(adapter).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever goes wrong with one client is that client's: its connection ends, and it comes again.
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
                // Whoever is not let in makes room for whoever may be.
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
