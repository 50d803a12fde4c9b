using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Edf;

/// <summary>Reads one signal of an EDF or BDF file, part by part; what lies between the data records of an EDF+D file is missing (NaN).</summary>
/// <param name="header">The file's header.</param>
/// <param name="signal">The signal that is read.</param>
/// <param name="places">Sample at which each data record starts, in order; null: they follow each other without a break.</param>
/// <param name="file">The file, from its start.</param>
internal sealed class EdfRecordingReader(EdfHeader header, EdfSignal signal, long[]? places, ForwardBytes file) : RecordingReader
{
    private long _record;
    private long _position;

    /// <inheritdoc/>
    public override int Read(Span<float> samples)
    {
        var count = (int)Math.Min(samples.Length, Length - _position);
        for (var done = 0; done < count;)
        {
            var start = places?[_record] ?? _record * signal.SamplesPerRecord;
            var within = _position - start;
            if (within >= signal.SamplesPerRecord)
            {
                _record++;
                continue;
            }

            var part = samples[done..count];
            if (within < 0)
            {
                part = part[..(int)Math.Min(part.Length, -within)];
                part.Fill(float.NaN);
            }
            else
            {
                part = part[..(int)Math.Min(part.Length, signal.SamplesPerRecord - within)];
                Decode((int)within, part);
            }

            (done, _position) = (done + part.Length, _position + part.Length);
        }

        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
    }

    // Two's complement, least significant byte first.
    private void Decode(int within, Span<float> samples)
    {
        var size = header.BytesPerSample;
        var from = header.Bytes + (_record * header.RecordBytes) + signal.Offset + (within * (long)size);
        var bytes = file.Read(from, samples.Length * size);
        for (var i = 0; i < samples.Length; i++)
        {
            var at = bytes[(i * size)..];
            samples[i] = signal.Millivolts(size == 2 ? (short)(at[0] | at[1] << 8) : at[0] | at[1] << 8 | (sbyte)at[2] << 16);
        }
    }
}
