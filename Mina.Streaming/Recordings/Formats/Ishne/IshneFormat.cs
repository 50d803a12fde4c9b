using System.Diagnostics.CodeAnalysis;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Ishne;

/// <summary>ISHNE Holter files: one file with a header, and samples of 16 bits of all leads in turn.</summary>
internal sealed class IshneFormat : IRecordingFormat
{
    private const string Unit = "nV";

    /// <inheritdoc/>
    public string Files => "ISHNE Holter files (.ecg)";

    /// <inheritdoc/>
    public string MainFile => "an ISHNE Holter file (.ecg)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".ecg"];

    /// <inheritdoc/>
    public int SignatureBytes => 8;

    /// <inheritdoc/>
    public bool HasSignature(ReadOnlySpan<byte> start) => IshneHeader.HasSignature(start);

    /// <inheritdoc/>
    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        var file = new ForwardBytes(files.OpenRead(null, out var bytes));
        RecordingReader? reader = null;
        try
        {
            if (!TryReadHeader(file, bytes, out var header, out var error))
                return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} is not a usable ISHNE file: {error}");
            if (!LeadChoice.TryChoose([.. header.Leads.Select(lead => (lead, Unit))], options.Lead, out var index, out error))
                return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
            if (header.Nanovolts[index] <= 0)
            {
                return files.Reject(
                    RejectionReason.UnreadableHeader,
                    $"{files.Location} is not a usable ISHNE file: it gives {header.Nanovolts[index]} nV as a step of lead {header.Leads[index]}");
            }

            var leads = header.Leads.Count;
            var held = (bytes - header.DataOffset) / (2 * leads);
            if (header.Samples > 0 && held != header.Samples && held * leads != header.Samples)
            {
                var what = held < header.Samples ? "the file is cut off, get it again" : "the file does not fit its header, get it again";
                return files.Reject(
                    RejectionReason.LengthMismatch, $"{files.Location} holds {held} samples of each lead where its header says {header.Samples}: {what}");
            }

            if (held <= 0) return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} holds no samples: get the file again");
            reader = new IshneRecordingReader(header, index, file)
            {
                Leads = [.. header.Leads.Select(lead => new RecordingLead(lead, Unit, header.Fs))],
                LeadIndex = index,
                Length = held,
                Start = header.Start,
                Group = header.Patient,
            };
            return reader;
        }
        finally
        {
            if (reader is null) file.Dispose();
        }
    }

    /// <inheritdoc/>
    public bool? IsComplete(RecordingFiles files)
    {
        using var file = new ForwardBytes(files.OpenRead(null, out var bytes));
        if (!TryReadHeader(file, bytes, out var header, out _) || header.Samples == 0) return null;
        var held = (bytes - header.DataOffset) / (2 * header.Leads.Count);
        // The header may count the samples of all leads together.
        return held >= header.Samples ? true : held * header.Leads.Count == header.Samples ? null : false;
    }

    private static bool TryReadHeader(
        ForwardBytes file, long bytes, [NotNullWhen(true)] out IshneHeader? header, [NotNullWhen(false)] out string? error)
    {
        (header, error) = (null, "it is shorter than a header");
        if (bytes < IshneHeader.FixedBytes) return false;
        var start = file.Read(0, IshneHeader.FixedBytes);
        if (!IshneHeader.HasSignature(start))
        {
            error = "it does not begin as one";
            return false;
        }

        if (IshneHeader.DataOffsetIn(start) is not { } offset)
        {
            error = "it says that its samples begin where they cannot";
            return false;
        }

        return bytes >= offset && IshneHeader.TryParse(file.Read(0, offset), out header, out error);
    }
}
