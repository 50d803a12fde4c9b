using System.Buffers.Binary;
using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>An annotation of a WFDB annotation file.</summary>
/// <param name="Sample">Index of its sample.</param>
/// <param name="Code">1 normal beat, 5 premature ventricular, 8 premature atrial, 28 change of rhythm (annot(5)).</param>
/// <param name="Aux">The text that belongs to it, "(AFIB" for a rhythm; else empty.</param>
/// <param name="Subtype">What is more to its code; of signal quality, which signals are noisy and which cannot be read. -128 to 127.</param>
public readonly record struct WfdbAnnotation(long Sample, int Code, string Aux, int Subtype = 0)
{
    /// <summary>Normal beat.</summary>
    public const int Normal = 1;

    /// <summary>Premature ventricular contraction.</summary>
    public const int Ventricular = 5;

    /// <summary>Atrial premature beat.</summary>
    public const int Atrial = 8;

    /// <summary>Paced beat.</summary>
    public const int Paced = 12;

    /// <summary>Change of signal quality.</summary>
    public const int Quality = 14;

    /// <summary>Ventricular flutter or fibrillation begins.</summary>
    public const int FibrillationOn = 32;

    /// <summary>Ventricular flutter or fibrillation ends.</summary>
    public const int FibrillationOff = 33;

    /// <summary>A note: its text says something about the file or the signal.</summary>
    public const int Note = 22;

    /// <summary>Change of rhythm.</summary>
    public const int Rhythm = 28;
}

/// <summary>MIT annotation files (<c>.atr</c>), as annot(5) of the WFDB Applications Guide defines them. Pure.</summary>
public static class WfdbAnnotations
{
    private const int Skip = 59;
    private const int Num = 60;
    private const int Sub = 61;
    private const int Chn = 62;
    private const int Aux = 63;
    private const string Resolution = "## time resolution:";
    private const int MaxInterval = 1023;

    /// <summary>The largest file of annotations that is read; a day of beats has 300 kB.</summary>
    public const long MaxBytes = 64L << 20;

    /// <summary>Writes annotations as the bytes of a file.</summary>
    /// <param name="annotations">In order of time.</param>
    public static byte[] Encode(IEnumerable<WfdbAnnotation> annotations)
    {
        var bytes = new MemoryStream();
        long last = 0;
        foreach (var annotation in annotations)
        {
            var interval = annotation.Sample - last;
            if (interval < 0) throw new ArgumentException("annotations should be in order of time", nameof(annotations));
            // A skip has 32 bits with a sign, 83 days at 300 Hz: longer ones take several.
            while (interval > MaxInterval)
            {
                var skip = (int)Math.Min(interval, int.MaxValue);
                Word(Skip << 10);
                Word(skip >> 16); // high half first, as on a PDP-11
                Word(skip & 0xFFFF);
                interval -= skip;
            }

            Word(annotation.Code << 10 | (int)interval);
            last = annotation.Sample;
            if (annotation.Subtype != 0) Word(Sub << 10 | (annotation.Subtype & 0xFF));
            if (annotation.Aux.Length == 0) continue;
            var aux = Encoding.UTF8.GetBytes(annotation.Aux);
            if (aux.Length > 255) throw new ArgumentException("an annotation's text may have 255 bytes", nameof(annotations));
            Word(Aux << 10 | aux.Length);
            bytes.Write(aux);
            if (aux.Length % 2 == 1) bytes.WriteByte(0);
        }

        Word(0);
        return bytes.ToArray();

        void Word(int value)
        {
            bytes.WriteByte((byte)value);
            bytes.WriteByte((byte)(value >> 8));
        }
    }

    /// <summary>The rhythms that annotations name. Time before the first of them has no rhythm, and neither has time after an end (a bare <c>)</c>).</summary>
    /// <param name="annotations">In order of time.</param>
    /// <param name="fs">Ticks a second in Hz, where the file does not say so itself: the record's frames a second.</param>
    public static IReadOnlyList<RhythmSpan> Rhythms(IReadOnlyList<WfdbAnnotation> annotations, double fs)
    {
        fs = ResolutionOf(annotations) ?? fs;
        var spans = new List<RhythmSpan>();
        foreach (var annotation in annotations.Where(a => a.Code == WfdbAnnotation.Rhythm))
        {
            var start = annotation.Sample / fs;
            if (spans.Count > 0 && spans[^1].EndSeconds > start) spans[^1] = spans[^1] with { EndSeconds = start };
            // Any change of rhythm ends the one before; Icentia 11k writes a bare ")" where none follows.
            if (annotation.Aux.StartsWith('(')) spans.Add(new RhythmSpan(PlainText.Clean(annotation.Aux[1..].Trim()), start, double.PositiveInfinity));
        }

        return spans;
    }

    /// <summary>Ticks a second in Hz that the file says itself; null where it does not.</summary>
    public static double? ResolutionOf(IReadOnlyList<WfdbAnnotation> annotations)
    {
        var note = annotations.FirstOrDefault(IsResolution).Aux;
        return note is not null && Numbers.TryDouble(note.AsSpan(Resolution.Length), out var own) && own > 0 ? own : null;
    }

    /// <summary>The note, a file's first annotation, that says how many ticks there are in a second, where that is not the record's own frequency.</summary>
    /// <param name="fs">Ticks a second, Hz.</param>
    public static WfdbAnnotation ResolutionNote(double fs) => new(0, WfdbAnnotation.Note, FormattableString.Invariant($"{Resolution} {fs}"));

    /// <summary>Whether an annotation is a note of how many ticks there are in a second.</summary>
    internal static bool IsResolution(WfdbAnnotation annotation) =>
        annotation.Code == WfdbAnnotation.Note && annotation.Aux.StartsWith(Resolution, StringComparison.Ordinal);

    /// <summary>Reads a file. One that is cut off is read as far as it goes.</summary>
    public static IReadOnlyList<WfdbAnnotation> Decode(ReadOnlySpan<byte> bytes)
    {
        var annotations = new List<WfdbAnnotation>();
        long at = 0;
        for (var i = 0; i + 1 < bytes.Length;)
        {
            var word = BinaryPrimitives.ReadUInt16LittleEndian(bytes[i..]);
            i += 2;
            var (code, value) = (word >> 10, word & MaxInterval);
            switch (code)
            {
                case 0 when value == 0:
                    return annotations;
                case Skip:
                    if (i + 4 > bytes.Length) return annotations;
                    at += BinaryPrimitives.ReadInt16LittleEndian(bytes[i..]) * 65536L + BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i + 2)..]);
                    i += 4;
                    break;
                case Sub:
                    if (annotations.Count > 0) annotations[^1] = annotations[^1] with { Subtype = (sbyte)value };
                    break;
                case Num or Chn:
                    break;
                case Aux:
                    if (i + value > bytes.Length) return annotations;
                    if (annotations.Count > 0) annotations[^1] = annotations[^1] with { Aux = Encoding.UTF8.GetString(bytes.Slice(i, value)).TrimEnd('\0') };
                    i += value + value % 2;
                    break;
                default:
                    at += value;
                    annotations.Add(new WfdbAnnotation(at, code, ""));
                    break;
            }
        }

        return annotations;
    }
}
