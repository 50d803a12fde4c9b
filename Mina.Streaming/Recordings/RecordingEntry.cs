using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Streaming.Recordings;

/// <summary>How a recording is to be read.</summary>
/// <param name="Lead">Lead by name (any case) or by index from 0; null: the usual choice (<see cref="LeadChoice"/>).</param>
/// <param name="Fs">Sampling frequency in Hz for files that do not say (CSV without a time column).</param>
public sealed record ReadOptions(string? Lead = null, double? Fs = null);

/// <summary>The result of reading a recording: the recording, or why there is none. Exactly one is not null.</summary>
public readonly record struct ReadOutcome(Recording? Recording, Rejection? Rejection)
{
    /// <summary>The recording was read.</summary>
    public static implicit operator ReadOutcome(Recording recording) => new(recording, null);

    /// <summary>The recording cannot be used.</summary>
    public static implicit operator ReadOutcome(Rejection rejection) => new(null, rejection);
}

/// <summary>The result of opening a recording: its reader, which the caller disposes, or why there is none. Exactly one is not null.</summary>
public readonly record struct OpenOutcome(RecordingReader? Reader, Rejection? Rejection)
{
    /// <summary>The recording is open.</summary>
    public static implicit operator OpenOutcome(RecordingReader reader) => new(reader, null);

    /// <summary>The recording cannot be used.</summary>
    public static implicit operator OpenOutcome(Rejection rejection) => new(null, rejection);
}

/// <summary>A recording that was found and can be read, in a folder, a zip or elsewhere.</summary>
public abstract class RecordingEntry
{
    /// <summary>The most samples that are read whole: 2 GiB of memory, or 20 days at 300 Hz.</summary>
    public const long MaxSamples = 1L << 29;

    /// <summary>
    /// The recording's id: its file name without extension; where several recordings of a folder have that name, the path from the folder on.
    /// </summary>
    public abstract string Id { get; }

    /// <summary>Where it is, for messages: <c>raw/A00001.hea</c>, <c>raw.zip!training2017/A00001.hea</c>.</summary>
    public abstract string Location { get; }

    /// <summary>Bytes of all its files, for progress.</summary>
    public abstract long Bytes { get; }

    /// <summary>Reads one lead of the recording whole. Any thread; bad input is an outcome, never an exception.</summary>
    public abstract ReadOutcome Read(ReadOptions options);

    /// <summary>
    /// Opens the recording, so that one lead of it can be read part by part, in memory that does not depend on its length. Any thread; bad
    /// input is an outcome, never an exception.
    /// </summary>
    public virtual OpenOutcome Open(ReadOptions options)
    {
        var (recording, rejection) = Read(options);
        if (recording is null) return rejection!;
        var lead = new RecordingLead(recording.Lead, recording.Unit, recording.Fs);
        return new DecodedReader([lead], 0, recording.Samples) { Label = recording.Label, Group = recording.Group };
    }

    /// <summary>Reads an open recording whole.</summary>
    /// <param name="reader">A reader of this recording that has read nothing yet; it stays open.</param>
    public ReadOutcome ReadWhole(RecordingReader reader)
    {
        if (reader.Length > MaxSamples)
        {
            return new Rejection(Id, RejectionReason.UnreadableSignal, FormattableString.Invariant(
                $"{Location} has {reader.Length} samples, more than the {MaxSamples} that are read at once: split the recording"));
        }

        try
        {
            var samples = new float[reader.Length];
            for (var got = 0; got < samples.Length;)
            {
                var count = reader.Read(samples.AsSpan(got));
                if (count == 0) throw new EndOfStreamException("it became shorter while it was read");
                got += count;
            }

            return new Recording(Id, reader.Lead.Fs, samples)
            {
                Lead = reader.Lead.Name,
                Unit = reader.Lead.Unit,
                Source = Location,
                Group = reader.Group,
                Label = reader.Label,
            };
        }
        catch (IOException e)
        {
            return Unreadable(e);
        }
    }

    /// <summary>Why the recording cannot be used: its samples cannot be read.</summary>
    /// <param name="e">What reading them ended with.</param>
    public Rejection Unreadable(IOException e) =>
        new(Id, RejectionReason.UnreadableSignal, $"{PlainText.Clean(Location)} cannot be read: {e.Message.ReplaceLineEndings(" ")}");

    /// <summary>The same recording under its path in the folder or zip, to tell it from others of its name; this one where it has none.</summary>
    internal virtual RecordingEntry ByPath() => this;

    /// <summary>The rhythms that are annotated in the recording or beside it; null when there are no annotations.</summary>
    /// <param name="annotator">Which annotations, where there may be several: WFDB's are files with that extension beside the header.</param>
    /// <exception cref="ProblemException">There are annotations, but they cannot be read.</exception>
    public virtual IReadOnlyList<RhythmSpan>? ReadRhythms(string annotator = "atr") => null;
}
