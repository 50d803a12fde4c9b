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

    private CsvRecordingReader(Func<Stream> open, CsvLayout layout, float[]? kept) =>
        (_open, _layout, _kept) = (open, layout, kept);

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
        if (!CsvLayout.TryRead(open(), options, out var layout, out fault)) return false;
        var (times, clock, count, kept) = (layout.NewClock(), new SampleClock(), 0L, new List<float>());
        using (var rows = layout.Open(open()))
        {
            for (; rows.Read(); count++)
            {
                if (!TryReadRow(rows, layout, times, out var row, out fault)) return false;
                if (layout.HasTime) clock.Add(row.Seconds!.Value);
                if (count < MaxKept) kept.Add(row.Millivolts!.Value);
            }
        }

        if (count == 0)
        {
            fault = new SignalFault(RejectionReason.UnreadableSignal, "has a header line but no samples");
            return false;
        }

        var fs = options.Fs ?? layout.Preamble.Fs ?? 0;
        if (layout.HasTime && !clock.TryFindFs(Times(open, layout), layout.HasTimeUnit(times), out fs, out _, out var error))
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
                _rows ??= _layout.Open(_open());
                if (!_rows.Read() || _layout.ReadSample(_rows) is not { } value) throw new IOException("it has changed while it was read");
                samples[i] = value;
            }
        }
        catch (CsvFormatException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static IEnumerable<double> Times(Func<Stream> open, CsvLayout layout)
    {
        var clock = layout.NewClock();
        using var rows = layout.Open(open());
        while (rows.Read())
        {
            if (layout.ReadRow(rows, clock)?.Seconds is { } time) yield return time;
        }
    }

    private static bool TryReadRow(
        CsvReader rows, CsvLayout layout, CsvClock times, out CsvRow row, [NotNullWhen(false)] out SignalFault? fault)
    {
        fault = null;
        row = default;
        var line = rows.LineNumber + layout.Preamble.Lines;
        if (layout.ReadRow(rows, times) is not { } read)
            fault = Unreadable(layout.DescribeRow(rows, line));
        else if (read.Millivolts is null)
            fault = WrongCell(layout.Lead.Column, "a number");
        else if (read.Seconds is not { } time || !double.IsFinite(time))
            fault = WrongCell(layout.Columns.Time, "a number or a time like 2026-01-01T12:00:00.004Z");
        else
            row = read;
        return fault is null;

        SignalFault WrongCell(int column, string expected)
        {
            var (cell, name) = (Quote.Short(rows.GetString(column)), Quote.Short(layout.Header[column].Trim()));
            return Unreadable($"has '{cell}' in line {line}, column '{name}', where {expected} should be");
        }

        static SignalFault Unreadable(string what) => new(RejectionReason.UnreadableSignal, what);
    }
}
