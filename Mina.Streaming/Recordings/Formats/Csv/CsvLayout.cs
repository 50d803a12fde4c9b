using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using CsvHelper;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>One row of a CSV recording.</summary>
/// <param name="Millivolts">The lead's sample; NaN for an empty cell; null where the cell is not a number.</param>
/// <param name="Seconds">The time; NaN for an empty cell; null where the cell is not a number; 0 where there is no time column.</param>
internal readonly record struct CsvRow(float? Millivolts, double? Seconds);

/// <summary>How a CSV recording is to be read, by its header line: the separator, the lead's column, the time's.</summary>
internal sealed class CsvLayout
{
    /// <summary>The longest line that is read, in bytes: a header names some leads, a row has a number of each.</summary>
    private const int MaxLineBytes = 1 << 24;

    /// <summary>The character between cells.</summary>
    public required char Separator { get; init; }

    /// <summary>The header line's cells.</summary>
    public required IReadOnlyList<string> Header { get; init; }

    /// <summary>What the columns are.</summary>
    public required CsvColumns Columns { get; init; }

    /// <summary>Index of the lead that is read, among <see cref="CsvColumns.Leads"/>.</summary>
    public required int LeadIndex { get; init; }

    /// <summary>The lead that is read.</summary>
    public CsvLead Lead => Columns.Leads[LeadIndex];

    /// <summary>The lead's unit in mV.</summary>
    public required double Scale { get; init; }

    /// <summary>Whether there is a time column, which gives the sampling frequency.</summary>
    public bool HasTime => Columns.Time >= 0;

    /// <summary>How many cells a row must have.</summary>
    public int MinCells => Math.Max(Lead.Column, Columns.Time) + 1;

    /// <summary>Begins to read the rows of a text that is in memory.</summary>
    public static CsvReader Open(byte[] text, char separator) => CsvReader.Create(text, OptionsFor(separator));

    /// <summary>Begins to read the rows of a text from its start; the stream is disposed with the reader.</summary>
    public static CsvReader Open(Stream text, char separator) => CsvReader.Create(text, OptionsFor(separator));

    /// <summary>Finds the separator: comma, semicolon or tab, by the first line that is not a comment.</summary>
    /// <param name="text">The text from its start; read as far as that line, and disposed.</param>
    public static char SeparatorOf(Stream text)
    {
        using var reader = new StreamReader(text, Encoding.UTF8);
        var line = ReadLine(reader);
        while (line is not null && (line.Length == 0 || line[0] == '#')) line = ReadLine(reader);
        if (line is null) return ',';
        return line.Contains(';') ? ';' : line.Contains('\t') && !line.Contains(',') ? '\t' : ',';
    }

    /// <summary>Reads the header line, and the line of units beneath it where there is one.</summary>
    /// <param name="reader">At the start of the text.</param>
    /// <param name="separator">The text's separator.</param>
    /// <param name="options">The lead, and fs where there is no time column.</param>
    /// <param name="more">Whether the reader stands at a row of samples.</param>
    /// <param name="layout">The result.</param>
    /// <param name="fault">Why not.</param>
    public static bool TryRead(
        CsvReader reader,
        char separator,
        ReadOptions options,
        out bool more,
        [NotNullWhen(true)] out CsvLayout? layout,
        [NotNullWhen(false)] out SignalFault? fault)
    {
        layout = null;
        more = reader.Read();
        if (!more) return Fail(RejectionReason.UnreadableHeader, "is empty", out fault);
        var header = reader.Current.ToArray();
        if (header.All(cell => Number(Encoding.UTF8.GetBytes(cell), separator == ';') is not null))
            return Fail(RejectionReason.UnreadableHeader, "has no header line: name the columns in line 1, e.g. 'time,MLII (mV)'", out fault);

        more = reader.Read();
        var units = more && reader.Current.ToArray() is var second && CsvColumns.IsUnits(second) && second.Any(cell => cell.Length > 0) ? second : null;
        if (units is not null) more = reader.Read();
        var columns = CsvColumns.Read(header, units);
        if (columns.Leads.Count == 0)
            return Fail(RejectionReason.UnreadableHeader, "has no lead: line 1 should name at least one column that is not the time", out fault);
        if (columns.Time < 0 && options.Fs is null)
        {
            const string NoFs = "does not say its sampling frequency: add a time column ('time' in seconds, or 'time_ms') or give --fs";
            return Fail(RejectionReason.UnreadableHeader, NoFs, out fault);
        }

        if (!LeadChoice.TryChoose([.. columns.Leads.Select(l => (l.Name, l.Unit))], options.Lead, out var index, out var error))
            return Fail(RejectionReason.UnreadableSignal, error, out fault);
        layout = new CsvLayout
        {
            Separator = separator,
            Header = header,
            Columns = columns,
            LeadIndex = index,
            Scale = columns.Leads[index].Unit.ToMillivolt() ?? 1,
        };
        fault = null;
        return true;
    }

    /// <summary>Reads the row that a reader stands at.</summary>
    /// <returns>Null when the row has fewer than <see cref="MinCells"/> cells.</returns>
    public CsvRow? ReadRow(CsvReader reader)
    {
        if (reader.FieldCount < MinCells) return null;
        var value = Number(reader.GetSpan(Lead.Column), Separator == ';');
        var time = HasTime ? Number(reader.GetSpan(Columns.Time), Separator == ';') * Columns.TimeUnit : 0;
        return new CsvRow((float?)(value * Scale), time);
    }

    private static CsvReaderOptions OptionsFor(char separator) => new()
    {
        HasHeader = false,
        Separator = separator,
        CommentPrefix = '#',
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MaxRecordSize = MaxLineBytes,
    };

    /// <summary>The next line, or as much of it as a header line may have.</summary>
    private static string? ReadLine(StreamReader reader)
    {
        var line = new StringBuilder();
        int c;
        while ((c = reader.Read()) >= 0 && c is not ('\n' or '\r') && line.Length < MaxLineBytes) line.Append((char)c);
        if (c == '\r' && reader.Peek() == '\n') reader.Read();
        return c < 0 && line.Length == 0 ? null : line.ToString();
    }

    /// <summary>The number in a cell; NaN for an empty cell or one that says so; null for other text.</summary>
    private static double? Number(ReadOnlySpan<byte> cell, bool decimalComma)
    {
        if (cell.Length == 0) return double.NaN;
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return double.IsFinite(value) ? value : double.NaN;
        var text = Encoding.UTF8.GetString(cell).Trim();
        if (text.ToLowerInvariant() is "" or "na" or "null" or "none" or "inf" or "-inf" or "-") return double.NaN;
        // Spreadsheets that separate cells by semicolons write decimal commas.
        return decimalComma && double.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out value) ? value : null;
    }

    private static bool Fail(RejectionReason reason, string what, out SignalFault fault)
    {
        fault = new SignalFault(reason, what);
        return false;
    }
}
