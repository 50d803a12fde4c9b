using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Inspections;

/// <summary>The contents of a recording, by its files and its samples, before anything is made of it.</summary>
/// <param name="Id">The recording's id.</param>
/// <param name="Source">The path of the recording.</param>
internal sealed record RecordingInspection(string Id, string Source)
{
    /// <summary>The leads, in the file's order; empty where the recording cannot be opened.</summary>
    public IReadOnlyList<RecordingLead> Leads { get; init; } = [];

    /// <summary>The lead that would be read; null where the recording cannot be opened.</summary>
    public RecordingLead? Lead { get; init; }

    /// <summary>The lead's length in seconds, gaps included.</summary>
    public double? Seconds { get; init; }

    /// <summary>The time of the first sample, as the file has it.</summary>
    public DateTime? Start { get; init; }

    /// <summary>The number of gaps in the lead.</summary>
    public int Gaps { get; init; }

    /// <summary>The length of what is missing in the lead, in seconds.</summary>
    public double MissingSeconds { get; init; }

    /// <summary>The share of its windows of 10 s that can be classified, 0 to 1; null where it has no whole window.</summary>
    public double? Usable { get; init; }

    /// <summary>The median heart rate of those windows in beats a minute; null where none of them has one.</summary>
    public double? HeartRate { get; init; }

    /// <summary>The annotated rhythms, each with its length in seconds; null where none are annotated.</summary>
    public IReadOnlyDictionary<string, double>? Rhythms { get; init; }

    /// <summary>The label, from a table beside the recordings or from the file.</summary>
    public Label? Label { get; init; }

    /// <summary>The person that the file names; null where it names none.</summary>
    public string? Person { get; init; }

    /// <summary>The reason why ingest would reject it, apart from a missing label; null where it would not.</summary>
    public Rejection? Rejection { get; init; }

    /// <summary>The fault in its annotations; null where there is none.</summary>
    public string? AnnotationFault { get; init; }

    /// <summary>The id of an earlier recording of this inspection with the same samples; null where there is no such recording.</summary>
    public string? SameSignalAs { get; init; }

    /// <summary>A picture of its first usable 10 s; null where none was asked for, or it has no whole window.</summary>
    public EcgSnippet? Picture { get; init; }

    /// <summary>Inspects a recording.</summary>
    /// <param name="entry">The recording.</param>
    /// <param name="read">The options for reading it.</param>
    /// <param name="annotator">The annotator whose annotations count.</param>
    /// <param name="label">Its label in a table; null where no table has one.</param>
    /// <param name="signals">The recordings inspected so far, by a hash of their samples; this one is added.</param>
    /// <param name="takesPicture">Whether a picture is wanted.</param>
    public static RecordingInspection Inspect(
        RecordingEntry entry, ReadOptions read, string annotator, Label? label, Dictionary<string, string> signals, bool takesPicture = false)
    {
        var found = new RecordingInspection(entry.Id, PlainText.Clean(entry.Location)) { Label = label };
        found = WithRhythms(found, entry, annotator);
        var (reader, refused) = entry.Open(read);
        if (reader is null) return found with { Rejection = refused };
        using (reader)
        {
            found = found with
            {
                Leads = reader.Leads,
                Lead = reader.Lead,
                Seconds = reader.Length / reader.Lead.Fs,
                Start = reader.Start,
                Label = label ?? reader.Label,
                Person = reader.Group,
            };
            try
            {
                return WithSignal(found, SignalScan.Run(entry.Id, reader, takesPicture), signals);
            }
            catch (IOException e)
            {
                return found with { Rejection = entry.Unreadable(e) };
            }
        }
    }

    private static RecordingInspection WithSignal(RecordingInspection found, SignalScan scan, Dictionary<string, string> signals)
    {
        var same = signals.TryGetValue(scan.Hash, out var first) ? first : null;
        signals.TryAdd(scan.Hash, found.Id);
        found = found with
        {
            Gaps = scan.Gaps,
            MissingSeconds = scan.Missing / found.Lead!.Value.Fs,
            SameSignalAs = same,
            Rejection = scan.Rejection,
            Picture = scan.Picture,
        };
        return scan.Rejection is null ? found with { Usable = scan.Usable, HeartRate = scan.HeartRate } : found;
    }

    private static RecordingInspection WithRhythms(RecordingInspection found, RecordingEntry entry, string annotator)
    {
        try
        {
            if (entry.ReadRhythms(annotator) is not { } rhythms) return found;
            var length = entry.Open(new ReadOptions()) is { Reader: { } reader } ? Length(reader) : double.PositiveInfinity;
            return found with
            {
                Rhythms = rhythms.GroupBy(rhythm => rhythm.Rhythm, StringComparer.Ordinal).ToDictionary(
                    group => group.Key, group => group.Sum(rhythm => Math.Max(0, Math.Min(length, rhythm.EndSeconds) - rhythm.StartSeconds))),
            };
        }
        catch (ProblemException e)
        {
            return found with { AnnotationFault = PlainText.Clean(e.Message) };
        }

        static double Length(RecordingReader reader)
        {
            using (reader) return reader.Length / reader.Lead.Fs;
        }
    }
}
