using System.Diagnostics.CodeAnalysis;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Edf;

/// <summary>EDF, EDF+ (continuous and discontinuous), BDF and BDF+: one file with a header and data records.</summary>
internal sealed class EdfFormat : IRecordingFormat
{
    // A clock that is wrong in one record of a discontinuous file would make a gap of years, and memory of it.
    private const double MaxGapSeconds = 7 * 86400;

    /// <inheritdoc/>
    public string Files => "EDF or BDF files (.edf, .bdf)";

    /// <inheritdoc/>
    public string MainFile => "an EDF or BDF file (.edf, .bdf)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".edf", ".bdf"];

    /// <inheritdoc/>
    public int SignatureBytes => EdfHeader.BlockBytes;

    /// <inheritdoc/>
    public bool HasSignature(ReadOnlySpan<byte> start) => start.Length == EdfHeader.BlockBytes && EdfHeader.SignalsIn(start) is not null;

    /// <inheritdoc/>
    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        var stream = files.OpenRead(null, out var bytes);
        var file = new ForwardBytes(stream);
        var opened = false;
        try
        {
            if (!TryReadHeader(file, bytes, out var header, out var error))
                return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} is not a usable EDF or BDF file: {error}");
            var leads = header.Leads;
            if (leads.Count == 0)
                return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} holds annotations only: name the file that has the signals");
            if (!LeadChoice.TryChoose([.. leads.Select(lead => (lead.Label, lead.Unit))], options.Lead, out var index, out error))
                return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");

            var held = (bytes - header.Bytes) / header.RecordBytes;
            if (held <= 0)
                return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} holds no whole data record: get the file again");
            if (header.Records is { } records && records != held)
            {
                var what = held < records ? "the file is cut off, get it again" : "the file does not fit its header, get it again";
                return files.Reject(
                    RejectionReason.LengthMismatch, $"{files.Location} holds {held} data records where its header says {records}: {what}");
            }

            var signal = leads[index];
            var start = TimesOf(files, header, held, signal, out var places, out error);
            if (error is not null)
                return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
            opened = true;
            return new EdfRecordingReader(header, signal, places, file)
            {
                Leads = [.. leads.Select(lead => new RecordingLead(lead.Lead, lead.Unit, header.FsOf(lead)))],
                LeadIndex = index,
                Length = (places?[^1] ?? (held - 1) * signal.SamplesPerRecord) + signal.SamplesPerRecord,
                Start = header.Start?.AddSeconds(start),
                Group = header.Patient,
            };
        }
        finally
        {
            if (!opened) file.Dispose();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<RhythmSpan>? ReadRhythms(RecordingFiles files, string annotator)
    {
        try
        {
            using var file = new ForwardBytes(files.OpenRead(null, out var bytes));
            if (!TryReadHeader(file, bytes, out var header, out var error))
                throw new ProblemException($"{files.Location} is not a usable EDF or BDF file: {error}");
            var first = 0.0;
            var annotations = new List<EdfAnnotation>();
            for (long record = 0; record < (bytes - header.Bytes) / header.RecordBytes; record++)
            {
                foreach (var signal in header.Signals.Where(signal => signal.IsAnnotations))
                {
                    var found = EdfAnnotations.Decode(Annotations(file, header, signal, record));
                    if (record == 0 && annotations.Count == 0 && found is [{ Text.Length: 0 } start, ..]) first = start.OnsetSeconds;
                    annotations.AddRange(found.Where(annotation => annotation.Text.Length > 0));
                }
            }

            return EdfAnnotations.Rhythms(annotations, first) is { Count: > 0 } rhythms ? rhythms : null;
        }
        catch (IOException e)
        {
            throw new ProblemException($"{files.Location} cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <inheritdoc/>
    public bool? IsComplete(RecordingFiles files)
    {
        using var file = new ForwardBytes(files.OpenRead(null, out var bytes));
        if (!TryReadHeader(file, bytes, out var header, out _) || header.Records is not { } records) return null;
        return (bytes - header.Bytes) / header.RecordBytes >= records;
    }

    private static bool TryReadHeader(
        ForwardBytes file, long bytes, [NotNullWhen(true)] out EdfHeader? header, [NotNullWhen(false)] out string? error)
    {
        (header, error) = (null, "it is shorter than a header");
        if (bytes < EdfHeader.BlockBytes) return false;
        var count = EdfHeader.SignalsIn(file.Read(0, EdfHeader.BlockBytes));
        if (count is null)
        {
            error = "it does not begin as one";
            return false;
        }

        var length = EdfHeader.BlockBytes * (count.Value + 1);
        return bytes >= length && EdfHeader.TryParse(file.Read(0, length), out header, out error);
    }

    /// <summary>When the first record starts, in seconds from the header's start time, and, in a discontinuous file, where each record lies.</summary>
    private static double TimesOf(RecordingFiles files, EdfHeader header, long records, EdfSignal signal, out long[]? places, out string? error)
    {
        (places, error) = (null, null);
        if (header.Signals.FirstOrDefault(one => one.IsAnnotations) is not { } times)
        {
            if (header.IsDiscontinuous) error = "says that its data records have gaps (EDF+D), but has no signal that says when they start";
            return 0;
        }

        using var file = new ForwardBytes(files.OpenRead(null, out _));
        var first = EdfAnnotations.RecordStart(Annotations(file, header, times, 0));
        if (!header.IsDiscontinuous) return first is >= 0 and < 1 ? first.Value : 0;

        places = new long[records];
        var (fs, gaps) = (header.FsOf(signal), 0.0);
        for (long record = 0; record < records; record++)
        {
            if (EdfAnnotations.RecordStart(Annotations(file, header, times, record)) is not { } start)
            {
                error = $"does not say when its data record {record} starts, as a file with gaps (EDF+D) has to";
                return 0;
            }

            var due = record == 0 ? 0 : places[record - 1] + signal.SamplesPerRecord;
            var place = Math.Round((start - first!.Value) * fs);
            // The seconds are written with few digits: by a sample or two they may be off.
            if (place < due - 2)
            {
                error = FormattableString.Invariant($"has a data record ({record}) that starts at {start} s, before the one ahead of it ends");
                return 0;
            }

            gaps += Math.Max(0, place - due) / fs;
            if (gaps > MaxGapSeconds)
            {
                error = FormattableString.Invariant($"has gaps of more than 7 days before its data record {record}: split the recording there");
                return 0;
            }

            places[record] = Math.Max(due, (long)place);
        }

        return first!.Value;
    }

    private static ReadOnlySpan<byte> Annotations(ForwardBytes file, EdfHeader header, EdfSignal signal, long record) =>
        file.Read(header.Bytes + (record * header.RecordBytes) + signal.Offset, signal.SamplesPerRecord * header.BytesPerSample);
}
