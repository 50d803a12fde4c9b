using System.Globalization;
using System.Text;
using Mina.Preprocess;

namespace Mina.Host.Scoring;

/// <summary>Reads tables of AF episodes: lines of <c>record,start,end</c> in seconds from the record's start, with or without a header line.</summary>
internal static class EpisodeCsv
{
    /// <summary>Reads the table; blank lines and # comments are skipped.</summary>
    /// <param name="path">The path, for messages.</param>
    /// <param name="bytes">The table in UTF-8.</param>
    /// <exception cref="ProblemException">A line has another form.</exception>
    public static IEnumerable<(string Record, double Start, double End)> Read(string path, byte[] bytes)
    {
        var number = 0;
        var first = true;
        foreach (var raw in Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            var cells = line.Split(line.Contains(',') ? ',' : line.Contains(';') ? ';' : '\t', StringSplitOptions.TrimEntries);
            var isHeader = first && cells.Length >= 3 && cells[1].Length > 0 && char.IsLetter(cells[1][0]);
            first = false;
            if (isHeader)
                continue;
            if (cells.Length < 3 || cells[0].Length == 0 || !TrySeconds(cells[1], out var start) || !TrySeconds(cells[2], out var end) || end < start)
                throw new ProblemException($"{path}, line {number} should read 'record,start,end' with an episode's first and last second.");
            yield return (cells[0].Trim('"'), start, end);
        }
    }

    private static bool TrySeconds(string cell, out double seconds) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out seconds) && double.IsFinite(seconds) && seconds >= 0;
}
