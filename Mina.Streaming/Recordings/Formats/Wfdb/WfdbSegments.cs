using System.Diagnostics.CodeAnalysis;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>Opens multi-segment records: checks each segment, and finds the lead in it.</summary>
internal static class WfdbSegments
{
    private const string Extension = ".hea";

    // A line of text can make any gap, and name a segment again; this many samples have 256 MB and last six days at MIMIC's 125 Hz.
    private const long MaxSamplesOfNoFile = 1L << 26;

    /// <summary>Opens the record of a master header.</summary>
    /// <param name="files">The record's files; the segments lie beside the master header.</param>
    /// <param name="text">The master header.</param>
    /// <param name="options">The lead.</param>
    /// <exception cref="IOException">A header cannot be read.</exception>
    public static OpenOutcome Open(RecordingFiles files, string text, ReadOptions options)
    {
        if (!WfdbMaster.TryParse(text, out var master, out var error))
            return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} is not a usable WFDB header: {error}");
        var first = master.Layout ?? master.Segments.First(segment => segment.Name is not null).Name!;
        if (!TryReadHeader(files, first, out var layout, out var rejection)) return rejection;
        if (!LeadChoice.TryChoose([.. layout.Signals.Select(s => (s.Description, s.Units))], options.Lead, out var lead, out error))
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");

        var (wanted, fs) = (layout.Signals[lead], master.Line.Fs);
        if (SamplesOfNoFile(master) * wanted.SamplesPerFrame > MaxSamplesOfNoFile)
        {
            return files.Reject(
                RejectionReason.UnreadableSignal,
                $"{files.Location} has gaps, or segments named again, of more than the {MaxSamplesOfNoFile} samples that are read: "
                    + "name its segments one by one");
        }

        var segments = new List<(long Samples, Func<RecordingReader>? Open)>();
        foreach (var segment in master.Segments)
        {
            var samples = segment.Length * wanted.SamplesPerFrame;
            if (segment.Name is null)
            {
                segments.Add((samples, null));
                continue;
            }

            if (!TryReadHeader(files, segment.Name, out var header, out rejection)) return rejection;
            var index = master.Layout is null ? lead : IndexOf(header, wanted.Description);
            if (index < 0)
            {
                segments.Add((samples, null));
                continue;
            }

            if (WhyNot(header, index, segment, wanted, fs) is { } fault)
                return files.Reject(RejectionReason.UnreadableHeader, $"{LocationOf(files, segment.Name)} {fault}");
            var (reader, refused) = WfdbFormat.OpenSignal(files, LocationOf(files, segment.Name), header, index);
            if (reader is null) return refused!;
            reader.Dispose();
            segments.Add((samples, () => OpenAgain(files, segment.Name, header, index)));
        }

        if (segments.All(segment => segment.Open is null))
        {
            return files.Reject(
                RejectionReason.UnreadableSignal, $"{files.Location} has no segment with lead {Quote.Short(wanted.Description)}: choose another with --lead");
        }

        return new WfdbSegmentsReader(segments)
        {
            Leads = layout.LeadsAt(fs),
            LeadIndex = lead,
            Length = segments.Sum(segment => segment.Samples),
            Start = master.Line.Start,
            Group = layout.Subject,
            Label = layout.Label,
        };
    }

    private static double SamplesOfNoFile(WfdbMaster master)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return master.Segments.Where(segment => segment.Name is null || !seen.Add(segment.Name)).Sum(segment => (double)segment.Length);
    }

    private static string? WhyNot(WfdbHeader header, int index, WfdbSegment segment, WfdbSignalSpec wanted, double fs)
    {
        if (header.Fs != fs)
            return FormattableString.Invariant($"says {header.Fs} Hz where the record that it is a segment of says {fs}: correct one of them");
        if (header.Length is { } length && length != segment.Length)
            return $"says {length} samples where the record that it is a segment of says {segment.Length}: correct one of them";
        if (index >= header.Signals.Count)
            return $"has {header.Signals.Count} signals, fewer than the first segment: all segments of a record without a layout have the same";
        // Each segment has a gain and a unit of its own, and is scaled to mV by them.
        var spec = header.Signals[index];
        return spec.SamplesPerFrame == wanted.SamplesPerFrame
            ? null
            : $"has {spec.SamplesPerFrame} samples of {Quote.Short(spec.Description)} in a frame where other segments have {wanted.SamplesPerFrame}: "
                + "correct it";
    }

    private static RecordingReader OpenAgain(RecordingFiles files, string name, WfdbHeader header, int index)
    {
        var (reader, rejection) = WfdbFormat.OpenSignal(files, LocationOf(files, name), header, index);
        return reader ?? throw new IOException(rejection!.Message);
    }

    private static bool TryReadHeader(
        RecordingFiles files, string name, [NotNullWhen(true)] out WfdbHeader? header, [NotNullWhen(false)] out Rejection? rejection)
    {
        (header, rejection) = (null, null);
        if (files.BytesOf(name + Extension) is null)
        {
            rejection = files.Reject(
                RejectionReason.UnreadableSignal, $"{files.Location} names the segment {name}, which is not there: put {name}{Extension} beside it");
            return false;
        }

        if (WfdbHeader.TryParse(WfdbFormat.TextOf(files.ReadAll(name + Extension)), out header, out var error))
        {
            header = header.Below(name);
            return true;
        }

        rejection = files.Reject(RejectionReason.UnreadableHeader, $"{LocationOf(files, name)} is not a usable WFDB header: {error}");
        return false;
    }

    private static int IndexOf(WfdbHeader header, string lead)
    {
        for (var i = 0; i < header.Signals.Count; i++)
        {
            if (header.Signals[i].Description == lead) return i;
        }

        return -1;
    }

    private static string LocationOf(RecordingFiles files, string name) => files.LocationOf(name + Extension);
}
