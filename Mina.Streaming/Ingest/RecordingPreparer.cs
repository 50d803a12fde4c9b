using Mina.Preprocess;
using Mina.Streaming.Recordings;

namespace Mina.Streaming.Ingest;

/// <summary>The parallel part of an ingest: reads a recording, finds its label and split, and cuts its segments. It never throws.</summary>
internal sealed class RecordingPreparer(IngestOptions options, SegmentsPool pool)
{
    private readonly ReadOptions _read = new(options.Settings.Lead, options.Settings.Fs);

    public PreparedRecording Prepare(Segmenter segmenter, Arrival arrival)
    {
        var entry = arrival.Entry;
        if (arrival.Rejection is { } known)
            return new PreparedRecording(entry.Id, 0) { Rejection = known };
        var rows = pool.Rent();
        var prepared = Attempt(segmenter, entry, rows);
        if (prepared.Rejection is not null)
            pool.Return(rows);
        return prepared;
    }

    private PreparedRecording Attempt(Segmenter segmenter, RecordingEntry entry, Segments rows)
    {
        var prepared = new PreparedRecording(entry.Id, 0);
        try
        {
            prepared = prepared with { Bytes = entry.Bytes };
            var (recording, rejection) = entry.Read(_read);
            if (recording is null)
                return prepared with { Rejection = rejection ?? Failed(entry, "the reader gave nothing") };
            if (options.LabelsFromRhythms)
                return ByWindow(segmenter, entry, recording, rows, prepared);
            if ((options.LabelOf(entry.Id) ?? recording.Label) is not { } label)
                return prepared with { Rejection = NoLabel(entry) };
            rejection = segmenter(recording with { Label = label }, rows);
            if (rejection is not null)
                return prepared with { Rejection = rejection };
            if (rows.Count == 0)
                return prepared with { Rejection = new Rejection(entry.Id, RejectionReason.TooShort, $"{entry.Location}: no window could be cut from it.") };
            return prepared with
            {
                Label = label,
                Split = SplitOf(entry, recording),
                Rows = rows,
            };
        }
        catch (Exception e)
        {
            // One bad recording must not end the run, however it fails.
            return prepared with { Rejection = Failed(entry, e.Message) };
        }
    }

    private PreparedRecording ByWindow(Segmenter segmenter, RecordingEntry entry, Recording recording, Segments rows, PreparedRecording prepared)
    {
        if (entry.ReadRhythms() is not { Count: > 0 } rhythms)
        {
            return prepared with
            {
                Rejection = new Rejection(
                    entry.Id, RejectionReason.NoLabel, $"{entry.Location} has no rhythm annotations (.atr) beside it that could label its windows."),
            };
        }

        if (segmenter(recording with { Label = null, Rhythms = rhythms }, rows) is { } rejection)
            return prepared with { Rejection = rejection };
        return prepared with
        {
            Label = rows.Label,
            IsOfBothClasses = rows.Remaining?.IsOfBothClasses ?? false,
            Split = SplitOf(entry, recording),
            Rows = rows,
        };
    }

    private Split SplitOf(RecordingEntry entry, Recording recording) =>
        Splits.Assign(options.Settings.Seed, entry.Id, options.GroupOf(entry.Id) ?? recording.Group, options.Settings.Ratios);

    private static Rejection NoLabel(RecordingEntry entry) => new(
        entry.Id, RejectionReason.NoLabel, $"{entry.Location}: the labels do not name {entry.Id}; add a line for it, or remove the recording.");

    private static Rejection Failed(RecordingEntry entry, string why) => new(
        entry.Id, RejectionReason.UnreadableSignal, $"{entry.Location}: cannot be read ({why}).");
}
