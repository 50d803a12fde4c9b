using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>Finds the recordings among the files of a folder or a zip.</summary>
internal sealed class RecordingFinder(RecordingFormats formats)
{
    /// <summary>The recordings among files.</summary>
    /// <param name="source">Where the files are.</param>
    /// <param name="files">The files that may be recordings'.</param>
    /// <param name="named">The user named one file, rather than a folder or zip.</param>
    /// <returns>An entry for each recording, and for each file that should be one and cannot be read.</returns>
    public IEnumerable<RecordingEntry> Find(FileSource source, IReadOnlyList<SourceFile> files, bool named)
    {
        var companions = Companions(files);
        var parts = named ? [] : Parts(source, files);
        foreach (var file in files.Where(file => !companions.Files.Contains(file.Path) && !parts.Contains(file.Path)))
        {
            if (!PlainText.IsPlain(file.Path) && (formats.Knows(file.Name) || Orphan(file, named) is not null))
            {
                // Such a name could change what a terminal or a log shows of its neighbours.
                var location = source.LocationOf(file.Path);
                yield return new FaultyEntry(
                    file.Stem, location, file.Bytes, RejectionReason.UnreadableHeader, $"{location} has control characters in its name: rename it");
            }
            else if (formats.FormatOf(source, file) is { } format)
            {
                yield return new FormatEntry(format, new RecordingFiles(source, file), companions.Bytes.GetValueOrDefault((format, KeyOf(file))));
            }
            else if (Orphan(file, named) is { } problem)
            {
                var location = source.LocationOf(file.Path);
                yield return new FaultyEntry(file.Stem, location, file.Bytes, RejectionReason.UnreadableHeader, $"{location} {problem}");
            }
        }
    }

    /// <summary>The files of the recording that a file belongs to: its main file first, which may be another one, then its companions.</summary>
    /// <param name="source">Where the file is.</param>
    /// <param name="path">The file's path.</param>
    public IReadOnlyList<SourceFile> FilesOf(FileSource source, string path)
    {
        var main = formats.Formats
            .Where(format => RecordingFormats.Has(path, format.CompanionExtensions))
            .SelectMany(format => format.Extensions)
            .Select(extension => source.Find(Path.ChangeExtension(path, extension)))
            .FirstOrDefault(found => found is not null) ?? source.Find(path);
        if (main is not { } found) return [];
        var companions = formats.Formats
            .Where(format => RecordingFormats.Has(found.Name, format.Extensions))
            .SelectMany(format => format.CompanionExtensions)
            .Select(extension => source.Find(Path.ChangeExtension(found.Path, extension)))
            .OfType<SourceFile>();
        return [found, .. companions.Where(companion => companion.Path != found.Path).DistinctBy(companion => companion.Path)];
    }

    /// <summary>The files whose main file is there too, and how many bytes those of each main file have.</summary>
    private (HashSet<string> Files, Dictionary<(IRecordingFormat Format, string Key), long> Bytes) Companions(IReadOnlyList<SourceFile> files)
    {
        var mains = new HashSet<(IRecordingFormat, string)>();
        foreach (var format in formats.Formats.Where(format => format.CompanionExtensions.Count > 0))
        {
            foreach (var file in files.Where(file => RecordingFormats.Has(file.Name, format.Extensions))) mains.Add((format, KeyOf(file)));
        }

        var companions = new HashSet<string>(StringComparer.Ordinal);
        var bytes = new Dictionary<(IRecordingFormat, string), long>();
        foreach (var format in formats.Formats)
        {
            foreach (var file in files.Where(file => RecordingFormats.Has(file.Name, format.CompanionExtensions)))
            {
                var key = (format, KeyOf(file));
                if (!mains.Contains(key)) continue;
                companions.Add(file.Path);
                var before = bytes.GetValueOrDefault(key);
                bytes[key] = before > long.MaxValue - file.Bytes ? long.MaxValue : before + file.Bytes;
            }
        }

        return (companions, bytes);
    }

    /// <summary>The main files that are parts of others.</summary>
    private HashSet<string> Parts(FileSource source, IReadOnlyList<SourceFile> files)
    {
        var parts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var format in formats.Formats)
        {
            foreach (var folder in files.Where(file => RecordingFormats.Has(file.Name, format.Extensions)).GroupBy(file => file.Folder, StringComparer.Ordinal))
            {
                var mains = folder.ToList();
                if (!format.MayHaveParts([.. mains.Select(file => file.Name)])) continue;
                foreach (var main in mains)
                {
                    try
                    {
                        foreach (var part in format.PartsOf(new RecordingFiles(source, main))) parts.Add(main.Beside(part));
                    }
                    catch (IOException)
                    {
                        // It says so itself when it is read.
                    }
                }
            }
        }

        return parts;
    }

    private string? Orphan(SourceFile file, bool named) => formats.Formats
        .Where(format => RecordingFormats.Has(file.Name, format.CompanionExtensions))
        .Select(format => format.DescribeOrphan(file.Name, named))
        .FirstOrDefault(problem => problem is not null);

    private static string KeyOf(SourceFile file) => file.Beside(file.Stem);
}
