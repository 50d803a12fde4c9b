using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>What keeps a signal from being read.</summary>
/// <param name="Reason">For counting.</param>
/// <param name="Message">What is wrong and what to do, as the rest of a sentence that begins with the signal file's name.</param>
public sealed record SignalFault(RejectionReason Reason, string Message);

/// <summary>Decodes one signal of a WFDB signal file. Pure.</summary>
public static class WfdbSignal
{
    /// <summary>The storage formats that are read.</summary>
    public const string Formats = "16, 24, 32, 61, 80, 160, 212, 310, 311";

    private const int MatHeaderBytes = 24;
    private const int BlockBytes = 512;

    /// <summary>Decodes a signal to millivolts.</summary>
    /// <param name="header">The record's header.</param>
    /// <param name="signal">Index of the signal in the header.</param>
    /// <param name="file">The whole signal file that the header names for this signal.</param>
    /// <param name="samples">
    /// The signal at its own sampling frequency (<c>header.Fs * SamplesPerFrame</c>), in mV: (adc - baseline) / gain. The format's
    /// value for a missing sample becomes NaN.
    /// </param>
    /// <param name="fault">Why not.</param>
    public static bool TryDecode(
        WfdbHeader header,
        int signal,
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out float[]? samples,
        [NotNullWhen(false)] out SignalFault? fault)
    {
        var spec = header.Signals[signal];
        samples = null;
        if (spec.ByteOffset >= file.Length)
        {
            var start = spec.ByteOffset > 0 ? $", but its samples should begin at byte {spec.ByteOffset}" : "";
            fault = new(RejectionReason.UnreadableSignal, $"is only {file.Length} bytes long{start}: get the file again");
            return false;
        }

        if (spec.ByteOffset == MatHeaderBytes && spec.FileName.EndsWith(".mat", StringComparison.OrdinalIgnoreCase) && !IsMat4(file))
        {
            fault = new(RejectionReason.UnreadableSignal, "is not a MATLAB (level 4) file, as its header says it is: get the file again");
            return false;
        }

        var data = file[(int)spec.ByteOffset..];
        switch (spec.Format)
        {
            case 16: return Decode<Format16>(header, signal, data, out samples, out fault);
            case 24: return Decode<Format24>(header, signal, data, out samples, out fault);
            case 32: return Decode<Format32>(header, signal, data, out samples, out fault);
            case 61: return Decode<Format61>(header, signal, data, out samples, out fault);
            case 80: return Decode<Format80>(header, signal, data, out samples, out fault);
            case 160: return Decode<Format160>(header, signal, data, out samples, out fault);
            case 212: return Decode<Format212>(header, signal, data, out samples, out fault);
            case 310: return Decode<Format310>(header, signal, data, out samples, out fault);
            case 311: return Decode<Format311>(header, signal, data, out samples, out fault);
            default:
                fault = new(RejectionReason.UnreadableSignal, $"is stored in WFDB format {spec.Format}, which is not supported (supported: {Formats}): convert it with WFDB's xform");
                return false;
        }
    }

    /// <summary>How many bytes a signal's file has at least when it is complete; null for a format that is not supported.</summary>
    internal static long? BytesNeeded(WfdbHeader header, int signal, long length)
    {
        var spec = header.Signals[signal];
        var samples = length * header.LayoutOf(signal).FrameSamples;
        long? bytes = spec.Format switch
        {
            16 => Format16.BytesOf(samples),
            24 => Format24.BytesOf(samples),
            32 => Format32.BytesOf(samples),
            61 => Format61.BytesOf(samples),
            80 => Format80.BytesOf(samples),
            160 => Format160.BytesOf(samples),
            212 => Format212.BytesOf(samples),
            310 => Format310.BytesOf(samples),
            311 => Format311.BytesOf(samples),
            _ => null,
        };
        return bytes + spec.ByteOffset;
    }

    private static bool Decode<TFormat>(
        WfdbHeader header,
        int signal,
        ReadOnlySpan<byte> data,
        [NotNullWhen(true)] out float[]? samples,
        [NotNullWhen(false)] out SignalFault? fault)
        where TFormat : struct, IWfdbFormat
    {
        samples = null;
        var spec = header.Signals[signal];
        var layout = header.LayoutOf(signal);
        var held = TFormat.Capacity(data.Length) / layout.FrameSamples;
        var frames = held - spec.Skew;
        if (header.Length is { } length)
        {
            if (held < length)
            {
                fault = new(RejectionReason.LengthMismatch, $"holds {held} samples where its header says {length}: the file is cut off, get it again");
                return false;
            }

            // in double: a header may claim any length
            var expected = length + (double)header.Signals.Max(s => s.Skew);
            if (held > expected && !IsFilledUp<TFormat>(data, TFormat.BytesOf(length * layout.FrameSamples)))
            {
                fault = new(RejectionReason.LengthMismatch, $"holds {held} samples where its header says {length}: one of the two belongs to another recording, get both again");
                return false;
            }

            frames = Math.Min(frames, length);
        }

        if (frames <= 0)
        {
            fault = new(RejectionReason.UnreadableSignal, $"holds no samples ({data.Length} bytes): get the file again");
            return false;
        }

        samples = new float[frames * spec.SamplesPerFrame];
        var inMillivolt = 1 / spec.UnitInMillivolt;
        Fill<TFormat>(data, layout, spec, spec.Gain * inMillivolt, samples);
        fault = null;
        return true;
    }

    private static void Fill<TFormat>(ReadOnlySpan<byte> data, WfdbLayout layout, WfdbSignalSpec spec, double gain, Span<float> to)
        where TFormat : struct, IWfdbFormat
    {
        var baseline = spec.Baseline;
        var perFrame = spec.SamplesPerFrame;
        var at = spec.Skew * layout.FrameSamples + layout.Offset;
        for (var i = 0; i < to.Length; at += layout.FrameSamples)
        {
            for (var k = 0; k < perFrame; k++, i++)
            {
                var adc = TFormat.Read(data, at + k);
                to[i] = adc == TFormat.Missing ? float.NaN : (float)((adc - baseline) / gain);
            }
        }
    }

    /// <summary>What lies beyond the last sample only fills up a group of samples or a disk block.</summary>
    private static bool IsFilledUp<TFormat>(ReadOnlySpan<byte> data, long used)
        where TFormat : struct, IWfdbFormat
    {
        var rest = data.Length - used;
        return rest < TFormat.GroupBytes
            || (rest < BlockBytes && data.Length % BlockBytes == 0 && !data[(int)used..].ContainsAnyExcept((byte)0));
    }

    /// <summary>A MATLAB level 4 header: type (0 to 52), rows, columns, imaginary flag, length of the name, and a name of 3 letters.</summary>
    private static bool IsMat4(ReadOnlySpan<byte> file) =>
        BinaryPrimitives.ReadUInt32LittleEndian(file) <= 52
        && BinaryPrimitives.ReadUInt32LittleEndian(file[12..]) <= 1
        && BinaryPrimitives.ReadUInt32LittleEndian(file[16..]) == 4;
}
