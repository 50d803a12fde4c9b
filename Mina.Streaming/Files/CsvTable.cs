using CsvHelper;

namespace Mina.Streaming.Files;

/// <summary>
/// Writes tables as CSV (RFC 4180 with line feeds; invariant numbers). A cell is quoted only where it must be. Text from outside is
/// made harmless: what a spreadsheet would run as a formula gets an apostrophe before it, and what a terminal would obey becomes U+FFFD
/// (<see cref="PlainText"/>).
/// </summary>
public static class CsvTable
{
    private static readonly CsvWriterOptions Options = new() { NewLine = "\n", Injection = CsvInjection.Escape };

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
