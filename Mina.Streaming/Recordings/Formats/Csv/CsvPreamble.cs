using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>
/// What stands before the samples of a CSV file: a line of names, which numpy writes as a comment, perhaps a line of units beneath it; or, as in
/// Apple Health's exports, lines of a key and a value, among them the sampling frequency.
/// </summary>
internal sealed class CsvPreamble
{
    /// <summary>The longest line that is read, in bytes: a header names some leads, a row has a number of each.</summary>
    public const int MaxLineBytes = 1 << 24;

    // Apple Health writes a dozen lines ahead of the samples.
    private const int MaxProperties = 40;

    private static readonly Regex Hertz = new(
        @"^(\d{1,6}(?:[.,]\d{1,9})?)\s*(?:hz|hertz)\.?$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>The character between cells.</summary>
    public required char Separator { get; init; }

    /// <summary>The columns' names.</summary>
    public required IReadOnlyList<string> Header { get; init; }

    /// <summary>The columns' units; null: no line of them.</summary>
    public IReadOnlyList<string>? Units { get; init; }

    /// <summary>The sampling frequency in Hz, where it is said ahead of the samples.</summary>
    public double? Fs { get; init; }

    /// <summary>The line of the names, from 1.</summary>
    public required int HeaderLine { get; init; }

    /// <summary>Bytes before the first row.</summary>
    public required long Bytes { get; init; }

    /// <summary>Lines before the first row.</summary>
    public required int Lines { get; init; }

    /// <summary>Reads what stands before the samples.</summary>
    /// <param name="text">The text from its start; it is disposed.</param>
    /// <param name="preamble">The result.</param>
    /// <param name="fault">Why not.</param>
    /// <exception cref="IOException">The text cannot be read.</exception>
    public static bool TryRead(Stream text, [NotNullWhen(true)] out CsvPreamble? preamble, [NotNullWhen(false)] out SignalFault? fault)
    {
        using var lines = new LineReader(text);
        (preamble, fault) = (null, null);
        Line? comment = null;
        var ahead = new List<Line>();
        while (ahead.Count < MaxProperties && lines.TryRead(out var line, out fault))
        {
            if (line.Text.Length == 0) continue;
            if (line.Text[0] == '#')
            {
                if (ahead.Count == 0) comment = line;
                continue;
            }

            ahead.Add(line);
            if (IsData(line.Text)) break;
        }

        if (fault is not null) return false;
        if (ahead.Count == 0)
        {
            fault = new SignalFault(
                RejectionReason.UnreadableHeader, lines.IsUtf16 ? "is UTF-16 text: save it as UTF-8" : comment is null ? "is empty" : "holds comments only");
            return false;
        }

        preamble = ahead.Count == 1 && IsData(ahead[0].Text) ? FromComment(comment, ahead[0]) : FromProperties(ahead) ?? FromNames(ahead);
        if (preamble is not null) return true;
        fault = new SignalFault(RejectionReason.UnreadableHeader, "has no header line: name the columns in line 1, e.g. 'time,MLII (mV)'");
        return false;
    }

    /// <summary>The number in a cell; NaN for an empty cell or one that says so; null for other text.</summary>
    /// <param name="cell">The cell's bytes.</param>
    /// <param name="decimalComma">Whether a comma may stand in a number, because cells are separated by something else.</param>
    public static double? Number(ReadOnlySpan<byte> cell, bool decimalComma)
    {
        if (cell.Length == 0) return double.NaN;
        if (Numbers.TryPlain(cell, out var value)) return value;
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value)) return double.IsFinite(value) ? value : double.NaN;
        var text = Encoding.UTF8.GetString(cell).Trim();
        if (text.ToLowerInvariant() is "" or "na" or "null" or "none" or "inf" or "-inf" or "-") return double.NaN;
        // Spreadsheets that separate cells by semicolons write decimal commas.
        return decimalComma && double.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out value) ? value : null;
    }

    // numpy.savetxt writes the names as a comment right above the numbers.
    private static CsvPreamble? FromComment(Line? comment, Line row)
    {
        if (comment is not { } line || line.Number != row.Number - 1) return null;
        var separator = SeparatorOf(row.Text);
        var names = Split(line.Text[1..].Trim(), separator);
        return names.Length != Split(row.Text, separator).Length || IsData(line.Text[1..].Trim()) ? null
            : new CsvPreamble { Separator = separator, Header = names, HeaderLine = line.Number, Bytes = row.Start, Lines = row.Number - 1 };
    }

    private static CsvPreamble? FromProperties(List<Line> ahead)
    {
        if (ahead.Count < 3 || !IsData(ahead[^1].Text)) return null;
        var row = ahead[^1];
        var separator = SeparatorOf(ahead[0].Text);
        var values = ahead.SkipLast(1).Select(line => Split(line.Text, separator)).Where(cells => cells.Length >= 2).Select(cells => cells[1]).ToArray();
        var fs = values.Select(FsIn).FirstOrDefault(value => value is not null);
        if (fs is null || Split(row.Text, separator).Length != 1) return null;
        return new CsvPreamble
        {
            Separator = separator,
            Header = [values.FirstOrDefault(value => LeadNames.LeadOf(value) is not null) ?? "ECG"],
            Units = [values.FirstOrDefault(value => value.ToMillivolt() is not null) ?? ""],
            Fs = fs,
            HeaderLine = ahead[0].Number,
            Bytes = row.Start,
            Lines = row.Number - 1,
        };
    }

    private static CsvPreamble? FromNames(List<Line> ahead)
    {
        var separator = SeparatorOf(ahead[0].Text);
        var header = Split(ahead[0].Text, separator);
        if (header.All(cell => Number(Encoding.UTF8.GetBytes(cell), separator != ',') is not null)) return null;
        var units = ahead.Count > 1 && Split(ahead[1].Text, separator) is var second && CsvColumns.IsUnits(second) && second.Any(cell => cell.Length > 0)
            ? second
            : null;
        var last = units is null ? ahead[0] : ahead[1];
        return new CsvPreamble
        {
            Separator = separator,
            Header = header,
            Units = units,
            HeaderLine = ahead[0].Number,
            Bytes = last.End,
            Lines = last.Number,
        };
    }

    private static double? FsIn(string value) =>
        Hertz.Match(value) is { Success: true } match && Numbers.TryDouble(match.Groups[1].Value.Replace(',', '.'), out var fs) && fs > 0 ? fs : null;

    private static char SeparatorOf(string line) => line.Contains(';') ? ';' : line.Contains('\t') && !line.Contains(',') ? '\t' : ',';

    private static bool IsData(string line)
    {
        var separator = SeparatorOf(line);
        var cells = Split(line, separator);
        return cells.Any(cell => cell.Length > 0)
            && cells.All(cell => Encoding.UTF8.GetBytes(cell) is var bytes && (Number(bytes, separator != ',') is not null || TimeText.TryParse(bytes, out _)));
    }

    /// <summary>A line's cells, without the blanks and the double quotes around them.</summary>
    private static string[] Split(string line, char separator)
    {
        var (cells, cell, isQuoted) = (new List<string>(), new StringBuilder(), false);
        foreach (var c in line)
        {
            if (c == '"') isQuoted = !isQuoted;
            if (c == separator && !isQuoted)
            {
                cells.Add(Clean(cell));
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(Clean(cell));
        return [.. cells];

        static string Clean(StringBuilder cell)
        {
            var text = cell.ToString().Trim();
            return text.Length > 1 && text[0] == '"' && text[^1] == '"' ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal).Trim() : text;
        }
    }

    /// <summary>A line, where it starts and ends in bytes, and its number from 1.</summary>
    private readonly record struct Line(string Text, long Start, long End, int Number);

    /// <summary>Reads lines that end with LF, CR or both, and knows where they lie. Text that is not UTF-8 is Latin-1, for its micro sign.</summary>
    private sealed class LineReader(Stream text) : IDisposable
    {
        private static readonly byte[] Utf16LittleEndian = [0xFF, 0xFE];
        private static readonly byte[] Utf16BigEndian = [0xFE, 0xFF];
        private readonly byte[] _buffer = new byte[4096];
        private readonly MemoryStream _line = new();
        private int _next;
        private int _count;
        private long _position;
        private int _number;

        /// <summary>Whether the text began with UTF-16's byte order mark.</summary>
        public bool IsUtf16 { get; private set; }

        public bool TryRead(out Line line, out SignalFault? fault)
        {
            (line, fault) = (default, null);
            var start = _position;
            _line.SetLength(0);
            int b;
            while ((b = Take()) >= 0 && b is not ('\n' or '\r'))
            {
                _line.WriteByte((byte)b);
                if (_line.Length <= MaxLineBytes) continue;
                fault = new SignalFault(
                    RejectionReason.UnreadableSignal, $"has a line of more than {MaxLineBytes} bytes: it is no CSV file of samples");
                return false;
            }

            if (b < 0 && _line.Length == 0) return false;
            if (b == '\r' && Peek() == '\n') Take();
            var bytes = _line.GetBuffer().AsSpan(0, (int)_line.Length);
            IsUtf16 |= start == 0 && (bytes.StartsWith(Utf16LittleEndian) || bytes.StartsWith(Utf16BigEndian));
            if (IsUtf16) return false;
            var decoded = Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
            line = new Line(decoded.TrimStart('\uFEFF').Trim(), start, _position, ++_number);
            return true;
        }

        public void Dispose() => text.Dispose();

        private int Take()
        {
            var b = Peek();
            if (b >= 0) (_next, _position) = (_next + 1, _position + 1);
            return b;
        }

        private int Peek()
        {
            if (_next == _count) (_next, _count) = (0, text.Read(_buffer));
            return _next < _count ? _buffer[_next] : -1;
        }
    }
}
