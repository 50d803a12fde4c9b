using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Dicom;

/// <summary>DICOM waveforms (12-lead, general and ambulatory ECG) in explicit and implicit little endian.</summary>
internal sealed class DicomFormat : IRecordingFormat
{
    private const uint WaveformSequence = 0x54000100;

    /// <inheritdoc/>
    public string Files => "DICOM waveforms (.dcm)";

    /// <inheritdoc/>
    public string MainFile => "a DICOM waveform (.dcm)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".dcm"];

    /// <inheritdoc/>
    public int SignatureBytes => DicomParser.PreambleBytes;

    /// <inheritdoc/>
    public bool HasSignature(ReadOnlySpan<byte> start) => DicomParser.HasSignature(start);

    /// <inheritdoc/>
    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        DicomItem? set;
        string syntax;
        using (var file = new ForwardBytes(files.OpenRead(null, out var bytes)))
        {
            if (bytes < DicomParser.PreambleBytes || !DicomParser.HasSignature(file.Read(0, DicomParser.PreambleBytes)))
                return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} is not a usable DICOM file: it does not begin as one");
            set = DicomParser.Read(file, bytes, out syntax);
        }

        if (set is null)
        {
            return files.Reject(
                RejectionReason.UnreadableHeader,
                $"{files.Location} has the transfer syntax '{Quote.Short(syntax)}', and explicit and implicit little endian are read: convert it");
        }

        var items = set.Items(WaveformSequence);
        if (items.Count == 0)
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} holds no waveform: it is a DICOM object of another kind");
        var groups = new List<DicomGroup>();
        string? error = null;
        // Beside the recording there may be an average beat, which never stands in for it.
        foreach (var item in items.Any(DicomGroup.IsOriginal) ? items.Where(DicomGroup.IsOriginal) : items)
        {
            if (DicomGroup.TryRead(item, out var group, out var fault)) groups.Add(group);
            else error ??= fault;
        }

        // Other signals may have groups of their own.
        foreach (var group in groups.OrderByDescending(group => group.Samples / group.Fs))
        {
            if (ReaderOf(files, set, group, options, out var fault) is { } reader) return reader;
            error ??= fault;
        }

        return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
    }

    private static DicomRecordingReader? ReaderOf(RecordingFiles files, DicomItem set, DicomGroup group, ReadOptions options, out string? error)
    {
        if (!LeadChoice.TryChoose([.. group.Channels.Select(channel => (channel.Name, channel.Unit))], options.Lead, out var index, out error)) return null;
        var channel = group.Channels[index];
        if (channel.Step == 0)
        {
            error = $"gives lead {Quote.Short(channel.Name)} a sensitivity of 0, with which its samples say nothing";
            return null;
        }

        return new DicomRecordingReader(group, index, new ForwardBytes(files.OpenRead(null, out _)))
        {
            Leads = [.. group.Channels.Select(one => new RecordingLead(one.Name, one.Unit, group.Fs))],
            LeadIndex = index,
            Length = group.Samples,
            Start = StartOf(set).Later(group.Delay + channel.Skew),
            Group = set.Text(0x00100020) is { Length: > 0 } patient ? PlainText.Clean(patient) : null,
        };
    }

    // When the object began; its groups and channels may begin later.
    private static DateTime? StartOf(DicomItem set)
    {
        var text = set.Text(0x0008002A) is { Length: >= 14 } acquired ? acquired : set.Text(0x00080023) + set.Text(0x00080033);
        return CompactTime.Read(text);
    }
}
