using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Labels;

/// <summary>
/// What recordings show, by id: <c>REFERENCE-v3.csv</c> of CinC 2017 and the like (<c>id,label</c>; N, A, O, ~ or Normal, AF, Other, Noisy).
/// Immutable.
/// </summary>
public sealed class LabelTable
{
    private const string Expected = "N, A, O or ~ (or Normal, AF, Other, Noisy)";
    private static readonly string[] ValueNames = ["label", "rhythm", "class", "reference", "diagnosis"];

    private readonly Dictionary<string, (Label Value, string At)> _labels;

    private LabelTable(string source, Dictionary<string, (Label Value, string At)> labels)
    {
        Source = source;
        _labels = labels;
    }

    /// <summary>The file, or files, that it was read from.</summary>
    public string Source { get; }

    /// <summary>Number of ids.</summary>
    public int Count => _labels.Count;

    /// <summary>The ids, sorted (ordinal).</summary>
    public IReadOnlyList<string> Ids => [.. _labels.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Reads a label file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="formats">Formats whose extensions an id may be written with; null: <see cref="RecordingFormats.All"/>.</param>
    /// <exception cref="ProblemException">It cannot be read, has a bad line (named by number), or gives an id two labels.</exception>
    public static LabelTable Load(string path, RecordingFormats? formats = null) => Parse(path, IdTable.TextOf(path, "label file"), formats);

    /// <summary>Reads labels from text.</summary>
    /// <param name="source">Where the text comes from, for messages.</param>
    /// <param name="text">LF or CRLF, with or without a header line and byte order mark.</param>
    /// <param name="formats">As for <see cref="Load"/>.</param>
    /// <exception cref="ProblemException">As <see cref="Load"/>.</exception>
    public static LabelTable Parse(string source, string text, RecordingFormats? formats = null) => Read([(source, text)], formats ?? RecordingFormats.All);

    /// <summary>
    /// The labels beside recordings: <c>labels.csv</c>, else the highest <c>REFERENCE-vN.csv</c>, in the folder, in the zip, or in the folder of
    /// the zip or file; where the folder itself has none, those of its subfolders and zips together. <see cref="Source"/> says which.
    /// </summary>
    /// <param name="path">The path that the recordings are read from.</param>
    /// <param name="formats">The formats that the recordings may have; null: <see cref="RecordingFormats.All"/>.</param>
    /// <returns>Null when there are none.</returns>
    /// <exception cref="ProblemException">As <see cref="Load"/>, or there is nothing at this path.</exception>
    public static LabelTable? FindBeside(string path, RecordingFormats? formats = null)
    {
        using var tree = new SourceTree(path, [], formats ?? RecordingFormats.All);
        return FindIn(tree, formats ?? RecordingFormats.All);
    }

    /// <summary>The label of a recording; null when the table does not name it.</summary>
    /// <param name="id">
    /// The recording's id. One that has folders before its name, because several recordings have that name, is looked up by the name too.
    /// </param>
    public Label? Find(string id) => _labels.TryGetValue(id, out var label) || _labels.TryGetValue(IdTable.NameIn(id), out label) ? label.Value : null;

    /// <summary>The ids that are labelled but not among these recordings, sorted (ordinal): for the summary.</summary>
    public IReadOnlyList<string> Without(IEnumerable<string> recordings)
    {
        var there = recordings.SelectMany(id => new[] { id, IdTable.NameIn(id) }).ToHashSet(StringComparer.Ordinal);
        return [.. _labels.Keys.Where(id => !there.Contains(id)).Order(StringComparer.Ordinal)];
    }

    internal static LabelTable? FindIn(SourceTree tree, RecordingFormats formats)
    {
        var beside = Beside(tree);
        var inside = tree.Labels()
            .GroupBy(label => label.Source.LocationOf(label.File.Folder), StringComparer.Ordinal)
            .Select(folder => folder.MaxBy(label => LabelFile.VersionOf(label.File.Name)))
            .ToList();
        var best = inside.Count == 0 ? (int?)null : inside.Max(label => LabelFile.VersionOf(label.File.Name));
        if (beside is not null && (best is null || tree.IsFolder || LabelFile.VersionOf(Path.GetFileName(beside)) > best))
            return PlainFile.LooksEmpty(beside) ? Parse(beside, "", formats) : Load(beside, formats);
        if (inside.Count == 0) return null;
        return Read([.. inside.Select(label => (label.Source.LocationOf(label.File.Path), TextOf(label.Source, label.File)))], formats);
    }

    private static string? Beside(SourceTree tree)
    {
        try
        {
            return Directory.EnumerateFiles(tree.LabelFolder, "*.csv")
                .Where(f => LabelFile.VersionOf(Path.GetFileName(f)) is not null)
                .Order(StringComparer.Ordinal)
                .MaxBy(f => LabelFile.VersionOf(Path.GetFileName(f)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string TextOf(FileSource source, SourceFile file)
    {
        try
        {
            return Encoding.UTF8.GetString(source.ReadAll(file.Path, IdTable.MaxBytes));
        }
        catch (IOException e)
        {
            throw new ProblemException($"{source.LocationOf(file.Path)} cannot be read ({e.Message.TrimEnd('.')}): get the labels again", e);
        }
    }

    private static bool TryParseLabel(string cell, out Label label) => Preprocess.Labels.TryParse(cell, out label);

    private static LabelTable Read(IReadOnlyList<(string Source, string Text)> files, RecordingFormats formats)
    {
        var labels = new Dictionary<string, (Label, string)>(StringComparer.Ordinal);
        foreach (var (source, text) in files)
        {
            var table = Cpsc2018Reference.IsOne(text) ? Cpsc2018Reference.ToLabels(source, text) : text;
            IdTable.Read(source, table, ValueNames, TryParseLabel, Expected, formats, labels);
        }


        return new LabelTable(string.Join(", ", files.Select(f => f.Source)), labels);
    }
}
