using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>Reads one signal of a finished WFDB record, part by part.</summary>
internal sealed class WfdbRecordingReader : RecordingReader
{
    private const int MatHeaderBytes = 24;
    private const int BlockBytes = 512;

    private readonly WfdbSignal _signal;
    private readonly ForwardBytes _file;
    private long _position;
    private double _adc;

    private WfdbRecordingReader(WfdbSignal signal, ForwardBytes file) => (_signal, _file, _adc) = (signal, file, signal.Spec.Initial);

    /// <summary>Opens a signal, and checks that its file fits the header.</summary>
    /// <param name="header">The record's header.</param>
    /// <param name="index">Index of the signal in the header.</param>
    /// <param name="open">Opens the signal file that the header names for this signal; called a second time where its end must be looked at.</param>
    /// <param name="reader">
    /// The reader: its samples are at the signal's own sampling frequency, in mV: (adc - baseline) / gain. The format's value for a
    /// missing sample becomes NaN.
    /// </param>
    /// <param name="fault">Why not.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool TryOpen(
        WfdbHeader header,
        int index,
        Func<(Stream File, long Bytes)> open,
        [NotNullWhen(true)] out RecordingReader? reader,
        [NotNullWhen(false)] out SignalFault? fault)
    {
        reader = null;
        var (stream, bytes) = open();
        var file = new ForwardBytes(stream);
        try
        {
            fault = Check(header, index, file, bytes, open, out var signal, out var frames);
            if (fault is not null) return false;
            reader = new WfdbRecordingReader(signal!, file)
            {
                Leads = header.LeadsAt(header.Fs),
                LeadIndex = index,
                Length = frames * signal!.Spec.SamplesPerFrame,
                Start = header.Start,
                Group = header.Subject,
                Label = header.Label,
            };
            return true;
        }
        finally
        {
            if (reader is null) file.Dispose();
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<float> samples)
    {
        var count = (int)Math.Min(samples.Length, Length - _position);
        if (_signal.IsDifferences) Sum(samples[..count]);
        else _signal.Read(_file, _position, samples[..count]);
        _position += count;
        return count;
    }

    // Frames that the skew passes over have differences too.
    private void Sum(Span<float> samples)
    {
        if (_position == 0 && _signal.Spec.Skew > 0)
        {
            var frame = new float[_signal.Spec.SamplesPerFrame];
            for (long i = -_signal.Spec.Skew; i < 0; i++)
            {
                _signal.Read(_file, i * frame.Length, frame);
                foreach (var difference in frame) _adc += difference;
            }
        }

        _signal.Read(_file, _position, samples);
        foreach (ref var sample in samples)
        {
            _adc += sample;
            sample = (float)_signal.ToMillivolt(_adc);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
    }

    private static SignalFault? Check(
        WfdbHeader header, int index, ForwardBytes file, long bytes, Func<(Stream File, long Bytes)> open, out WfdbSignal? signal, out long frames)
    {
        var spec = header.Signals[index];
        (signal, frames) = (null, 0);
        if (spec.ByteOffset >= bytes)
        {
            var start = spec.ByteOffset > 0 ? $", but its samples should begin at byte {spec.ByteOffset}" : "";
            return new(RejectionReason.UnreadableSignal, $"is only {bytes} bytes long{start}: get the file again");
        }

        if (spec.ByteOffset == MatHeaderBytes && spec.FileName.EndsWith(".mat", StringComparison.OrdinalIgnoreCase) && !IsMat4(file.Read(0, MatHeaderBytes)))
            return new(RejectionReason.UnreadableSignal, "is not a MATLAB (level 4) file, as its header says it is: get the file again");
        if (WfdbCodec.Find(spec.Format) is not { } codec)
        {
            return new(
                RejectionReason.UnreadableSignal,
                $"is stored in WFDB format {spec.Format}, which is not supported (supported: {WfdbFormat.StorageFormats}): convert it with WFDB's xform");
        }

        signal = new WfdbSignal(header, index, codec);
        var data = bytes - spec.ByteOffset;
        var held = signal.FramesIn(data);
        frames = held - spec.Skew;
        if (header.Length is { } length)
        {
            if (held < length)
                return new(RejectionReason.LengthMismatch, $"holds {held} samples where its header says {length}: the file is cut off, get it again");
            // In double, because a header may claim any length.
            var expected = length + (double)header.Signals.Max(s => s.Skew);
            if (held > expected && !IsFilledUp(signal.BytesOf(length), data, spec.ByteOffset, codec, open))
            {
                return new(
                    RejectionReason.LengthMismatch,
                    $"holds {held} samples where its header says {length}: one of the two belongs to another recording, get both again");
            }

            frames = Math.Min(frames, length);
        }

        return frames > 0 ? null : new(RejectionReason.UnreadableSignal, $"holds no samples ({data} bytes): get the file again");
    }

    /// <summary>Whether what lies beyond the last sample only fills up a group of samples or a disk block.</summary>
    private static bool IsFilledUp(long used, long data, long offset, WfdbCodec codec, Func<(Stream File, long Bytes)> open)
    {
        var rest = data - used;
        if (rest < codec.GroupBytes) return true;
        if (rest >= BlockBytes || data % BlockBytes != 0) return false;
        using var end = new ForwardBytes(open().File);
        return !end.Read(offset + used, (int)rest).ContainsAnyExcept((byte)0);
    }

    /// <summary>A MATLAB level 4 header: type (0 to 52), rows, columns, imaginary flag, length of the name, and a name of 3 letters.</summary>
    private static bool IsMat4(ReadOnlySpan<byte> file) =>
        BinaryPrimitives.ReadUInt32LittleEndian(file) <= 52
        && BinaryPrimitives.ReadUInt32LittleEndian(file[12..]) <= 1
        && BinaryPrimitives.ReadUInt32LittleEndian(file[16..]) == 4;
}
