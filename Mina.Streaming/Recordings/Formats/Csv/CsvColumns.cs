using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>A lead's column.</summary>
internal readonly record struct CsvLead(int Column, string Name, string Unit);

/// <summary>What the columns of a CSV file are, by the names in its header line.</summary>
internal sealed class CsvColumns
{
    private static readonly string[] UnitSuffixes = ["mV", "uV", "µV", "μV", "ms", "us", "s", "sec", "seconds", "milliseconds"];

    /// <summary>Index of the time column; -1 when there is none.</summary>
    public int Time { get; private init; } = -1;

    /// <summary>Seconds per unit of the time column.</summary>
    public double TimeUnit { get; private init; } = 1;

    /// <summary>All other columns, except those that count rows.</summary>
    public IReadOnlyList<CsvLead> Leads { get; private init; } = [];

    /// <summary>Reads the header's cells.</summary>
    /// <param name="header">Names, with units where given: <c>MLII (mV)</c>, <c>ecg_uV</c>, <c>time_ms</c>.</param>
    /// <param name="units">A second line of units, as PhysioNet's rdsamp writes it; null: none.</param>
    public static CsvColumns Read(IReadOnlyList<string> header, IReadOnlyList<string>? units)
    {
        var time = -1;
        var timeUnit = 1.0;
        var leads = new List<CsvLead>();
        for (var i = 0; i < header.Count; i++)
        {
            var (name, unit) = Split(Clean(header[i]));
            if (units is not null && i < units.Count && Clean(units[i]) is { Length: > 0 } below) unit = below;
            if (time < 0 && SecondsPer(name, unit) is { } seconds) (time, timeUnit) = (i, seconds);
            else if (!IsCounter(name)) leads.Add(new CsvLead(i, name, unit.Length > 0 ? unit : "mV"));
        }

        return new CsvColumns { Time = time, TimeUnit = timeUnit, Leads = leads };
    }

    /// <summary>Whether a line holds nothing but units.</summary>
    public static bool IsUnits(IEnumerable<string> cells) =>
        cells.Select(Clean).All(c => c.ToMillivolt() is not null || SecondsOf(c) is not null || c is "" or "sample" or "NU" or "mmHg");

    private static string Clean(string cell) => PlainText.Clean(cell.Trim().Trim('\'', '"').Trim());

    private static (string Name, string Unit) Split(string cell)
    {
        // 'MLII (mV)' or 'MLII [mV]': the last bracket before the closing one opens the unit.
        if (cell.EndsWith(')') || cell.EndsWith(']'))
        {
            var opening = cell.AsSpan(0, cell.Length - 1).LastIndexOfAny("()[]");
            if (opening >= 0 && cell[opening] is '(' or '[' && cell[(opening + 1)..^1].Trim() is { Length: > 0 } unit) return (cell[..opening].TrimEnd(), unit);
        }

        // 'ecg_uV' or 'ecg uV'.
        var separator = cell.AsSpan().LastIndexOfAny('_', ' ');
        return separator > 0 && UnitSuffixes.Contains(cell[(separator + 1)..], StringComparer.OrdinalIgnoreCase)
            ? (cell[..separator], cell[(separator + 1)..])
            : (cell, "");
    }

    private static double? SecondsPer(string name, string unit) => name.ToLowerInvariant() switch
    {
        "time" or "t" or "timestamp" or "elapsed time" or "elapsed_time" or "elapsed" => unit.Length == 0 ? 1 : SecondsOf(unit),
        "s" or "ms" or "us" => unit.Length == 0 ? SecondsOf(name) : null,
        var other => SecondsOf(other),
    };

    private static double? SecondsOf(string unit) => unit.ToLowerInvariant() switch
    {
        "s" or "sec" or "secs" or "second" or "seconds" => 1,
        "ms" or "msec" or "millisecond" or "milliseconds" => 1e-3,
        "us" or "µs" or "usec" or "microsecond" or "microseconds" => 1e-6,
        _ => null,
    };

    // pandas writes its row numbers under an empty name.
    private static bool IsCounter(string name) =>
        name.ToLowerInvariant() is "" or "sample" or "sample #" or "samples" or "index" or "n" or "#" or "no" or "row";
}
