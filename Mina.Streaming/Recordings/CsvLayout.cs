using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using CsvHelper;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>How a CSV recording is to be read, by its header line: delimiter, the lead's column, the time's.</summary>
internal sealed class CsvLayout
{
    /// <summary>Between cells.</summary>
    public required char Separator { get; init; }

    /// <summary>The header line's cells.</summary>
    public required IReadOnlyList<string> Header { get; init; }

    /// <summary>What the columns are.</summary>
    public required CsvColumns Columns { get; init; }

    /// <summary>The lead that is read.</summary>
    public required CsvLead Lead { get; init; }

    /// <summary>Its unit in mV.</summary>
    public double Scale => Lead.Unit.ToMillivolt() ?? 1;

    /// <summary>Cells that a row has at least.</summary>
    public int LeastCells => Math.Max(Lead.Column, Columns.Time) + 1;

    /// <summary>A reader of rows of a text of that delimiter.</summary>
    public static CsvReader Open(byte[] text, char separator) => CsvReader.Create(
        text, new CsvReaderOptions { HasHeader = false, Separator = separator, CommentPrefix = '#', TrimWhitespace = true, TrackLineNumbers = true });

    /// <summary>Comma, semicolon or tab, by the first line that is no comment.</summary>
    public static char SeparatorOf(byte[] text)
    {
        using var reader = new StreamReader(new MemoryStream(text, writable: false), Encoding.UTF8);
        var line = reader.ReadLine();
        while (line is not null && (line.Length == 0 || line[0] == '#')) line = reader.ReadLine();
        if (line is null) return ',';
        return line.Contains(';') ? ';' : line.Contains('\t') && !line.Contains(',') ? '\t' : ',';
    }

    /// <summary>Reads the header line, and the line of units beneath it where there is one.</summary>
    /// <param name="reader">At the start of the text.</param>
    /// <param name="separator">The text's.</param>
    /// <param name="options">The lead, and fs where there is no time column.</param>
    /// <param name="more">Whether the reader stands at a row of samples.</param>
    /// <param name="layout">The result.</param>
    /// <param name="fault">Why not.</param>
    public static bool TryRead(CsvReader reader, char separator, ReadOptions options, out bool more, [NotNullWhen(true)] out CsvLayout? layout, [NotNullWhen(false)] out SignalFault? fault)
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
        var columns = CsvColumns.Of(header, units);
        if (columns.Leads.Count == 0) return Fail(RejectionReason.UnreadableHeader, "has no lead: line 1 should name at least one column that is not the time", out fault);
        if (columns.Time < 0 && options.Fs is null)
            return Fail(RejectionReason.UnreadableHeader, "does not say its sampling frequency: add a time column ('time' in seconds, or 'time_ms') or give --fs", out fault);
        if (!LeadChoice.TryChoose([.. columns.Leads.Select(l => (l.Name, l.Unit))], options.Lead, out var index, out var error))
            return Fail(RejectionReason.UnreadableSignal, error, out fault);
        layout = new CsvLayout { Separator = separator, Header = header, Columns = columns, Lead = columns.Leads[index] };
        fault = null;
        return true;
    }

    /// <summary>The number in a cell; NaN for an empty cell or one that says so; null for other text.</summary>
    public double? Number(ReadOnlySpan<byte> cell) => Number(cell, Separator == ';');

    private static double? Number(ReadOnlySpan<byte> cell, bool decimalComma)
    {
        if (cell.Length == 0) return double.NaN;
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return double.IsFinite(value) ? value : double.NaN;
        var text = Encoding.UTF8.GetString(cell).Trim();
        if (text.ToLowerInvariant() is "" or "na" or "null" or "none" or "inf" or "-inf" or "-") return double.NaN;
        // spreadsheets that separate cells by semicolons write decimal commas
        return decimalComma && double.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out value) ? value : null;
    }

    private static bool Fail(RejectionReason reason, string what, out SignalFault fault)
    {
        fault = new SignalFault(reason, what);
        return false;
    }
}
