using System.CommandLine;
using Mina.Host.Shell;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Conversion;

namespace Mina.Host.Commands;

/// <summary><c>mina convert IN OUT</c>: writes recordings as WFDB, EDF+ or CSV, with their annotations.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var from = new Argument<string>("IN") { Description = "A recording, a folder, a .zip or a RECORDS list." };
        var to = new Argument<string>("OUT") { Description = "The file that one recording is written to (.hea, .edf or .csv), or a folder." };
        var format = new Option<string?>("--to") { Description = "The format in a folder: wfdb, edf or csv. Default: wfdb.", HelpName = "format" };
        var annotator = CommonOptions.Annotator("Which annotations go with WFDB records");
        var lead = new Option<string?>("--lead") { Description = "Only this lead, by name or by index from 0. Default: all ECG leads." };
        var fs = CommonOptions.Fs();
        var command = new Command("convert", "Write recordings of any format as WFDB, EDF+ or CSV, with their annotations.")
        {
            from, to, format, annotator, lead, fs,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop => Task.FromResult(Run(
            parsed.GetRequiredValue(from),
            parsed.GetRequiredValue(to),
            parsed.GetValue(format),
            parsed.ReadOptionsOf(lead, fs),
            parsed.GetRequiredValue(annotator),
            stop))));
        return command;
    }

    private static int Run(string from, string to, string? named, ReadOptions read, string annotator, CancellationToken stop)
    {
        var byName = RecordingConverter.FormatOf(Path.GetExtension(to));
        var format = named is null ? byName ?? ConversionFormat.Wfdb : RecordingConverter.FormatOf("." + named)
            ?? throw new ProblemException($"--to {named} is no format; the formats are wfdb, edf and csv.");
        using var folder = RecordingFolder.Open(from);
        var isFile = byName is not null && !Directory.Exists(to);
        if (isFile && folder.Entries.Count > 1)
            throw new ProblemException($"{from} holds {folder.Entries.Count} recordings: give a folder that they are written to, and --to.");
        if (isFile && byName != format)
            throw new ProblemException($"{to} does not have the extension of --to {named}: leave one of them out.");
        var failed = 0;
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in folder.Entries)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                var path = isFile ? to : Path.Combine(to, NameOf(entry.Id, format) + RecordingConverter.ExtensionOf(format));
                if (!written.Add(path))
                    throw new ProblemException($"{entry.Location} would be written to {path}, as another recording was already: convert it by itself.");
                var leads = RecordingConverter.Convert(entry, read, format, path, annotator);
                var names = string.Join(", ", leads.Select(name => name.Length > 0 ? name : "unnamed"));
                Console.WriteLine(PlainText.Clean($"{entry.Location} -> {path}: {names}"));
            }
            catch (ProblemException e)
            {
                failed++;
                Console.Error.WriteLine($"mina: {PlainText.Clean(e.Message)}");
            }
        }

        return failed == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    // An id may be a path, but the name of a WFDB record has only letters, digits, '_' and '-'.
    private static string NameOf(string id, ConversionFormat format) => format == ConversionFormat.Wfdb
        ? string.Concat(id.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'))
        : id.Replace('/', '_');
}
