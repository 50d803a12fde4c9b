using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Streaming.Recordings.Conversion;

/// <summary>The formats that recordings are written in.</summary>
public enum ConversionFormat
{
    /// <summary>A WFDB record: <c>.hea</c>, <c>.dat</c> and, where there are annotations, <c>.atr</c>.</summary>
    Wfdb,

    /// <summary>EDF+, with rhythms as annotations.</summary>
    Edf,

    /// <summary>A table of times and samples.</summary>
    Csv,
}

/// <summary>Writes recordings of any format in another one, in memory that does not depend on their length.</summary>
public static class RecordingConverter
{
    /// <summary>The extension of a format's main file.</summary>
    public static string ExtensionOf(ConversionFormat format) => format switch
    {
        ConversionFormat.Wfdb => ".hea",
        ConversionFormat.Edf => ".edf",
        _ => ".csv",
    };

    /// <summary>The format of a file extension, in upper or lower case; null where no format has it.</summary>
    public static ConversionFormat? FormatOf(string extension) => extension.ToLowerInvariant() switch
    {
        ".hea" or ".wfdb" or ".dat" => ConversionFormat.Wfdb,
        ".edf" or ".edf+" => ConversionFormat.Edf,
        ".csv" => ConversionFormat.Csv,
        _ => null,
    };

    /// <summary>Converts a recording: all its ECG leads, or the one that the options name, with its annotations.</summary>
    /// <param name="entry">The recording.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="format">The format that it is written in.</param>
    /// <param name="path">The main file that is written; folders are made.</param>
    /// <param name="annotator">Which annotations go with it.</param>
    /// <returns>The names of the leads that were written.</returns>
    /// <exception cref="ProblemException">The recording cannot be read, or not be written in that format.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Convert(RecordingEntry entry, ReadOptions options, ConversionFormat format, string path, string annotator = "atr")
    {
        if (Path.GetFullPath(path) == Path.GetFullPath(entry.Location)) throw new ProblemException($"{path} is the recording itself: give another name.");
        using var leads = OpenLeads.Open(entry, options);
        switch (format)
        {
            case ConversionFormat.Wfdb:
                var name = Path.GetFileNameWithoutExtension(path);
                if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                    throw new ProblemException($"{name} is no name of a WFDB record: it may have letters, digits, '_' and '-'.");
                WfdbFileWriter.Write(leads, name, Path.GetDirectoryName(Path.GetFullPath(path))!, AnnotationsOf(entry, annotator));
                break;
            case ConversionFormat.Edf:
                EdfFileWriter.Write(leads, path, entry.ReadRhythms(annotator));
                break;
            default:
                CsvFileWriter.Write(leads, path, entry.ReadRhythms(annotator));
                break;
        }

        return [.. leads.Readers.Select(reader => reader.Lead.Name)];
    }

    // A WFDB record keeps its beats and notes too; of other formats there are rhythms.
    private static (IReadOnlyList<WfdbAnnotation> List, double Fs)? AnnotationsOf(RecordingEntry entry, string annotator)
    {
        if ((entry as FormatEntry)?.ReadWfdbAnnotations(annotator) is { } own) return own;
        if (entry.ReadRhythms(annotator) is not { } rhythms) return null;
        const double fs = 1000;
        var list = new List<WfdbAnnotation>();
        for (var i = 0; i < rhythms.Count; i++)
        {
            list.Add(new((long)Math.Round(rhythms[i].StartSeconds * fs), WfdbAnnotation.Rhythm, "(" + rhythms[i].Rhythm));
            if (double.IsFinite(rhythms[i].EndSeconds) && (i + 1 == rhythms.Count || rhythms[i + 1].StartSeconds > rhythms[i].EndSeconds))
                list.Add(new((long)Math.Round(rhythms[i].EndSeconds * fs), WfdbAnnotation.Rhythm, ")"));
        }

        return (list, fs);
    }
}
