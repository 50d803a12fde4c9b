namespace Mina.Host.Monitor.Edges;

/// <summary>
/// The bytes of large messages that are arriving, or wait to be read, over all connections of all edges. However many connections there are,
/// and however slowly they send, their unfinished messages take no more memory than this. A message of the size that devices send needs no
/// room, so that a device that sends in real time is never refused for what others send. Every member may be used from any thread.
/// </summary>
/// <param name="maxBytes">The bytes that all of them may have together.</param>
public sealed class MessageRoom(long maxBytes)
{
    /// <summary>A message of up to so many bytes needs no room. A device sends a second or a few at a time, some kB.</summary>
    public const int FreeBytes = 16 << 10;

    private long _held;

    /// <summary>Bytes that are taken now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>The place of one message, which takes no room yet; it is disposed of when the message is done.</summary>
    public Place Open() => new(this);

    private bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= maxBytes)
            return true;
        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    /// <summary>The place of one message.</summary>
    /// <param name="room">The room.</param>
    public sealed class Place(MessageRoom room) : IDisposable
    {
        private long _taken;

        /// <summary>Takes room for a message that has become longer.</summary>
        /// <param name="bytes">What the message takes now, in all.</param>
        /// <returns>False: there is no room for it, and it is to be refused.</returns>
        public bool TryGrow(long bytes)
        {
            if (bytes <= FreeBytes || bytes <= _taken)
                return true;
            if (!room.TryTake(bytes - _taken))
                return false;
            _taken = bytes;
            return true;
        }

        /// <summary>Gives the room back; the place can be used again.</summary>
        public void Dispose() => Interlocked.Add(ref room._held, -Interlocked.Exchange(ref _taken, 0));
    }
}
