using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>A lead's column.</summary>
internal readonly record struct CsvLead(int Column, string Name, string Unit);

/// <summary>What the columns of a CSV file are, by the names in its header line.</summary>
internal sealed class CsvColumns
{
    private static readonly string[] UnitSuffixes = ["mV", "uV", "µV", "μV", "nV", "V", "ns", "ms", "us", "s", "sec", "seconds", "milliseconds"];

    /// <summary>Index of the time column; -1 when there is none.</summary>
    public int Time { get; private init; } = -1;

    /// <summary>Seconds per unit of the time column; null where its name does not say so.</summary>
    public double? TimeUnit { get; private init; }

    /// <summary>All other columns, except those that count rows or tell the time too.</summary>
    public IReadOnlyList<CsvLead> Leads { get; private init; } = [];

    /// <summary>Reads the header's cells.</summary>
    /// <param name="header">Names, with units where given: <c>MLII (mV)</c>, <c>ecg_uV</c>, <c>time_ms</c>.</param>
    /// <param name="units">A second line of units, as PhysioNet's rdsamp writes it; null: none.</param>
    public static CsvColumns Read(IReadOnlyList<string> header, IReadOnlyList<string>? units)
    {
        var times = new List<(int Column, double? Unit, int Rank)>();
        var leads = new List<CsvLead>();
        for (var i = 0; i < header.Count; i++)
        {
            var (name, unit) = Split(Clean(header[i]));
            if (units is not null && i < units.Count && Clean(units[i]) is { Length: > 0 } below) unit = below;
            if (RankOfTime(name, unit, out var seconds) is { } rank) times.Add((i, seconds, rank));
            else if (!IsCounter(name)) leads.Add(new CsvLead(i, name, unit.Length > 0 ? unit : "mV"));
        }

        // A device's own clock has a unit; the time at which a telephone received a sample has a date and wavers.
        if (times.Count == 0) return new CsvColumns { Leads = leads };
        var best = times.MinBy(time => time.Rank);
        return new CsvColumns { Time = best.Column, TimeUnit = best.Unit, Leads = leads };
    }

    /// <summary>Whether a line holds nothing but units.</summary>
    public static bool IsUnits(IEnumerable<string> cells) =>
        cells.Select(Clean).All(c => c.ToMillivolt() is not null || SecondsOf(c) is not null || IsPattern(c) || c is "" or "sample" or "NU" or "adu" or "mmHg"
            or "bpm" or "%");

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

    /// <summary>How well a column serves as the time, 0 best; null where it is none.</summary>
    private static int? RankOfTime(string name, string unit, out double? seconds)
    {
        seconds = SecondsOf(unit);
        var lower = name.ToLowerInvariant();
        if (unit.ToMillivolt() is not null) return null;
        if (unit.Length == 0 && SecondsOf(lower) is { } named)
        {
            seconds = named;
            return 0;
        }

        if (SecondsOf(lower) is not null) return seconds is null ? null : 0;
        var words = lower.Split([' ', '_', '-', '.'], StringSplitOptions.RemoveEmptyEntries);
        if (lower is "t" or "elapsed" || words.Any(word => word is "time" or "timestamp" or "timestamps" or "datetime" or "epoch"))
            return seconds is not null ? 0 : unit.Length == 0 || IsPattern(unit) ? 1 : 3;
        return words.Any(word => word is "date" or "clock") ? 2 : null;
    }

    // 'hh:mm:ss.mmm' beneath a name.
    private static bool IsPattern(string unit) =>
        unit.Contains("mm:ss", StringComparison.OrdinalIgnoreCase) || unit.Contains("yyyy", StringComparison.OrdinalIgnoreCase);

    private static double? SecondsOf(string unit) => unit.ToLowerInvariant() switch
    {
        "s" or "sec" or "secs" or "second" or "seconds" => 1,
        "ms" or "msec" or "millisecond" or "milliseconds" => 1e-3,
        "us" or "µs" or "μs" or "usec" or "microsecond" or "microseconds" => 1e-6,
        "ns" or "nsec" or "nanosecond" or "nanoseconds" => 1e-9,
        _ => null,
    };

    // pandas writes its row numbers under an empty name.
    private static bool IsCounter(string name) =>
        name.ToLowerInvariant() is "" or "sample" or "sample #" or "samples" or "index" or "n" or "#" or "no" or "row";
}
