using System.Buffers;
using System.Collections.Concurrent;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Edges;

/// <summary>What an edge answers to a message.</summary>
public enum IntakeResult
{
    /// <summary>The chunk is on disk, and in its stream's queue.</summary>
    Taken,

    /// <summary>The message is wrong, and would be wrong again; the reason says how.</summary>
    Bad,

    /// <summary>The message is too large.</summary>
    TooLarge,

    /// <summary>The stream is new, and there are as many streams as are allowed.</summary>
    TooManyStreams,

    /// <summary>The sender may not send to this stream.</summary>
    NotAllowed,

    /// <summary>There was no room in time.</summary>
    Busy,

    /// <summary>So much waits already, of this stream and of all, that the chunk has to be sent again later.</summary>
    QueueFull,

    /// <summary>The chunk could not be written to disk. It is shown, but the sender has to keep it and send it again.</summary>
    NotDurable,
}

/// <summary>What an edge answers to a message, with the reason for its sender where it was not taken.</summary>
public readonly record struct IntakeAnswer(IntakeResult Result, string? Reason = null)
{
    /// <summary>Whether the chunk may be taken when it is sent again later.</summary>
    public bool IsWorthRepeating => Result is IntakeResult.Busy or IntakeResult.QueueFull or IntakeResult.TooManyStreams or IntakeResult.NotDurable;
}

