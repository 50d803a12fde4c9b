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
        var separator = CsvLayout.SeparatorOf(text);
        using var reader = CsvLayout.Open(text, separator);
        if (!CsvLayout.TryRead(reader, separator, options, out var more, out var layout, out var fault)) return Fail(fault.Reason, fault.Message);
        var (lead, time) = (layout.Lead, layout.Columns.Time);
        var samples = new List<float>(4096);
        var times = new List<double>(time < 0 ? 0 : 4096);
        for (; more; more = reader.Read())
        {
            var cells = reader.FieldCount;
            if (cells < layout.LeastCells)
                return Fail(RejectionReason.UnreadableSignal, $"has only {cells} cells in line {reader.LineNumber}, where line 1 names {layout.Header.Count} columns");
            if (layout.Number(reader.GetSpan(lead.Column)) is not { } value) return NotANumber(lead.Column);
            samples.Add((float)(value * layout.Scale));
            if (time < 0) continue;
            if (layout.Number(reader.GetSpan(time)) is not { } at || !double.IsFinite(at)) return NotANumber(time);
            times.Add(at * layout.Columns.TimeUnit);
        }

        if (samples.Count == 0) return Fail(RejectionReason.UnreadableSignal, "has a header line but no samples");
        double fs;
        if (time < 0) fs = options.Fs!.Value;
        else if (!SampleClock.TryFs(times, out fs, out var error)) return Fail(RejectionReason.UnreadableSignal, error);
        return new Recording(id, fs, [.. samples]) { Lead = lead.Name };

        ReadOutcome Fail(RejectionReason reason, string what) => new Rejection(id, reason, $"{location} {what}");

        ReadOutcome NotANumber(int column) => Fail(
            RejectionReason.UnreadableSignal,
            $"has '{Quote.Short(reader.GetString(column))}' in line {reader.LineNumber}, column '{Quote.Short(layout.Header[column].Trim())}', where a number should be");
    }
}
