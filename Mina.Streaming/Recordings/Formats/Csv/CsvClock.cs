namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>
/// Reads the cells of a time column, from the first row on. A clock without a date goes on at midnight; a time without a zone is UTC, so that no
/// hour is missing or comes twice.
/// </summary>
/// <param name="unit">Seconds per unit of numbers.</param>
/// <param name="decimalComma">Whether a comma may stand in a number.</param>
internal sealed class CsvClock(double unit, bool decimalComma)
{
    private const double Day = 86400;

    private double _last = double.NaN;
    private double _days;

    /// <summary>Whether times are text, which tells its unit itself.</summary>
    public bool IsText { get; private set; }

    /// <summary>The time in a cell, in seconds (numbers without a unit: in their own); NaN for an empty cell; null where it is no time.</summary>
    public double? Read(ReadOnlySpan<byte> cell)
    {
        if (CsvPreamble.Number(cell, decimalComma) is { } number) return number * unit;
        if (!TimeText.TryParse(cell, out var time)) return null;
        IsText = true;
        if (time.HasDate) return time.Seconds;
        if (time.Seconds + _days < _last - (Day / 2)) _days += Day;
        return _last = time.Seconds + _days;
    }
}
