using System.Globalization;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Streaming.Recordings;

/// <summary>The ECG leads of a recording as recordings of their own.</summary>
public static class RecordingLeads
{
    /// <summary>What stands for all leads where a lead is named.</summary>
    public const string All = "all";

    /// <summary>
    /// Returns an entry for each lead that is an ECG, in the file's order. Its id is that of the recording, a slash and the lead's name; the
    /// lead's index takes the place of a name that is empty or stands for several. Leads of one recording are of one person
    /// (<see cref="Recording.Group"/>), so that they share a split.
    /// </summary>
    /// <param name="entry">The recording.</param>
    /// <param name="options">How it is read; the lead is not looked at.</param>
    /// <returns>Where the recording cannot be opened, one entry that says why.</returns>
    public static IReadOnlyList<RecordingEntry> Of(RecordingEntry entry, ReadOptions options)
    {
        var (reader, rejection) = entry.Open(options with { Lead = null });
        if (reader is null) return [new FaultyEntry(entry.Id, entry.Location, entry.Bytes, rejection!.Reason, rejection.Message)];
        using (reader)
        {
            var indexes = LeadChoice.EcgsAmong(reader.Leads, reader.LeadIndex);
            var names = indexes.Select(index => NameOf(reader.Leads[index].Name)).ToList();
            return
            [
                .. indexes.Select((index, i) => new LeadEntry(
                    entry, names[i].Length == 0 || names.Count(name => name == names[i]) > 1 ? $"{index}" : names[i], index, indexes.Count)),
            ];
        }
    }

    /// <summary>The id of the recording that a lead's id begins with.</summary>
    public static string RecordingOf(string id) => id.LastIndexOf('/') is var slash and > 0 ? id[..slash] : id;

    // The id names files that are written.
    private static string NameOf(string lead) => lead.Trim().Replace('/', '_').Replace('\\', '_').TrimStart('.');

    private sealed class LeadEntry(RecordingEntry recording, string name, int index, int leads) : RecordingEntry
    {
        public override string Id { get; } = $"{recording.Id}/{name}";

        public override string Location => recording.Location;

        public override long Bytes => recording.Bytes / leads;

        public override OpenOutcome Open(ReadOptions options) => recording.Open(options with { Lead = index.ToString(CultureInfo.InvariantCulture) });

        public override ReadOutcome Read(ReadOptions options)
        {
            var (reader, rejection) = Open(options);
            if (reader is null) return rejection!;
            using (reader)
            {
                var (read, unreadable) = ReadWhole(reader);
                return read is null ? unreadable! : read with { Group = read.Group ?? recording.Id };
            }
        }

        public override IReadOnlyList<RhythmSpan>? ReadRhythms(string annotator = "atr") => recording.ReadRhythms(annotator);
    }
}
