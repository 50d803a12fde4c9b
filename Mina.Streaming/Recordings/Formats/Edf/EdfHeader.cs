using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Mina.Streaming.Recordings.Formats.Edf;

/// <summary>
/// The header of an EDF, EDF+, BDF or BDF+ file: 256 bytes of text about the recording, and 256 about each signal (Kemp et al. 1992; Kemp and
/// Olivan 2003; BioSemi's description of BDF). Immutable.
/// </summary>
internal sealed class EdfHeader
{
    /// <summary>Bytes that describe the recording, and as many more for each signal.</summary>
    public const int BlockBytes = 256;

    /// <summary>A whole header has no more bytes: the number of signals has four digits.</summary>
    public const int MaxBytes = BlockBytes * 10_000;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>All signals in the file's order, annotations among them.</summary>
    public required IReadOnlyList<EdfSignal> Signals { get; init; }

    /// <summary>The signals that hold samples.</summary>
    public IReadOnlyList<EdfSignal> Leads => [.. Signals.Where(signal => !signal.IsAnnotations)];

    /// <summary>2 in EDF, 3 in BDF.</summary>
    public required int BytesPerSample { get; init; }

    /// <summary>The records need not follow each other in time (EDF+D): each says when it starts.</summary>
    public required bool IsDiscontinuous { get; init; }

    /// <summary>Seconds of a data record; 0 only where no signal holds samples.</summary>
    public required double RecordSeconds { get; init; }

    /// <summary>How many data records there should be; null while the file is being written (-1 in the file).</summary>
    public required long? Records { get; init; }

    /// <summary>When the recording started, to the second, without a time zone; null where the file does not say so.</summary>
    public required DateTime? Start { get; init; }

    /// <summary>The patient's code in the hospital, where an EDF+ file gives it.</summary>
    public required string? Patient { get; init; }

    /// <summary>Bytes before the first data record.</summary>
    public int Bytes => BlockBytes * (Signals.Count + 1);

    /// <summary>Bytes of a data record.</summary>
    public required int RecordBytes { get; init; }

    /// <summary>Sampling frequency of a signal, Hz.</summary>
    public double FsOf(EdfSignal signal) => signal.SamplesPerRecord / RecordSeconds;

    /// <summary>Whether a file's first eight bytes are those of an EDF or BDF file.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> start) => start.StartsWith("0       "u8) || IsBdf(start);

    /// <summary>How many signals the first block announces; null where it is no header.</summary>
    public static int? SignalsIn(ReadOnlySpan<byte> block) =>
        HasSignature(block) && Numbers.TryInt(Text(block.Slice(252, 4)), out var count) && count is > 0 and < 10_000 ? count : null;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">All of it: <see cref="SignalsIn"/> tells how many blocks it has.</param>
    /// <param name="header">The header.</param>
    /// <param name="error">What is wrong, as the rest of a sentence that says that the file has no usable header.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EdfHeader? header, [NotNullWhen(false)] out string? error)
    {
        header = null;
        if (bytes.Length < BlockBytes || SignalsIn(bytes) is not { } count || bytes.Length < BlockBytes * (count + 1))
        {
            error = "it does not begin as one, or ends too early";
            return false;
        }

        var bytesPerSample = IsBdf(bytes) ? 3 : 2;
        var reserved = Text(bytes.Slice(192, 44));
        if (!Numbers.TryLong(Text(bytes.Slice(236, 8)), out var records) || records < -1)
        {
            error = $"it gives '{Quote.Short(Text(bytes.Slice(236, 8)))}' as the number of data records";
            return false;
        }

        if (!Numbers.TryDouble(Text(bytes.Slice(244, 8)), out var seconds) || seconds < 0)
        {
            error = $"it gives '{Quote.Short(Text(bytes.Slice(244, 8)))}' as the seconds of a data record";
            return false;
        }

        var signals = new EdfSignal[count];
        long offset = 0;
        for (var i = 0; i < count; i++)
        {
            if (!TryParseSignal(bytes, count, i, offset, out var signal, out error))
                return false;
            signals[i] = signal;
            offset += (long)signal.SamplesPerRecord * bytesPerSample;
            if (offset > int.MaxValue)
            {
                error = "its data records would have more than 2 GB";
                return false;
            }
        }

        if (seconds == 0 && signals.Any(signal => !signal.IsAnnotations))
        {
            error = "its data records last 0 s, so that the sampling frequency is not known";
            return false;
        }

        var isPlus = reserved.StartsWith("EDF+", StringComparison.Ordinal) || reserved.StartsWith("BDF+", StringComparison.Ordinal);
        header = new EdfHeader
        {
            Signals = signals,
            BytesPerSample = bytesPerSample,
            IsDiscontinuous = isPlus && reserved.Length > 4 && reserved[4] == 'D',
            RecordSeconds = seconds,
            Records = records < 0 ? null : records,
            Start = StartIn(bytes, isPlus),
            Patient = isPlus ? PatientIn(Text(bytes.Slice(8, 80))) : null,
            RecordBytes = (int)offset,
        };
        error = null;
        return true;
    }

