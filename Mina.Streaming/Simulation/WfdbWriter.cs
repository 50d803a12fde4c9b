using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Streaming.Simulation;

/// <summary>
/// Writes recordings as WFDB: <c>.dat</c> (format 16), <c>.atr</c> (beats and rhythms) and, last, <c>.hea</c>. Each file appears as a whole, so
/// that a recording with a header is complete. Lines end with LF and nothing comes from a clock, so equal recordings give equal bytes.
/// </summary>
public static class WfdbWriter
{
    /// <summary>The gain, in ADC units per mV.</summary>
    public const int Gain = 1000;

    private const short Missing = short.MinValue;

    /// <summary>Writes a recording's three files into a folder.</summary>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="IOException">The files cannot be written.</exception>
    public static long Write(string folder, SimulatedRecording recording, string comment)
    {
        var signal = Encode(recording.Samples);
        var annotations = WfdbAnnotations.Encode(AnnotationsOf(recording));
        var header = Encoding.UTF8.GetBytes(HeaderOf(recording.Id, recording.Fs, recording.Samples.Length, "", signal, comment));
        DiskFiles.Instance.WriteWhole(Path.Combine(folder, recording.Id + ".dat"), signal);
        DiskFiles.Instance.WriteWhole(Path.Combine(folder, recording.Id + ".atr"), annotations);
        DiskFiles.Instance.WriteWhole(Path.Combine(folder, recording.Id + ".hea"), header);
        return signal.Length + annotations.Length + header.Length;
    }

    /// <summary>Encodes a recording as the bytes of a header and of its signal file in format 16.</summary>
    /// <param name="id">The record's name; its files are ID.hea and ID.dat.</param>
    /// <param name="fs">The sampling frequency in Hz.</param>
    /// <param name="samples">The samples in mV; a sample that is not finite is missing.</param>
    /// <param name="start">The time of the first sample.</param>
    /// <param name="comment">A line of the header.</param>
    public static (byte[] Header, byte[] Signal) Encode(string id, double fs, ReadOnlySpan<float> samples, DateTimeOffset start, string comment)
    {
        var signal = Encode(samples);
        var time = start.UtcDateTime.ToString("HH:mm:ss.fff dd/MM/yyyy", CultureInfo.InvariantCulture);
        return (Encoding.UTF8.GetBytes(HeaderOf(id, fs, samples.Length, " " + time, signal, comment)), signal);
    }

    /// <summary>Writes labels as CinC 2017's REFERENCE.csv has them, sorted by id.</summary>
    public static void WriteLabels(string path, IEnumerable<(string Id, Label Label)> labels)
    {
        var text = new StringBuilder();
        foreach (var (id, label) in labels.OrderBy(l => l.Id, StringComparer.Ordinal))
            text.Append(id).Append(',').Append(Labels.CodeOf(label)).Append('\n');
        DiskFiles.Instance.WriteWhole(path, Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>
    /// Encodes samples in mV in format 16: they are rounded to 1/1000 mV and limited to the range of 16 bits; a sample that is not finite becomes
    /// the format's missing sample.
    /// </summary>
    public static byte[] Encode(ReadOnlySpan<float> samples)
    {
        var bytes = new byte[2 * samples.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            var adc = float.IsFinite(samples[i])
                ? (short)Math.Clamp(Math.Round((double)samples[i] * Gain), Missing + 1, short.MaxValue)
                : Missing;
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), adc);
        }

        return bytes;
    }

    /// <summary>A recording's beats and changes of rhythm in order of time; where both are at one sample, the rhythm comes first.</summary>
    public static IEnumerable<WfdbAnnotation> AnnotationsOf(SimulatedRecording recording)
    {
        var rhythms = recording.Rhythms.Select(r => new WfdbAnnotation(r.Sample, WfdbAnnotation.Rhythm, r.Aux));
        var beats = recording.Beats.Select(b => new WfdbAnnotation(b.Sample, CodeOf(b.Type), ""));
        return rhythms.Concat(beats).OrderBy(a => a.Sample);
    }

    private static int CodeOf(SimulatedBeatType type) => type switch
    {
        SimulatedBeatType.PrematureVentricular => WfdbAnnotation.Ventricular,
        SimulatedBeatType.PrematureAtrial => WfdbAnnotation.Atrial,
        _ => WfdbAnnotation.Normal,
    };

    private static string HeaderOf(string id, double fs, int length, string time, ReadOnlySpan<byte> signal, string comment)
    {
        short sum = 0;
        for (var i = 0; i + 1 < signal.Length; i += 2)
            sum += BinaryPrimitives.ReadInt16LittleEndian(signal[i..]);
        var first = signal.Length > 1 ? BinaryPrimitives.ReadInt16LittleEndian(signal) : (short)0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{id} 1 {fs} {length}{time}\n{id}.dat 16 {Gain}/mV 16 0 {first} {sum} 0 ECG\n# {comment}\n");
    }
}
