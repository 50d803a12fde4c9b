using CsvHelper;

namespace Mina.Streaming.Files;

/// <summary>
/// Reads and writes tables as CSV (RFC 4180 with line feeds; invariant numbers). A cell is quoted only where it must be. Text from outside is
/// made harmless: what a spreadsheet would run as a formula gets an apostrophe before it, and what a terminal would obey becomes U+FFFD
/// (<see cref="PlainText"/>).
/// </summary>
public static class CsvTable
{
    private static readonly CsvWriterOptions Options = new() { NewLine = "\n", Injection = CsvInjection.Escape };

    /// <summary>Reads a small table whose first line names its columns. Cells are trimmed; commas or semicolons stand between them.</summary>
    /// <param name="text">The table.</param>
    /// <returns>The names of the columns, none of an empty text, and of each row its line, from 1, and its cells by column.</returns>
    /// <exception cref="InvalidDataException">It is no such table; the message says why, without a full stop.</exception>
    public static (IReadOnlyList<string> Header, IReadOnlyList<(long Line, IReadOnlyDictionary<string, string> Cells)> Rows) Read(string text)
    {
        var first = text.AsSpan(0, text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? end : text.Length);
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            Separator = first.Contains(';') && !first.Contains(',') ? ';' : ',',
            TrimWhitespace = true,
            TrackLineNumbers = true,
        };
        var (header, rows) = (new List<string>(), new List<(long, IReadOnlyDictionary<string, string>)>());
        try
        {
            using var csv = CsvReader.Create(new StringReader(text), options);
            while (csv.Read())
            {
                var cells = Enumerable.Range(0, csv.FieldCount).Select(csv.GetString).ToList();
                if (header.Count == 0)
                {
                    header = cells;
                    if (header.Distinct(StringComparer.Ordinal).Count() < header.Count)
                        throw new InvalidDataException("two of its columns have one name");
                    continue;
                }

                if (cells.Count > header.Count)
                    throw new InvalidDataException($"line {csv.LineNumber} has {cells.Count} cells, and there are {header.Count} columns");
                rows.Add((csv.LineNumber, cells.Zip(header).ToDictionary(pair => pair.Second, pair => pair.First, StringComparer.Ordinal)));
            }
        }
        catch (CsvFormatException e)
        {
            throw new InvalidDataException($"it is no CSV ({e.Message.Split('\n')[0].TrimEnd('.', '\r')})", e);
        }

        return (header, rows);
    }

    /// <summary>Writes a table.</summary>
    /// <param name="output">Where the text goes; it stays open.</param>
    /// <param name="header">The names of the columns.</param>
    /// <param name="rows">The cells of each row. Null is an empty cell, and a number is never taken for a formula.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<object?>> rows)
    {
        using var csv = CsvWriter.Create(output, Options, leaveOpen: true);
        foreach (var name in header)
            csv.WriteField(name);
        csv.EndRecord();
        foreach (var row in rows)
        {
            foreach (var cell in row)
            {
                if (cell is string text)
                    csv.WriteField(PlainText.Clean(text, keep: "\t\r\n"));
                else
                    csv.WriteField(cell);
            }

            csv.EndRecord();
        }
    }
}
