using System.Diagnostics.CodeAnalysis;
using CsvHelper;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>
/// Reads one lead of a finished CSV recording, part by part. Opening it reads the whole text once, because only all of its times tell
/// the sampling frequency; the samples of a longer recording are then read in a second pass.
/// </summary>
internal sealed class CsvRecordingReader : RecordingReader
{
    /// <summary>A recording of up to so many samples is kept from the first pass: a quarter of an hour at 300 Hz, 1 MiB.</summary>
    private const int MaxKept = 1 << 18;

    private readonly Func<Stream> _open;
    private readonly CsvLayout _layout;
    private readonly float[]? _kept;
    private CsvReader? _rows;
    private long _position;

    private CsvRecordingReader(Func<Stream> open, CsvLayout layout, float[]? kept) => (_open, _layout, _kept) = (open, layout, kept);

    /// <summary>Opens a lead, and checks all rows.</summary>
    /// <param name="open">Opens the text from its start; called several times.</param>
    /// <param name="options">The lead, and fs where there is no time column.</param>
    /// <param name="reader">The reader.</param>
    /// <param name="fault">Why not.</param>
    /// <exception cref="IOException">The text cannot be read.</exception>
    /// <exception cref="CsvFormatException">It is not CSV.</exception>
    public static bool TryOpen(
        Func<Stream> open, ReadOptions options, [NotNullWhen(true)] out RecordingReader? reader, [NotNullWhen(false)] out SignalFault? fault)
    {
        reader = null;
        var separator = CsvLayout.SeparatorOf(open());
        using var rows = CsvLayout.Open(open(), separator);
        if (!CsvLayout.TryRead(rows, separator, options, out var more, out var layout, out fault)) return false;
        var (clock, count, kept) = (new SampleClock(), 0L, new List<float>());
        for (; more; more = rows.Read(), count++)
        {
            if (!TryReadRow(rows, layout, out var row, out fault)) return false;
            if (layout.HasTime) clock.Add(row.Seconds!.Value);
            if (count < MaxKept) kept.Add(row.Millivolts!.Value);
        }

        if (count == 0)
        {
            fault = new SignalFault(RejectionReason.UnreadableSignal, "has a header line but no samples");
            return false;
        }

        var fs = options.Fs ?? 0;
        if (layout.HasTime && !clock.TryFindFs(Times(open, layout, options), out fs, out var error))
        {
            fault = new SignalFault(RejectionReason.UnreadableSignal, error);
            return false;
        }

        reader = new CsvRecordingReader(open, layout, count <= MaxKept ? [.. kept] : null)
        {
            Leads = [.. layout.Columns.Leads.Select(lead => new RecordingLead(lead.Name, lead.Unit, fs))],
            LeadIndex = layout.LeadIndex,
            Length = count,
        };
        return true;
    }

    /// <inheritdoc/>
    public override int Read(Span<float> samples)
    {
        var count = (int)Math.Min(samples.Length, Length - _position);
        if (_kept is not null) _kept.AsSpan((int)_position, count).CopyTo(samples);
        else ReadRows(samples[..count]);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _rows?.Dispose();
    }

    private void ReadRows(Span<float> samples)
    {
        try
        {
            for (var i = 0; i < samples.Length; i++)
            {
                var more = _rows is null ? TryOpenRows(_open, _layout, out _rows) : _rows.Read();
                if (!more || _layout.ReadRow(_rows!)?.Millivolts is not { } value) throw new IOException("it has changed while it was read");
                samples[i] = value;
            }
        }
        catch (CsvFormatException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Opens the text again, as far as its first row of samples.</summary>
    /// <returns>Whether there is one.</returns>
    private static bool TryOpenRows(Func<Stream> open, CsvLayout layout, out CsvReader rows)
    {
        rows = CsvLayout.Open(open(), layout.Separator);
        var again = new ReadOptions($"{layout.LeadIndex}", 1);
        return CsvLayout.TryRead(rows, layout.Separator, again, out var more, out _, out _) && more;
    }

    private static IEnumerable<double> Times(Func<Stream> open, CsvLayout layout, ReadOptions options)
    {
        var more = TryOpenRows(open, layout, out var rows);
        using (rows)
        {
            for (; more; more = rows.Read())
            {
                if (layout.ReadRow(rows)?.Seconds is { } time) yield return time;
            }
        }
    }

    private static bool TryReadRow(CsvReader rows, CsvLayout layout, out CsvRow row, [NotNullWhen(false)] out SignalFault? fault)
    {
        fault = null;
        row = default;
        if (layout.ReadRow(rows) is not { } read)
            fault = Unreadable($"has only {rows.FieldCount} cells in line {rows.LineNumber}, where line 1 names {layout.Header.Count} columns");
        else if (read.Millivolts is null)
            fault = NotANumber(layout.Lead.Column);
        else if (read.Seconds is not { } time || !double.IsFinite(time))
            fault = NotANumber(layout.Columns.Time);
        else
            row = read;
        return fault is null;

        SignalFault NotANumber(int column)
        {
            var (cell, name) = (Quote.Short(rows.GetString(column)), Quote.Short(layout.Header[column].Trim()));
            return Unreadable($"has '{cell}' in line {rows.LineNumber}, column '{name}', where a number should be");
        }

        static SignalFault Unreadable(string what) => new(RejectionReason.UnreadableSignal, what);
    }
}
