using CsvHelper;

namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>
/// CSV text: one header line, a time column or a given fs, one column a lead. The separator is comma, semicolon or tab, by the header
/// line; an empty cell or NaN is a missing sample; lines that begin with # are comments.
/// </summary>
internal sealed class CsvFormat : IRecordingFormat
{
    /// <inheritdoc/>
    public string Files => ".csv files";

    /// <inheritdoc/>
    public string MainFile => "a CSV file (.csv)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".csv"];

    /// <inheritdoc/>
    public bool CanFollow => true;

    /// <inheritdoc/>
    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        try
        {
            return CsvRecordingReader.TryOpen(() => files.OpenRead(null, out _), options, out var reader, out var fault)
                ? reader
                : files.Reject(fault.Reason, $"{files.Location} {fault.Message}");
        }
        catch (CsvFormatException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public GrowingReader Follow(string path, ReadOptions options) => new CsvGrowingReader(path, options);
}
