namespace Mina.Host.Monitor.Edges;

/// <summary>
/// Follows the packets in the bytes that a client sends, by their fixed headers (MQTT 5.0, 2.1), and finds one that is too large as soon
/// as its length is known, before memory is allocated for it.
/// </summary>
/// <param name="maxConnectBytes">The largest packet until the client is let in, bytes.</param>
/// <param name="maxPacketBytes">The largest packet from then on, bytes.</param>
/// <param name="room">Where a large packet finds room while it arrives; null: there is always room.</param>
internal sealed class MqttPacketMeter(int maxConnectBytes, int maxPacketBytes, MessageRoom? room = null) : IDisposable
{
    private const int Connect = 1;
    private const int MaxLengthBytes = 4;

    private readonly MessageRoom.Place? _place = room?.Open();
    private bool _isFirst = true;
    private int _lengthBytes = -1; // -1: the next byte is a packet's first.
    private long _length;
    private long _rest;

    /// <summary>Whether the client has been let in.</summary>
    public bool IsLetIn { get; set; }

    /// <summary>Follows the next bytes.</summary>
    /// <returns>What is wrong, as a reason for the metrics; null: nothing.</returns>
    public string? Follow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_rest > 0)
            {
                var passed = (int)Math.Min(_rest, bytes.Length);
                _rest -= passed;
                bytes = bytes[passed..];
                if (_rest == 0)
                    _place?.Dispose();
                continue;
            }

            var next = bytes[0];
            bytes = bytes[1..];
            if (FollowHeader(next) is { } wrong)
                return wrong;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _place?.Dispose();

    private string? FollowHeader(byte next)
    {
        if (_lengthBytes < 0)
        {
            if (_isFirst && next >> 4 != Connect)
                return "no connect";
            _isFirst = false;
            (_lengthBytes, _length) = (0, 0);
            return null;
        }

        _length |= (long)(next & 0x7F) << (7 * _lengthBytes++);
        if (_length > (IsLetIn ? maxPacketBytes : maxConnectBytes))
            return "too large";
        if ((next & 0x80) != 0)
            return _lengthBytes < MaxLengthBytes ? null : "malformed";
        (_rest, _lengthBytes) = (_length, -1);
        return _place?.TryGrow(_length) == false ? "no room" : null;
    }
}
