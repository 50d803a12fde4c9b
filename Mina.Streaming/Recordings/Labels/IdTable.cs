using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Streaming.Recordings.Labels;

/// <summary>Reads tables of two columns, <c>id,value</c>, with or without a header line. Pure.</summary>
internal static class IdTable
{
    /// <summary>A table of a million recordings has about 20 MB.</summary>
    public const long MaxBytes = 256L << 20;

    private static readonly string[] IdNames = ["id", "record", "recording", "recording_id", "record_id", "recordid", "name", "file", "filename", "file_name"];

    /// <summary>A recording's name, without the folders that an id may have before it.</summary>
    public static string NameIn(string id) => id[(id.LastIndexOf('/') + 1)..];

    /// <summary>Reads the rows into <paramref name="into"/>; blank lines and # comments are skipped.</summary>
    /// <param name="location">The file, for messages.</param>
    /// <param name="text">Its whole text.</param>
    /// <param name="valueNames">What the value's column may be called in a header line.</param>
    /// <param name="parse">Reads a value from its cell; false when the cell holds no such value.</param>
    /// <param name="expected">What a value may be, for messages.</param>
    /// <param name="formats">Formats of recordings: an id may be written with the extension of one of their files.</param>
    /// <param name="into">Where the rows go; earlier ones of another file must agree.</param>
    /// <exception cref="ProblemException">A bad line, or an id with two values.</exception>
    public static void Read<T>(
        string location,
        string text,
        string[] valueNames,
        TryParse<T> parse,
        string expected,
        RecordingFormats formats,
        Dictionary<string, (T Value, string At)> into)
    {
        var number = 0;
        var first = true;
        var idColumn = 0;
        var valueColumn = 1;
        foreach (var raw in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            var cells = line.Split(line.Contains(',') ? ',' : line.Contains(';') ? ';' : '\t', StringSplitOptions.TrimEntries);
            for (var i = 0; i < cells.Length; i++) cells[i] = cells[i].Trim('"').Trim();
            if (first)
            {
                first = false;
                var id = Array.FindIndex(cells, c => IdNames.Contains(c, StringComparer.OrdinalIgnoreCase));
                var value = Array.FindIndex(cells, c => valueNames.Contains(c, StringComparer.OrdinalIgnoreCase));
                if (id >= 0 && value >= 0)
                {
                    (idColumn, valueColumn) = (id, value);
                    continue;
                }
            }

            if (cells.Length <= Math.Max(idColumn, valueColumn) || cells[idColumn].Length == 0 || !PlainText.IsPlain(cells[idColumn]))
                throw new ProblemException($"{location}, line {number}: '{Quote.Short(line)}' should read 'id,{valueNames[0]}'");
            if (!parse(cells[valueColumn], out var parsed))
                throw new ProblemException($"{location}, line {number}: '{Quote.Short(cells[valueColumn])}' is no {valueNames[0]}; it should be {expected}");

            var key = formats.WithoutExtension(cells[idColumn]);
            var at = $"{location}, line {number}";
            if (into.TryAdd(key, (parsed, at)) || EqualityComparer<T>.Default.Equals(into[key].Value, parsed)) continue;
            throw new ProblemException($"{at}: {Quote.Short(key)} has the {valueNames[0]} {parsed}, but {into[key].Value} in {into[key].At}: keep one of them");
        }
    }

    /// <summary>Reads a text file whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it should be, for messages: "label file".</param>
    /// <exception cref="ProblemException">It cannot be read.</exception>
    public static string TextOf(string path, string what)
    {
        try
        {
            // A pipe or a device looks empty too; passing it over in silence would lose what it was named for.
            if (PlainFile.LooksEmpty(path))
                throw new ProblemException(
                    $"{path} is {PlainFile.FindKindOtherThanFile(path) ?? "empty"}: give a {what}, a file with a line for each recording");
            return PlainFile.ReadAllText(path, MaxBytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ProblemException($"{path} is not there: give the {what}'s path", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{path} cannot be read ({e.Message.TrimEnd('.')}): give a {what} that may be read", e);
        }
    }
}

/// <summary>Reads a value from a cell.</summary>
internal delegate bool TryParse<T>(string cell, out T value);
