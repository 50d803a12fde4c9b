using CsvHelper;

namespace Mina.Streaming.Files;

/// <summary>
/// Writes CSV: RFC 4180 with LF at the end of a line. A cell that a spreadsheet would run as a formula, because an id out of a stranger's
/// file begins with <c>=</c>, <c>+</c>, <c>-</c> or <c>@</c>, gets an apostrophe before it.
/// </summary>
public sealed class CsvTable : IDisposable
{
    private static readonly CsvWriterOptions Options = new() { NewLine = "\n", Injection = CsvInjection.Escape };

    private readonly CsvWriter _csv;

    /// <summary>A table without a row.</summary>
    /// <param name="output">Where the table is written; it stays open.</param>
    public CsvTable(TextWriter output) => _csv = CsvWriter.Create(output, Options, leaveOpen: true);

    /// <summary>Writes one row.</summary>
    public void Row(params ReadOnlySpan<string> cells) => _csv.WriteRecord(cells);

    /// <summary>Writes what is still in the buffer.</summary>
    public void Dispose() => _csv.Dispose();
}
