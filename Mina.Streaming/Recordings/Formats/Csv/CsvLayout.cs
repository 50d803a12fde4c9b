using System.Diagnostics.CodeAnalysis;
using CsvHelper;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>One row of a CSV recording.</summary>
/// <param name="Millivolts">The lead's sample; NaN for an empty cell; null where the cell is not a number.</param>
/// <param name="Seconds">The time; NaN for an empty cell; null where the cell is not a number; 0 where there is no time column.</param>
internal readonly record struct CsvRow(float? Millivolts, double? Seconds);

/// <summary>How a CSV recording is to be read: the separator, the lead's column, the time's.</summary>
internal sealed class CsvLayout
{
    /// <summary>What stands before the samples.</summary>
    public required CsvPreamble Preamble { get; init; }

    /// <summary>The character between cells.</summary>
    public char Separator => Preamble.Separator;

    /// <summary>The columns' names.</summary>
    public IReadOnlyList<string> Header => Preamble.Header;

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

    /// <summary>Reads what stands before the samples, and chooses the lead.</summary>
    /// <param name="text">The text from its start; read as far as the first row, and disposed.</param>
    /// <param name="options">The lead, and fs where the file does not tell it.</param>
    /// <param name="layout">The result.</param>
    /// <param name="fault">Why not.</param>
    /// <exception cref="IOException">The text cannot be read.</exception>
    public static bool TryRead(
        Stream text, ReadOptions options, [NotNullWhen(true)] out CsvLayout? layout, [NotNullWhen(false)] out SignalFault? fault)
    {
        layout = null;
        if (!CsvPreamble.TryRead(text, out var preamble, out fault)) return false;
        var columns = CsvColumns.Read(preamble.Header, preamble.Units);
        if (columns.Leads.Count == 0)
        {
            return Fail(
                RejectionReason.UnreadableHeader,
                $"has no lead: line {preamble.HeaderLine} should name at least one column that is not the time",
                out fault);
        }

        if (columns.Time < 0 && (options.Fs ?? preamble.Fs) is null)
        {
            const string NoFs = "does not say its sampling frequency: add a time column ('time' in seconds, or 'time_ms') or give --fs";
            return Fail(RejectionReason.UnreadableHeader, NoFs, out fault);
        }

        if (!LeadChoice.TryChoose([.. columns.Leads.Select(l => (l.Name, l.Unit))], options.Lead, out var index, out var error))
            return Fail(RejectionReason.UnreadableSignal, error, out fault);
        layout = new CsvLayout
        {
            Preamble = preamble,
            Columns = columns,
            LeadIndex = index,
            Scale = columns.Leads[index].Unit.ToMillivolt() ?? 1,
        };
        return true;
    }

    /// <summary>Begins to read rows.</summary>
    /// <param name="rows">Text of whole rows.</param>
    public CsvReader Open(byte[] rows) => CsvReader.Create(rows, OptionsFor(Separator));

    /// <summary>Begins to read the rows of a text.</summary>
    /// <param name="text">The text from its start; disposed with the reader.</param>
    /// <exception cref="IOException">The text cannot be read.</exception>
    public CsvReader Open(Stream text)
    {
        var buffer = new byte[4096];
        for (var left = Preamble.Bytes; left > 0;)
        {
            var got = text.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (got == 0) throw new EndOfStreamException("it became shorter while it was read");
            left -= got;
        }

        return CsvReader.Create(text, OptionsFor(Separator));
    }

    /// <summary>Begins to read the times of rows.</summary>
    public CsvClock NewClock() => new(Columns.TimeUnit ?? 1, Separator != ',');

    /// <summary>Whether the time's unit is known before the sampling frequency is.</summary>
    /// <param name="clock">What read the times.</param>
    public bool HasTimeUnit(CsvClock clock) => Columns.TimeUnit is not null || clock.IsText;

    /// <summary>Reads the row that a reader stands at.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="clock">Reads the times, in the order of the rows.</param>
    /// <returns>Null when the row has fewer than <see cref="MinCells"/> cells, or more than there are names.</returns>
    public CsvRow? ReadRow(CsvReader reader, CsvClock clock)
    {
        if (reader.FieldCount < MinCells || HasCellsBeyondNames(reader)) return null;
        var time = HasTime ? clock.Read(reader.GetSpan(Columns.Time)) : 0;
        return new CsvRow(SampleIn(reader), time);
    }

    /// <summary>Reads the sample of the row that a reader stands at.</summary>
    /// <param name="reader">The reader.</param>
    /// <returns>In mV, as <see cref="CsvRow.Millivolts"/>; null also when the row has not the cells that it must have.</returns>
    public float? ReadSample(CsvReader reader) => reader.FieldCount < MinCells || HasCellsBeyondNames(reader) ? null : SampleIn(reader);

    private float? SampleIn(CsvReader reader) => (float?)(CsvPreamble.Number(reader.GetSpan(Lead.Column), Separator != ',') * Scale);

    /// <summary>Whether a row has more cells than there are names: no name tells which of them is the lead. Empty cells at its end do not count.</summary>
    public bool HasCellsBeyondNames(CsvReader reader)
    {
        for (var i = Header.Count; i < reader.FieldCount; i++)
        {
            if (reader.GetSpan(i).Length > 0) return true;
        }

        return false;
    }

    /// <summary>What is wrong with a row that <see cref="ReadRow"/> does not read.</summary>
    /// <param name="reader">At the row.</param>
    /// <param name="line">The row's line, from 1.</param>
    public string DescribeRow(CsvReader reader, long line) => reader.FieldCount < MinCells
        ? $"has only {reader.FieldCount} cells in line {line}, where line {Preamble.HeaderLine} names {Header.Count} columns"
        : $"has {reader.FieldCount} cells in line {line}, where {(Header.Count == 1 ? "1 column is" : $"{Header.Count} columns are")} named"
            + (Separator == ',' ? ": numbers with decimal commas need semicolons between the cells" : ": name every column");

    private static CsvReaderOptions OptionsFor(char separator) => new()
    {
        HasHeader = false,
        Separator = separator,
        CommentPrefix = '#',
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MaxRecordSize = CsvPreamble.MaxLineBytes,
    };

    private static bool Fail(RejectionReason reason, string what, out SignalFault fault)
    {
        fault = new SignalFault(reason, what);
        return false;
    }
}
