using System.Globalization;
using System.Text;
using CsvHelper;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>
/// Reads a recording from CSV text: one header line, a time column or a given fs, one column a lead. Delimiter comma, semicolon
/// or tab, by the header line; an empty cell or NaN is a missing sample; lines that begin with # are comments. Pure.
/// </summary>
internal static class CsvRecording
{
    /// <summary>Reads one lead.</summary>
    /// <param name="id">The recording's id.</param>
    /// <param name="location">The file, for messages.</param>
    /// <param name="text">The whole file.</param>
    /// <param name="options">The lead, and fs where there is no time column.</param>
    public static ReadOutcome Read(string id, string location, byte[] text, ReadOptions options)
    {
        var settings = new CsvReaderOptions { HasHeader = false, Separator = SeparatorOf(text), CommentPrefix = '#', TrimWhitespace = true, TrackLineNumbers = true };
        using var reader = CsvReader.Create(text, settings);
        var decimalComma = settings.Separator == ';';
        if (!reader.Read()) return Fail(RejectionReason.UnreadableHeader, "is empty");
        var header = reader.Current.ToArray();
        if (header.All(cell => Number(Encoding.UTF8.GetBytes(cell), decimalComma) is not null))
            return Fail(RejectionReason.UnreadableHeader, "has no header line: name the columns in line 1, e.g. 'time,MLII (mV)'");

        var more = reader.Read();
        var units = more && reader.Current.ToArray() is var second && CsvColumns.IsUnits(second) && second.Any(cell => cell.Length > 0) ? second : null;
        if (units is not null) more = reader.Read();
        var columns = CsvColumns.Of(header, units);
        if (columns.Leads.Count == 0) return Fail(RejectionReason.UnreadableHeader, "has no lead: line 1 should name at least one column that is not the time");
        if (columns.Time < 0 && options.Fs is null)
            return Fail(RejectionReason.UnreadableHeader, "does not say its sampling frequency: add a time column ('time' in seconds, or 'time_ms') or give --fs");
        if (!LeadChoice.TryChoose([.. columns.Leads.Select(l => (l.Name, l.Unit))], options.Lead, out var index, out var error))
            return Fail(RejectionReason.UnreadableSignal, error);
        var lead = columns.Leads[index];

        var scale = lead.Unit.ToMillivolt() ?? 1;
        var samples = new List<float>(4096);
        var times = new List<double>(columns.Time < 0 ? 0 : 4096);
        for (; more; more = reader.Read())
        {
            var cells = reader.FieldCount;
            if (cells <= lead.Column || cells <= columns.Time)
                return Fail(RejectionReason.UnreadableSignal, $"has only {cells} cells in line {reader.LineNumber}, where line 1 names {header.Length} columns");
            if (Number(reader.GetSpan(lead.Column), decimalComma) is not { } value) return NotANumber(lead.Column);
            samples.Add((float)(value * scale));
            if (columns.Time < 0) continue;
            if (Number(reader.GetSpan(columns.Time), decimalComma) is not { } time || !double.IsFinite(time)) return NotANumber(columns.Time);
            times.Add(time * columns.TimeUnit);
        }

        if (samples.Count == 0) return Fail(RejectionReason.UnreadableSignal, "has a header line but no samples");
        double fs;
        if (columns.Time < 0) fs = options.Fs!.Value;
        else if (!SampleClock.TryFs(times, out fs, out error)) return Fail(RejectionReason.UnreadableSignal, error);
        return new Recording(id, fs, [.. samples]) { Lead = lead.Name };

        ReadOutcome Fail(RejectionReason reason, string what) => new Rejection(id, reason, $"{location} {what}");

        ReadOutcome NotANumber(int column) => Fail(
            RejectionReason.UnreadableSignal,
            $"has '{Quote.Short(reader.GetString(column))}' in line {reader.LineNumber}, column '{Quote.Short(header[column].Trim())}', where a number should be");
    }

    /// <summary>The number in a cell; NaN for an empty cell or one that says so; null for other text.</summary>
    private static double? Number(ReadOnlySpan<byte> cell, bool decimalComma)
    {
        if (cell.Length == 0) return double.NaN;
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return double.IsFinite(value) ? value : double.NaN;
        var text = Encoding.UTF8.GetString(cell).Trim();
        if (text.ToLowerInvariant() is "" or "na" or "null" or "none" or "inf" or "-inf" or "-") return double.NaN;
        // spreadsheets that separate cells by semicolons write decimal commas
        return decimalComma && double.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out value) ? value : null;
    }

    private static char SeparatorOf(byte[] text)
    {
        using var reader = new StreamReader(new MemoryStream(text, writable: false), Encoding.UTF8);
        var line = reader.ReadLine();
        while (line is not null && (line.Length == 0 || line[0] == '#')) line = reader.ReadLine();
        if (line is null) return ',';
        return line.Contains(';') ? ';' : line.Contains('\t') && !line.Contains(',') ? '\t' : ',';
    }
}
