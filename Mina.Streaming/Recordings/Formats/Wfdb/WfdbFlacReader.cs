using System.Diagnostics.CodeAnalysis;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb.Flac;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>
/// Reads one signal of a WFDB record whose signal file is FLAC (formats 508, 516 and 524 of signal(5)): each of the file's signals is a channel.
/// A header's byte offset counts samples here.
/// </summary>
internal sealed class WfdbFlacReader : RecordingReader
{
    /// <summary>The storage formats, by which samples have up to 8, 16 or 24 bits.</summary>
    public static readonly IReadOnlyList<int> StorageFormats = [508, 516, 524];

    // What a file may unpack to unchecked: a lead that was off for a day packs to almost nothing.
    private const long UncheckedSamples = 32L << 20;
    private const double MaxRatio = 200;

    private readonly FlacStream _flac;
    private readonly WfdbSignalSpec _spec;
    private readonly int _channel;
    private readonly int _missing;
    private long _skip;
    private long _position;
    private int _within;

    private WfdbFlacReader(FlacStream flac, WfdbSignalSpec spec, int channel)
    {
        (_flac, _spec, _channel) = (flac, spec, channel);
        _missing = -1 << (spec.Format - 501);
        _skip = FirstSampleOf(spec);
    }

    /// <summary>Whether a storage format is one of FLAC's.</summary>
    public static bool Reads(int format) => StorageFormats.Contains(format);

    /// <summary>Opens a signal, and checks that its file fits the header.</summary>
    /// <inheritdoc cref="WfdbRecordingReader.TryOpen"/>
    public static bool TryOpen(
        WfdbHeader header,
        int index,
        Func<(Stream File, long Bytes)> open,
        [NotNullWhen(true)] out RecordingReader? reader,
        [NotNullWhen(false)] out SignalFault? fault)
    {
        reader = null;
        var (stream, bytes) = open();
        if (bytes == 0)
        {
            stream.Dispose();
            fault = new(RejectionReason.UnreadableSignal, "is only 0 bytes long: get the file again");
            return false;
        }

        FlacStream? flac = null;
        try
        {
            flac = new FlacStream(stream);
            fault = Check(header, index, flac, bytes, open, out var channel, out var frames);
            if (fault is not null) return false;
            var spec = header.Signals[index];
            reader = new WfdbFlacReader(flac, spec, channel)
            {
                Leads = header.LeadsAt(header.Fs),
                LeadIndex = index,
                Length = frames * spec.SamplesPerFrame,
                Start = header.Start,
                Group = header.Subject,
                Label = header.Label,
            };
            return true;
        }
        finally
        {
            if (reader is null && flac is not null) flac.Dispose();
            else if (flac is null) stream.Dispose();
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<float> samples)
    {
        var (count, gain) = ((int)Math.Min(samples.Length, Length - _position), _spec.StepsPerMillivolt);
        for (var done = 0; done < count;)
        {
            if (_within == _flac.FrameLength)
            {
                if (!_flac.Read()) throw new EndOfStreamException("its FLAC stream ends before its last sample");
                _within = (int)Math.Min(_skip, _flac.FrameLength);
                _skip -= _within;
                continue;
            }

            var part = _flac.Channel(_channel)[_within..];
            part = part[..Math.Min(part.Length, count - done)];
            for (var i = 0; i < part.Length; i++)
                samples[done + i] = part[i] == _missing ? float.NaN : (float)((part[i] - _spec.Baseline) / gain);
            (done, _within) = (done + part.Length, _within + part.Length);
        }

        _position += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _flac.Dispose();
    }

    private static long FirstSampleOf(WfdbSignalSpec spec) => spec.ByteOffset + ((long)spec.Skew * spec.SamplesPerFrame);

    private static SignalFault? Check(
        WfdbHeader header, int index, FlacStream flac, long bytes, Func<(Stream File, long Bytes)> open, out int channel, out long frames)
    {
        var spec = header.Signals[index];
        (channel, frames) = (0, 0);
        var first = index;
        while (first > 0 && header.Signals[first - 1].FileName == spec.FileName) first--;
        var together = header.Signals.Skip(first).TakeWhile(signal => signal.FileName == spec.FileName).ToList();
        channel = index - first;
        if (together.Any(signal => signal.SamplesPerFrame != spec.SamplesPerFrame || signal.Format != spec.Format))
        {
            return new(
                RejectionReason.UnreadableHeader, "has signals of different formats or sampling frequencies, which FLAC cannot hold: correct the header");
        }

        if (together.Count != flac.Channels)
            return new(RejectionReason.LengthMismatch, $"has {flac.Channels} channels where its header names {together.Count} signals: get both files again");
        if (flac.Width > spec.Format - 500)
        {
            return new(
                RejectionReason.LengthMismatch, $"has samples of {flac.Width} bits, more than those of WFDB format {spec.Format}: get both files again");
        }

        var samples = flac.Length > 0 ? flac.Length : CountSamples(open().File, bytes);
        if (samples / FlacStream.MaxSamplesPerByte > bytes || IsTooLong(samples, flac.Channels, bytes))
            return new(RejectionReason.UnreadableSignal, $"claims to unpack from {bytes} bytes to {samples} samples, as no ECG does: get the file again");
        var held = (samples - spec.ByteOffset) / spec.SamplesPerFrame;
        frames = held - spec.Skew;
        if (header.Length is { } length)
        {
            if (held < length)
            {
                return new(
                    RejectionReason.LengthMismatch,
                    $"holds {Math.Max(0, held)} samples where its header says {length}: the file is cut off, get it again");
            }

            if (held > length + (double)together.Max(signal => signal.Skew))
            {
                return new(
                    RejectionReason.LengthMismatch,
                    $"holds {held} samples where its header says {length}: one of the two belongs to another recording, get both again");
            }

            frames = Math.Min(frames, length);
        }

        return frames > 0 ? null : new(RejectionReason.UnreadableSignal, $"holds no samples ({bytes} bytes): get the file again");
    }

    private static bool IsTooLong(long samples, int channels, long bytes) => samples > UncheckedSamples && 2.0 * samples * channels / MaxRatio > bytes;

    // A stream that was written by a program that could not go back to its start does not say how long it is.
    private static long CountSamples(Stream stream, long bytes)
    {
        using var flac = new FlacStream(stream);
        long samples = 0;
        while (!IsTooLong(samples, flac.Channels, bytes) && flac.Read()) samples += flac.FrameLength;
        return samples;
    }
}
