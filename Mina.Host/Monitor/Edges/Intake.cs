using System.Buffers;
using System.Collections.Concurrent;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Edges;

/// <summary>What an edge answers to a message.</summary>
public enum IntakeResult
{
    /// <summary>It is in its stream's queue.</summary>
    Taken,

    /// <summary>It is wrong; the words say how.</summary>
    Bad,

    /// <summary>It is too large.</summary>
    TooLarge,

    /// <summary>There are as many streams as may be.</summary>
    TooManyStreams,

    /// <summary>There was no room in time.</summary>
    Busy,
}

/// <summary>What an edge answers to a message, with words for its sender.</summary>
public readonly record struct IntakeAnswer(IntakeResult Result, string? Words = null);

/// <summary>
/// What all network edges share: limits, the messages' format, the way into the pipeline. A bad message is counted and answered, and
/// harms nobody else.
/// </summary>
public sealed class Intake(MonitorService monitor, MonitorOptions options, MonitorMetrics metrics, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, SampleAllowance> _allowances = new(StringComparer.Ordinal);

    /// <summary>Takes a message that came for a stream.</summary>
    /// <param name="edge">mqtt, websocket, http or files: for counting.</param>
    /// <param name="stream">As it was named.</param>
    /// <param name="message">Binary or JSON.</param>
    /// <param name="cancel">The sender is gone.</param>
    public async ValueTask<IntakeAnswer> TakeAsync(string edge, string stream, ReadOnlySequence<byte> message, CancellationToken cancel)
    {
        if (message.Length > options.MostMessageBytes)
            return Refuse(edge, "too large", new IntakeAnswer(IntakeResult.TooLarge, $"a message may have {options.MostMessageBytes} bytes; send smaller chunks"));
        if (!StreamName.IsValid(stream))
            return Refuse(edge, "name", new IntakeAnswer(IntakeResult.Bad, "a stream's name has 1 to 64 letters, digits, dots, hyphens and underscores"));
        if (!ChunkMessage.TryRead(message.IsSingleSegment ? message.FirstSpan : message.ToArray(), out var chunk, out var error))
            return Refuse(edge, "format", new IntakeAnswer(IntakeResult.Bad, error));
        return await TakeAsync(edge, stream, chunk, cancel).ConfigureAwait(false);
    }

    /// <summary>Takes a chunk.</summary>
    public async ValueTask<IntakeAnswer> TakeAsync(string edge, string stream, SampleChunk chunk, CancellationToken cancel)
    {
        var allowance = _allowances.Count < options.MostStreams + 1 ? _allowances.GetOrAdd(stream, _ => new SampleAllowance(options.MostSamplesPerSecond, time)) : _allowances.GetValueOrDefault(stream);
        if (allowance?.Take(chunk.Millivolts.Length) is { } wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancel).ConfigureAwait(false);
        return await monitor.Pipeline.OfferAsync(stream, chunk, cancel).ConfigureAwait(false) switch
        {
            Offered.Taken => new IntakeAnswer(IntakeResult.Taken),
            Offered.TooManyStreams => Refuse(edge, "streams", new IntakeAnswer(IntakeResult.TooManyStreams, $"there are {options.MostStreams} streams already")),
            Offered.Closed => new IntakeAnswer(IntakeResult.Busy, "the monitor is stopping"),
            _ => Refuse(edge, "busy", new IntakeAnswer(IntakeResult.Busy, "the stream's queue is full; this chunk is lost")),
        };
    }

    private IntakeAnswer Refuse(string edge, string reason, IntakeAnswer answer)
    {
        metrics.Refused(edge, reason);
        return answer;
    }
}
