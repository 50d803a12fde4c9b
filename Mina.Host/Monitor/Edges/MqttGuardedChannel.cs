using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace Mina.Host.Monitor.Edges;

/// <summary>
/// A client's connection, which ends at the first packet that is larger than allowed. The broker's library asks for a packet's body only
/// after its header has passed here, so it never allocates memory for such a packet.
/// </summary>
/// <param name="inner">The client's connection.</param>
/// <param name="meter">Follows the packets that arrive.</param>
/// <param name="letIn">Is called once, when the broker has let the client in.</param>
/// <param name="refuse">Is called with the reason when a packet ends the connection.</param>
internal sealed class MqttGuardedChannel(IMqttChannel inner, MqttPacketMeter meter, Action letIn, Action<string> refuse) : IMqttChannel
{
    private const byte ConnectAnswer = 0x20;

    private bool _isAnswered;

    /// <inheritdoc/>
    public X509Certificate2? ClientCertificate => inner.ClientCertificate;

    /// <inheritdoc/>
    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    /// <inheritdoc/>
    public bool IsSecureConnection => inner.IsSecureConnection;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var got = await inner.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        if (meter.Follow(buffer.AsSpan(offset, got)) is not { } wrong)
            return got;
        refuse(wrong);
        throw new IOException($"the client's packet is refused: {wrong}");
    }

    /// <inheritdoc/>
    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        if (!_isAnswered)
        {
            // Set before the answer is sent, because the client may send at once.
            _isAnswered = true;
            if (IsWelcome(buffer))
            {
                meter.IsLetIn = true;
                letIn();
            }
        }

        await inner.WriteAsync(buffer, isEndOfPacket, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    /// <summary>Whether bytes begin with a CONNACK of code 0 (MQTT 5.0, 3.2).</summary>
    private static bool IsWelcome(ReadOnlySequence<byte> packet)
    {
        Span<byte> start = stackalloc byte[7];
        var count = (int)Math.Min(start.Length, packet.Length);
        packet.Slice(0, count).CopyTo(start);
        if (count < 4 || start[0] != ConnectAnswer)
            return false;
        var code = 2; // after the flags, which follow a length of one to four bytes
        while (code < 5 && (start[code - 1] & 0x80) != 0)
            code++;
        return code + 1 < count && start[code + 1] == 0;
    }
}
