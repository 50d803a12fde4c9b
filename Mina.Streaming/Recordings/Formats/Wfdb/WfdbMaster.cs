using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>A segment of a multi-segment record.</summary>
/// <param name="Name">The segment's record, beside the master header; null for a gap (<c>~</c>).</param>
/// <param name="Length">Frames.</param>
internal readonly record struct WfdbSegment(string? Name, long Length);

/// <summary>
/// The header of a multi-segment record (header(5) of the WFDB Applications Guide), as in MIMIC: it names the records that follow each other in
/// time. Where the first of them has no length it is the layout, which lists all signals, and segments may lack some of them or order them
/// otherwise (variable layout); else all segments have the same signals (fixed layout).
/// </summary>
/// <param name="Line">The record line.</param>
/// <param name="Layout">The layout's record; null in a fixed layout.</param>
/// <param name="Segments">At least one, without the layout.</param>
internal sealed record WfdbMaster(WfdbHeader.RecordLine Line, string? Layout, IReadOnlyList<WfdbSegment> Segments)
{
    private const int MaxSegments = 100_000;
    private const long MaxFrames = 1L << 40;

    /// <summary>Frames of all segments.</summary>
    public long Length => Segments.Sum(segment => segment.Length);

    /// <summary>The records that it names, the layout among them.</summary>
    public IEnumerable<string> Records => Segments.Select(segment => segment.Name).Prepend(Layout).OfType<string>().Distinct();

    /// <summary>Whether a header is that of a multi-segment record.</summary>
    public static bool IsMaster(string text) =>
        FirstLine(text) is { } line && WfdbHeader.RecordLine.TryParse(line.Text, out var record, out _) && record.Segments is not null;

    /// <summary>Reads a header.</summary>
    /// <returns>False, and what is wrong as half a sentence ("line 2 ..."), when the text is none of a multi-segment record.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out WfdbMaster? master, [NotNullWhen(false)] out string? error)
    {
        (master, error) = (null, null);
        WfdbHeader.RecordLine? record = null;
        var segments = new List<WfdbSegment>();
        foreach (var (line, number) in Lines(text))
        {
            if (record is null)
            {
                if (!WfdbHeader.RecordLine.TryParse(line, out record, out error))
                {
                    error = $"line {number} {error}";
                    return false;
                }

                continue;
            }

            if (segments.Count == record.Segments) break;
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2 || !Numbers.TryLong(fields[1], out var length) || length is < 0 or > MaxFrames)
            {
                error = $"line {number} should read 'segment length', but reads '{Quote.Short(line)}'";
                return false;
            }

            if (fields[0] != "~" && !RelativeName.IsInside(fields[0]))
            {
                error = $"line {number} names the segment '{Quote.Short(fields[0])}', which should be a record beside the header";
                return false;
            }

            segments.Add(new WfdbSegment(fields[0] == "~" ? null : fields[0], length));
            if (segments.Count <= MaxSegments) continue;
            error = $"it has more than the {MaxSegments} segments that are read";
            return false;
        }

        if (record is null)
        {
            error = "it is empty";
            return false;
        }

        if (record.Segments is null)
        {
            error = "line 1 is not that of a multi-segment record";
            return false;
        }

        if (segments.Count < record.Segments)
        {
            error = $"line 1 promises {record.Segments} segments, but only {segments.Count} lines follow";
            return false;
        }

        var layout = segments[0] is { Name: { } first, Length: 0 } ? first : null;
        IReadOnlyList<WfdbSegment> played = layout is null ? segments : segments[1..];
        master = new WfdbMaster(record, layout, [.. played.Where(segment => segment.Length > 0)]);
        if (master.Segments.All(segment => segment.Name is null) || master.Length > MaxFrames)
        {
            error = master.Length > MaxFrames ? "its segments would last for years" : "it names no segment that has samples";
            return false;
        }

        error = null;
        return true;
    }

    private static (string Text, int Number)? FirstLine(string text)
    {
        foreach (var line in Lines(text)) return line;
        return null;
    }

    private static IEnumerable<(string Text, int Number)> Lines(string text) => text.Split(WfdbHeader.LineEnds, StringSplitOptions.None)
        .Select((line, i) => (Text: line.Trim().TrimStart('\uFEFF'), Number: i + 1))
        .Where(line => line.Text.Length > 0 && line.Text[0] != '#');
}
