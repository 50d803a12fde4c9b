using System.Buffers.Binary;

namespace Mina.Streaming.Recordings.Formats.Scp;

/// <summary>
/// The reference beat of section 5, and the beats of section 4 that it was subtracted from (EN 1064, 5.7 and 5.8): the samples of the rhythm are the
/// residual and, from each beat's start to its end, the reference beat, laid so that their fiducial points meet.
/// </summary>
internal sealed class ScpReferenceBeat
{
    private const int SubtractionBytes = 14;
    private const int FixedBytes = 6;

    private readonly List<(long Start, long Fiducial, long End)> _beats = [];
    private readonly List<ReadOnlyMemory<byte>> _leads = [];
    private int _fiducial;
    private int _differences;
    private int _count;

    private ScpReferenceBeat()
    {
    }

    /// <summary>A step of the beat, in nV.</summary>
    public int Nanovolts { get; private set; }

    /// <summary>From sample to sample, in microseconds.</summary>
    public int Microseconds { get; private set; }

    /// <summary>Reads sections 4 and 5; null where the file lacks one of them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="leads">How many leads it has.</param>
    /// <exception cref="IOException">A section is damaged.</exception>
    public static ScpReferenceBeat? Read(ScpFile file, int leads)
    {
        if (file.Section(4) is not { } places || file.Section(5) is not { } beat) return null;
        var read = new ScpReferenceBeat();
        read.ReadBeats(places.Span);
        read.ReadLeads(beat, leads, BinaryPrimitives.ReadUInt16LittleEndian(places.Span));
        return read;
    }

    /// <summary>A lead's samples in nV: the residual, and the beat wherever it was subtracted.</summary>
    /// <param name="lead">The lead's index.</param>
    /// <param name="residual">What section 6 holds, in its steps.</param>
    /// <param name="first">The number of the first of these samples; samples count from 1.</param>
    /// <param name="nanovolts">A step of the residual, in nV.</param>
    /// <param name="tables">The codes; null: plain numbers.</param>
    /// <exception cref="IOException">The beat cannot be decoded.</exception>
    public long[] AddTo(int lead, int[] residual, long first, int nanovolts, ScpHuffman? tables)
    {
        var samples = Array.ConvertAll(residual, value => (long)value * nanovolts);
        var beat = ScpRhythm.Decode(_leads[lead].Span, tables is null ? _leads[lead].Length / 2 : _count, _differences, tables);
        foreach (var (start, fiducial, end) in _beats)
        {
            var from = Math.Max(start, first);
            var last = Math.Min(end, first + samples.Length - 1);
            for (var sample = from; sample <= last; sample++)
            {
                var at = sample - fiducial + _fiducial - 1;
                if (at >= 0 && at < beat.Length) samples[sample - first] += (long)beat[at] * Nanovolts;
            }
        }

        return samples;
    }

    private void ReadBeats(ReadOnlySpan<byte> section)
    {
        if (section.Length < FixedBytes) throw Damaged(4);
        _fiducial = BinaryPrimitives.ReadUInt16LittleEndian(section[2..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(section[4..]);
        section = section[FixedBytes..];
        if (section.Length < count * SubtractionBytes) throw Damaged(4);
        var before = 0L;
        for (var i = 0; i < count; i++, section = section[SubtractionBytes..])
        {
            var (type, start, fiducial, end) = (
                BinaryPrimitives.ReadUInt16LittleEndian(section),
                BinaryPrimitives.ReadUInt32LittleEndian(section[2..]),
                BinaryPrimitives.ReadUInt32LittleEndian(section[6..]),
                BinaryPrimitives.ReadUInt32LittleEndian(section[10..]));
            // Beats of another type than the reference's have nothing subtracted; neither has one without a place.
            if (type != 0 || start == 0) continue;
            if (start <= before || end < start) throw Damaged(4);
            _beats.Add((start, fiducial, end));
            before = end;
        }
    }

    private void ReadLeads(ReadOnlyMemory<byte> section, int leads, int milliseconds)
    {
        var bytes = section.Span;
        if (bytes.Length < FixedBytes + (2 * leads)) throw Damaged(5);
        (Nanovolts, Microseconds, _differences) = (
            BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), bytes[4]);
        if (Nanovolts == 0 || Microseconds == 0 || _differences > 2) throw Damaged(5);
        _count = milliseconds * 1000 / Microseconds;
        var at = FixedBytes + (2 * leads);
        for (var i = 0; i < leads; i++)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(FixedBytes + (2 * i))..]);
            if (length > bytes.Length - at) throw Damaged(5);
            _leads.Add(section.Slice(at, length));
            at += length;
        }
    }

    private static IOException Damaged(int section) => new($"its section {section}, of the reference beat, is damaged: get the file again");
}