    /// <summary>Text of a header or of annotations: UTF-8, as newer programs write it, or else Latin-1.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var trimmed = bytes.Trim(" \0"u8);
        try
        {
            return StrictUtf8.GetString(trimmed);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(trimmed);
        }
    }

    private static bool IsBdf(ReadOnlySpan<byte> start) => start.Length > 0 && start[0] == 0xFF && start[1..].StartsWith("BIOSEMI"u8);

    private static bool TryParseSignal(
        ReadOnlySpan<byte> bytes, int count, int index, long offset, [NotNullWhen(true)] out EdfSignal? signal, [NotNullWhen(false)] out string? error)
    {
        signal = null;
        var (label, unit) = (Field(bytes, count, index, 0, 16), Field(bytes, count, index, 96, 8));
        Span<double> numbers = stackalloc double[4];
        string[] names = ["physical minimum", "physical maximum", "digital minimum", "digital maximum"];
        for (var i = 0; i < numbers.Length; i++)
        {
            var text = Field(bytes, count, index, 104 + (8 * i), 8);
            if (Numbers.TryDouble(text, out numbers[i])) continue;
            error = $"it gives '{Quote.Short(text)}' as the {names[i]} of signal {index}";
            return false;
        }

        var samples = Field(bytes, count, index, 216, 8);
        if (!Numbers.TryInt(samples, out var perRecord) || perRecord <= 0)
        {
            error = $"it gives '{Quote.Short(samples)}' as the samples in a data record of signal {index}";
            return false;
        }

        var (physical, digital) = (numbers[1] - numbers[0], numbers[3] - numbers[2]);
        signal = new EdfSignal(label, unit, perRecord, (int)Math.Min(offset, int.MaxValue))
        {
            PhysicalMin = numbers[0],
            DigitalMin = numbers[2],
            Step = physical / digital,
        };
        error = !signal.IsAnnotations && (physical == 0 || digital == 0) ? $"the range of signal {index} ('{Quote.Short(label)}') is empty" : null;
        return error is null;
    }

    // Each field is written for all signals before the next field begins.
    private static string Field(ReadOnlySpan<byte> bytes, int count, int index, int before, int width) =>
        Text(bytes.Slice(BlockBytes + (count * before) + (index * width), width));

    // The year has two digits, of 1985 to 2084; after that an EDF+ file gives it in the recording's description.
    private static DateTime? StartIn(ReadOnlySpan<byte> bytes, bool isPlus)
    {
        var description = Text(bytes.Slice(88, 80)).Split(' ');
        var date = DateOnly.TryParseExact(Text(bytes.Slice(168, 8)), "dd.MM.yy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.AddYears((day.Year % 100 >= 85 ? 1900 : 2000) + (day.Year % 100) - day.Year)
            : (DateOnly?)null;
        if (isPlus && description.Length > 1 && description[0] == "Startdate"
            && DateOnly.TryParseExact(description[1], "dd-MMM-yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
            date = day;
        // A date that is not known is an X there, and the earliest one in the field of old.
        else if (isPlus && description is ["Startdate", "X", ..] && date == new DateOnly(1985, 1, 1))
            date = null;
        var isTime = TimeOnly.TryParseExact(Text(bytes.Slice(176, 8)), "HH.mm.ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        return isTime ? date?.ToDateTime(time) : null;
    }

    private static string? PatientIn(string identification) => identification.Split(' ')[0] is { Length: > 0 } code && code != "X" ? code : null;
}
