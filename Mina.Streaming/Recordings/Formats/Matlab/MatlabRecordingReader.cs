using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Matlab;

/// <summary>Reads one lead of a matrix, part by part.</summary>
/// <param name="numbers">The matrix's numbers.</param>
/// <param name="first">The index of the lead's first number among them.</param>
/// <param name="stride">How many numbers on the lead's next one is.</param>
/// <param name="file">The file, from its start.</param>
/// <param name="length">Bytes that it has.</param>
internal sealed class MatlabRecordingReader(MatlabNumbers numbers, long first, int stride, ForwardBytes file, long length) : RecordingReader
{
    private const int MaxBlockBytes = 1 << 16;

    private readonly ForwardBytes _bytes = MatlabFile.Open(file, length, numbers.Place);
    private long _position;

    /// <inheritdoc/>
    public override int Read(Span<float> samples)
    {
        var (count, step) = ((int)Math.Min(samples.Length, Length - _position), stride * numbers.Size);
        for (var done = 0; done < count;)
        {
            var part = samples.Slice(done, Math.Min(count - done, Math.Max(1, MaxBlockBytes / step)));
            var bytes = _bytes.Read(numbers.Place.At + ((first + (_position * stride)) * numbers.Size), ((part.Length - 1) * step) + numbers.Size);
            for (var i = 0; i < part.Length; i++)
            {
                var value = MatlabNumbers.Decode(bytes[(i * step)..], numbers.Type, numbers.IsBigEndian);
                part[i] = double.IsFinite(value) ? (float)value : float.NaN;
            }

            (done, _position) = (done + part.Length, _position + part.Length);
        }

        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        _bytes.Dispose();
        file.Dispose();
    }
}
