using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>
/// A WFDB header (<c>.hea</c>), as header(5) of the WFDB Applications Guide defines it. Fields that are left out have their defaults.
/// </summary>
/// <param name="Name">Record name of the record line.</param>
/// <param name="Fs">Frames per second in Hz, &gt; 0; 250 when left out.</param>
/// <param name="Length">Frames, &gt; 0; null when the header does not say (then the signal file does).</param>
/// <param name="Signals">At least one, in the order of their lines.</param>
/// <param name="Subject">The person whose recording it is, from a comment like <c># Subject: 17</c>; else null.</param>
public sealed record WfdbHeader(string Name, double Fs, long? Length, IReadOnlyList<WfdbSignalSpec> Signals, string? Subject)
{
    /// <summary>Frames per second in Hz, when the record line leaves it out.</summary>
    public const double DefaultFs = 250;

    private const int MaxFrameSamples = 10_000_000;
    private const int MaxSignals = 10_000;

    internal static readonly string[] LineEnds = ["\r\n", "\n", "\r"];

    private static readonly Regex SubjectComment = new(
        @"^#\s*(?:subject|patient|group)(?:[ _-]?id)?\s*[:=]\s*(\S+)",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private WfdbLayout[]? _layouts;

    /// <summary>When the first sample was taken, by the recorder's clock; null when the record line does not give time and date.</summary>
    public DateTime? Start { get; init; }

    /// <summary>Whether it lists the signals of a multi-segment record and has no samples: its files are named <c>~</c>.</summary>
    public bool IsLayout => Signals.All(signal => signal.FileName == "~");

    /// <summary>What the recording shows, from a comment of SNOMED codes like <c>#Dx: 164889003</c> (CinC 2020 and 2021); else null.</summary>
    public Label? Label { get; init; }

    /// <summary>The leads, of a record with so many frames a second.</summary>
    internal IReadOnlyList<RecordingLead> LeadsAt(double fs) =>
        [.. Signals.Select(signal => new RecordingLead(signal.Description, signal.Units, fs * signal.SamplesPerFrame))];

    /// <summary>Reads a header's text: LF, CRLF or CR, comments anywhere.</summary>
    /// <returns>False, and what is wrong as half a sentence ("line 2 ..."), when the text is no header of a single-segment record.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out WfdbHeader? header, [NotNullWhen(false)] out string? error)
    {
        header = null;
        string? subject = null;
        Label? label = null;
        RecordLine? record = null;
        var signals = new List<WfdbSignalSpec>();
        var number = 0;
        foreach (var raw in text.Split(LineEnds, StringSplitOptions.None))
        {
            number++;
            var line = raw.Trim().TrimStart('\uFEFF');
            if (line.Length == 0) continue;
            if (line[0] == '#')
            {
                if (SubjectComment.Match(line) is { Success: true } match) subject ??= PlainText.Clean(match.Groups[1].Value);
                label ??= DiagnosisCodes.LabelIn(line);
                continue;
            }

            if (record is null)
            {
                if (!RecordLine.TryParse(line, out record, out error))
                {
                    error = $"line {number} {error}";
                    return false;
                }

                if (record.Segments is not null)
                {
                    error = $"line {number} is that of a multi-segment record, which holds no samples itself: name one of its segments";
                    return false;
                }

                if (record.Signals > MaxSignals)
                {
                    error = $"line {number} says that the record has {record.Signals} signals, more than the {MaxSignals} that are read";
                    return false;
                }

                if (record.Signals == 0)
                {
                    error = $"line {number} says that the record has no signals";
                    return false;
                }

                continue;
            }

            if (signals.Count == record.Signals) continue;
            if (!WfdbSignalSpec.TryParse(line, out var signal, out error))
            {
                error = $"line {number} {error}";
                return false;
            }

            signals.Add(signal);
        }

        if (record is null)
        {
            error = "it is empty";
            return false;
        }

        if (signals.Count < record.Signals)
        {
            error = $"line 1 promises {record.Signals} signals, but only {signals.Count} signal lines follow";
            return false;
        }

        if (signals.Sum(s => (long)s.SamplesPerFrame) is var frame and > MaxFrameSamples)
        {
            error = $"its signal lines promise {frame} samples in each frame, more than the {MaxFrameSamples} that are read";
            return false;
        }

        header = new WfdbHeader(record.Name, record.Fs, record.Length, signals, subject) { Start = record.Start, Label = label };
        error = null;
        return true;
    }

    /// <summary>Frames a second of a header in Hz; null when it has no record line that can be read. The record may have no signals.</summary>
    public static double? FsOf(string text) => ExtentOf(text)?.Fs;

    /// <summary>
    /// Frames a second in Hz and number of frames (null when it does not say) of a header; null when it has no record line that can be read. The
    /// record may have no signals.
    /// </summary>
    public static (double Fs, long? Length)? ExtentOf(string text)
    {
        foreach (var raw in text.Split(LineEnds, StringSplitOptions.None))
        {
            var line = raw.Trim().TrimStart('\uFEFF');
            if (line.Length > 0 && line[0] != '#')
                return RecordLine.TryParse(line, out var record, out _) ? (record.Fs, record.Length) : null;
        }

        return null;
    }

    /// <summary>
    /// Where a signal lies in its file: signals whose lines follow each other and name the same file share its frames.
    /// </summary>
    public WfdbLayout LayoutOf(int signal) => (_layouts ??= Layouts())[signal];

    /// <summary>The same header, with its signal files named as its main header finds them: they lie in the folder of the segment.</summary>
    /// <param name="segment">The segment's name, which may lead into folders.</param>
    internal WfdbHeader Below(string segment) => segment.LastIndexOf('/') is var slash and >= 0 && !IsLayout
        ? this with { Signals = [.. Signals.Select(signal => signal with { FileName = segment[..(slash + 1)] + signal.FileName })] }
        : this;

    private WfdbLayout[] Layouts()
    {
        var layouts = new WfdbLayout[Signals.Count];
        for (int first = 0, next; first < layouts.Length; first = next)
        {
            var frame = 0;
            for (next = first; next < layouts.Length && Signals[next].FileName == Signals[first].FileName; next++)
            {
                layouts[next] = new WfdbLayout(0, frame);
                frame += Signals[next].SamplesPerFrame;
            }

            for (var i = first; i < next; i++) layouts[i] = layouts[i] with { FrameSamples = frame };
        }

        return layouts;
    }

    /// <summary>The record line of a header: name[/segments], signals, fs, length, start.</summary>
    internal sealed record RecordLine(string Name, int? Segments, int Signals, double Fs, long? Length, DateTime? Start)
    {
        public static bool TryParse(string line, [NotNullWhen(true)] out RecordLine? record, [NotNullWhen(false)] out string? error)
        {
            record = null;
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (line.Any(c => char.IsControl(c) && c != '\t') || fields.Length < 2 || !Numbers.TryInt(fields[1], out var signals) || signals < 0)
            {
                error = $"should read 'name signals fs length', but reads '{Quote.Short(line)}'";
                return false;
            }

            int? segments = null;
            if (fields[0].IndexOf('/') is var slash and >= 0)
            {
                if (!Numbers.TryInt(fields[0].AsSpan(slash + 1), out var count) || count < 1)
                {
                    error = $"should name the record and how many segments it has, like 'a/3', but reads '{Quote.Short(fields[0])}'";
                    return false;
                }

                (fields[0], segments) = (fields[0][..slash], count);
            }

            var fs = DefaultFs;
            if (fields.Length > 2)
            {
                // The field is fs[/counter frequency[(base counter value)]]; only fs matters here.
                var counter = fields[2].IndexOf('/');
                var value = counter < 0 ? fields[2] : fields[2][..counter];
                if (!Numbers.TryDouble(value, out fs) || !(fs > 0))
                {
                    error = $"gives '{Quote.Short(fields[2])}' as the sampling frequency, which should be a number above 0";
                    return false;
                }
            }

            long length = 0;
            if (fields.Length > 3 && (!Numbers.TryLong(fields[3], out length) || length < 0))
            {
                error = $"gives '{Quote.Short(fields[3])}' as the number of samples, which should be a whole number";
                return false;
            }

            record = new RecordLine(
                fields[0], segments, signals, fs, length == 0 ? null : length, fields.Length > 5 ? StartOf(fields[4], fields[5]) : null);
            error = null;
            return true;
        }

        /// <summary>Time as [[HH:]MM:]SS[.sss] and date as DD/MM/YYYY; null for what does not read like that, since nothing depends on it.</summary>
        private static DateTime? StartOf(string time, string date)
        {
            var parts = time.Split(':');
            if (!DateTime.TryParseExact(date, "d/M/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || parts.Length > 3) return null;
            var seconds = 0.0;
            foreach (var part in parts)
            {
                if (!Numbers.TryDouble(part, out var value) || value is < 0 or >= 60) return null;
                seconds = (seconds * 60) + value;
            }

            return day.AddSeconds(seconds);
        }
    }
}

/// <summary>A signal's place among the samples of its file.</summary>
/// <param name="FrameSamples">Samples of all signals in one frame.</param>
/// <param name="Offset">The signal's first sample within the frame.</param>
public readonly record struct WfdbLayout(int FrameSamples, int Offset);
