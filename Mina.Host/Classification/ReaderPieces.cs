using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Classification;

/// <summary>Reads an open recording from its start to its end, piece by piece.</summary>
internal static class ReaderPieces
{
    /// <summary>Returns all samples in pieces, in order, each of which is overwritten by the next.</summary>
    /// <param name="reader">A reader that has read nothing yet.</param>
    /// <param name="most">The most samples of a piece.</param>
    /// <exception cref="IOException">The samples cannot be read, or there are fewer than the reader announces.</exception>
    public static IEnumerable<ReadOnlyMemory<float>> Read(RecordingReader reader, int most)
    {
        var buffer = new float[most];
        for (var left = reader.Length; left > 0;)
        {
            var count = reader.Read(buffer.AsSpan(0, (int)Math.Min(left, most)));
            if (count == 0) throw new EndOfStreamException("it became shorter while it was read");
            yield return buffer.AsMemory(0, count);
            left -= count;
        }
    }
}
