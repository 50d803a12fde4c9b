using System.Buffers.Binary;
using System.Text;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats.Xml;

namespace Mina.Streaming.Recordings.Formats.Muse;

/// <summary>A lead of a waveform: 16-bit samples in Base64.</summary>
internal sealed class MuseLead
{
    private const int SampleBytes = 2;

    private readonly StringBuilder _base64 = new();
    private double _unitsPerBit = double.NaN;
    private int? _samples;
    private int _sampleBytes = SampleBytes;
    private uint? _checksum;

    /// <summary>The lead: <c>I</c>.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The unit of the samples, as <see cref="Numbers.ToMillivolt"/> knows it.</summary>
    public string Unit { get; private set; } = "";

    /// <summary>Takes an element of the lead's.</summary>
    public void Take(ForwardXml xml)
    {
        switch (xml.Name)
        {
            case "LeadID":
                Name = PlainText.Clean(xml.ShortText());
                break;
            case "LeadAmplitudeUnits":
                Unit = PlainText.Clean(xml.ShortText().ToLowerInvariant() switch { "microvolts" => "uV", "millivolts" => "mV", var other => other });
                break;
            case "LeadAmplitudeUnitsPerBit" when Numbers.TryDouble(xml.ShortText(), out var step):
                _unitsPerBit = step;
                break;
            case "LeadSampleCountTotal" when Numbers.TryInt(xml.ShortText(), out var samples):
                _samples = samples;
                break;
            case "LeadSampleSize" when Numbers.TryInt(xml.ShortText(), out var bytes):
                _sampleBytes = bytes;
                break;
            case "LeadDataCRC32" when Numbers.TryLong(xml.ShortText(), out var checksum):
                _checksum = checksum is > 0 and <= uint.MaxValue ? (uint)checksum : null;
                break;
            case "WaveFormData":
                var piece = new char[4096];
                for (int count; (count = xml.ReadText(piece)) > 0;) _base64.Append(piece, 0, count);
                break;
        }
    }

    /// <summary>Decodes the samples, in mV.</summary>
    /// <exception cref="IOException">They are not what the file says of them.</exception>
    public float[] Decode()
    {
        var bytes = new byte[(_base64.Length * 3L / 4) + 3];
        var name = Quote.Short(Name);
        if (!Convert.TryFromBase64String(_base64.ToString(), bytes, out var count))
            throw new IOException($"its samples of lead {name} are no Base64: export it again");
        if (_sampleBytes != SampleBytes) throw new IOException($"its samples of lead {name} have {_sampleBytes} bytes, and those of 2 are read");
        if (!double.IsFinite(_unitsPerBit) || _unitsPerBit == 0)
            throw new IOException($"it does not say what a step of lead {name} is worth (LeadAmplitudeUnitsPerBit)");
        if (count == 0) throw new IOException($"it holds no samples of lead {name}");
        if ((_samples ?? (count / SampleBytes)) != count / SampleBytes || count % SampleBytes != 0)
            throw new IOException($"it holds {count} bytes of lead {name} where it announces {_samples} samples of 2: export it again");
        if (_checksum is { } sum && sum != Checksum(bytes.AsSpan(0, count)))
            throw new IOException($"its samples of lead {name} do not fit their checksum: export it again");
        var (samples, step) = (new float[count / SampleBytes], _unitsPerBit * (Unit.ToMillivolt() ?? 1));
        for (var i = 0; i < samples.Length; i++) samples[i] = (float)(BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(SampleBytes * i)) * step);
        return samples;
    }

    /// <summary>CRC-32 as zip files have it (ISO 3309), of the bytes that the Base64 stands for.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var i = 0; i < 8; i++) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xEDB88320 : 0);
        }

        return ~sum;
    }
}