/// <summary>
/// The part that all edges share: limits, the format of messages, the way into the streams. A bad message is counted, logged and answered,
/// and affects no other.
/// </summary>
public sealed class Intake(MonitorService monitor, MonitorOptions options, MonitorMetrics metrics, TimeProvider time, ILogger<Intake> log)
{
    // Whoever sends more than there is room for is answered after this, and not asked to send it again at once.
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);

    private static readonly IntakeAnswer NoRoom = new(
        IntakeResult.QueueFull,
        "too many bytes of large messages are arriving at once (MaxQueuedBytes); this one was not taken; send it again later, or send smaller chunks");

    // Reading a large message and encoding it for the log takes many milliseconds of a processor. Were a flood of them read at once, the message
    // of a device would find every thread of the pool taken.
    private readonly SemaphoreSlim _large = new(Math.Max(1, Environment.ProcessorCount / 2));

    private readonly ConcurrentDictionary<string, SampleAllowance> _allowances = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Edge, string Reason), long> _logged = new();

    /// <summary>The bytes of large messages that are arriving, or wait to be read, over all edges.</summary>
    public MessageRoom Room { get; } = MakeRoom(options, metrics);

    /// <summary>Refuses a message for which there is no <see cref="Room"/>.</summary>
    public IntakeAnswer RefuseForRoom(string edge, string stream) => Refuse(edge, stream, "no room", NoRoom);

    /// <summary>Refuses a message whose sender may not send to its stream.</summary>
    public IntakeAnswer RefuseSender(string edge, string stream) =>
        Refuse(edge, stream, "not allowed", new IntakeAnswer(IntakeResult.NotAllowed, "the token is not that of a device of this stream"));

    /// <summary>Says on the page and in the health check what keeps chunks from an edge; null: nothing any more.</summary>
    public void Report(string edge, string? fault) => monitor.ReportEdge(edge, fault);

    /// <summary>Takes a message for a stream.</summary>
    /// <param name="edge">The edge's name, for the metrics.</param>
    /// <param name="stream">The stream's name, as the sender gave it.</param>
    /// <param name="message">The message, binary or JSON.</param>
    /// <param name="place">The place in the <see cref="Room"/> that the message took while it arrived; it is given back when the message is read.
    /// Null: it has none.</param>
    /// <param name="cancel">Is cancelled when the sender has gone.</param>
    /// <remarks>A message of at most <see cref="MessageRoom.FreeBytes"/> is read before this returns; a larger one may have to wait for its turn.</remarks>
    public ValueTask<IntakeAnswer> TakeAsync(
        string edge, string stream, ReadOnlySequence<byte> message, MessageRoom.Place? place, CancellationToken cancel)
    {
        if (message.Length > options.MaxMessageBytes)
            return ValueTask.FromResult(Refuse(
                edge,
                stream,
                "too large",
                new IntakeAnswer(IntakeResult.TooLarge, $"a message may have {options.MaxMessageBytes} bytes; send smaller chunks")));
        return message.Length <= MessageRoom.FreeBytes
            ? ReadAsync(edge, stream, message, cancel)
            : TakeLargeAsync(edge, stream, message, place, cancel);
    }

    private async ValueTask<IntakeAnswer> TakeLargeAsync(
        string edge, string stream, ReadOnlySequence<byte> message, MessageRoom.Place? arrived, CancellationToken cancel)
    {
        using var place = arrived ?? Room.Open();
        if (!place.TryGrow(message.Length))
            return RefuseForRoom(edge, stream);
        ValueTask<IntakeAnswer> taking;
        await _large.WaitAsync(cancel);
        try
        {
            // Up to here it is read, and encoded where the stream does not have to wait.
            taking = ReadAsync(edge, stream, message, cancel);
        }
        finally
        {
            _large.Release();
        }

        // The chunk waits; the message need not.
        message = default;
        place.Dispose();
        return await taking;
    }

    private ValueTask<IntakeAnswer> ReadAsync(string edge, string stream, ReadOnlySequence<byte> message, CancellationToken cancel)
    {
        if (!TryRead(message, out var chunk, out var error))
            return ValueTask.FromResult(Refuse(
                edge,
                stream,
                StreamName.IsValid(stream) ? "format" : "name",
                new IntakeAnswer(IntakeResult.Bad, StreamName.IsValid(stream) ? error : NameRule)));
        return TakeAsync(edge, stream, chunk!, cancel);
    }

    /// <summary>Takes a chunk. The same limits hold for files and for devices.</summary>
    public ValueTask<IntakeAnswer> TakeAsync(string edge, string stream, SampleChunk chunk, CancellationToken cancel)
    {
        if (!StreamName.IsValid(stream))
            return ValueTask.FromResult(Refuse(edge, stream, "name", new IntakeAnswer(IntakeResult.Bad, NameRule)));
        if (chunk.Millivolts.Length > ChunkLimits.MaxSamples)
            return ValueTask.FromResult(Refuse(
                edge,
                stream,
                "too large",
                new IntakeAnswer(
                    IntakeResult.TooLarge,
                    FormattableString.Invariant($"{chunk.Millivolts.Length} samples are more than {ChunkLimits.MaxSamples}; send smaller chunks"))));
        if (ChunkLimits.FaultOf(chunk) is { } fault)
            return ValueTask.FromResult(Refuse(edge, stream, "format", new IntakeAnswer(IntakeResult.Bad, fault)));
        var wait = AllowanceOf(stream)?.Take(chunk.Millivolts.Length) ?? TimeSpan.Zero;
        return AnswerAsync(edge, stream, monitor.Streaming.OfferAsync(stream, chunk, wait, cancel), cancel);
    }

    // Does not know the chunk, which may be garbage while a sender waits.
    private async ValueTask<IntakeAnswer> AnswerAsync(string edge, string stream, ValueTask<Offered> offering, CancellationToken cancel)
    {
        var offered = await offering;
        if (offered == Offered.QueueFull)
            await Task.Delay(QueueFullPause, time, cancel);
        return offered switch
        {
            Offered.Taken => new IntakeAnswer(IntakeResult.Taken),
            Offered.QueueFull => Refuse(
                edge,
                stream,
                "queue full",
                new IntakeAnswer(
                    IntakeResult.QueueFull,
                    "too many bytes wait for this stream, and for all (MaxQueuedBytes); this chunk was not taken; send it again later, and send slower")),
            Offered.TooManyStreams =>
                Refuse(edge, stream, "streams", new IntakeAnswer(IntakeResult.TooManyStreams, $"there are {options.MaxStreams} streams already")),
            Offered.Invalid => Refuse(edge, stream, "format", new IntakeAnswer(IntakeResult.Bad, "the chunk is outside the limits")),
            Offered.Unlogged => Refuse(
                edge,
                stream,
                "not durable",
                new IntakeAnswer(IntakeResult.NotDurable, "the chunk cannot be written to disk; keep it, and send it again")),
            Offered.Closed => new IntakeAnswer(IntakeResult.Busy, "the monitor is stopping"),
            _ => Refuse(edge, stream, "busy", new IntakeAnswer(IntakeResult.Busy, "the stream's queue is full; this chunk was not taken")),
        };
    }

    private static MessageRoom MakeRoom(MonitorOptions options, MonitorMetrics metrics)
    {
        var room = new MessageRoom(Math.Max(options.MaxMessageBytes, options.MaxQueuedBytes / 2));
        metrics.ObserveArriving(() => room.Held);
        return room;
    }

    private static string NameRule => "a stream's name has 1 to 64 letters, digits, dots, hyphens and underscores";

    private static bool TryRead(ReadOnlySequence<byte> message, out SampleChunk? chunk, out string error)
    {
        try
        {
            var read = ChunkMessage.TryRead(message.IsSingleSegment ? message.FirstSpan : message.ToArray(), out chunk, out var wrong);
            error = wrong ?? "";
            return read;
        }
        catch (Exception e) when (e is OverflowException or ArgumentException or FormatException)
        {
            // A number at the end of its range that the reader did not expect: only this message is refused.
            (chunk, error) = (null, "a number in it is out of range");
            return false;
        }
    }

    private SampleAllowance? AllowanceOf(string stream)
    {
        if (_allowances.TryGetValue(stream, out var known))
            return known;
        if (_allowances.Count > options.MaxStreams)
        {
            foreach (var name in _allowances.Keys.Where(name => monitor.Streaming.Find(name) is null))
                _allowances.TryRemove(name, out _);
        }

        return _allowances.Count > options.MaxStreams ? null : _allowances.GetOrAdd(stream, _ => new SampleAllowance(options.MaxSamplesPerSecond, time));
    }

    private IntakeAnswer Refuse(string edge, string stream, string reason, IntakeAnswer answer)
    {
        metrics.Refused(edge, reason);
        // At most once a minute for each reason, because a faulty sender repeats its mistake many times.
        var now = time.GetTimestamp();
        var last = _logged.GetOrAdd((edge, reason), long.MinValue);
        if ((last == long.MinValue || time.GetElapsedTime(last, now) > LogEvery) && _logged.TryUpdate((edge, reason), now, last))
            log.LogWarning(
                "Edge {Edge} refused a chunk of stream {Stream}: {Why}",
                edge,
                StreamName.IsValid(stream) ? stream : "(no valid name)",
                answer.Reason);
        return answer;
    }
}
