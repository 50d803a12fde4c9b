using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Xml;

namespace Mina.Streaming.Recordings.Formats.Muse;

/// <summary>GE MUSE XML files of a resting ECG: eight leads of some seconds, from which the others of the twelve follow.</summary>
internal sealed class MuseFormat : IRecordingFormat
{
    /// <inheritdoc/>
    public string Files => "GE MUSE ECGs (.xml)";

    /// <inheritdoc/>
    public string MainFile => "a GE MUSE ECG (.xml)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".xml"];

    /// <inheritdoc/>
    public bool NeedsSignature => true;

    /// <inheritdoc/>
    public int SignatureBytes => ForwardXml.SignatureBytes;

    /// <inheritdoc/>
    public bool HasSignature(ReadOnlySpan<byte> start) => ForwardXml.RootOf(start) == MuseDocument.Root;

    /// <inheritdoc/>
    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        var document = MuseDocument.Read(files.OpenRead(null, out _));
        if (document.Waveforms.FirstOrDefault(waveform => waveform.IsRhythm) is not { Leads.Count: > 0 } rhythm)
        {
            var others = string.Join(", ", document.Waveforms.Select(waveform => $"'{Quote.Short(waveform.Kind)}'").Distinct().Take(5));
            return files.Reject(
                RejectionReason.UnreadableSignal,
                $"{files.Location} has no waveform of the type Rhythm with leads: it has {(others.Length > 0 ? others : "no waveform at all")}");
        }

        if (rhythm.Fs is not { } fs)
            return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} gives its rhythm waveform no sampling frequency (SampleBase)");
        var leads = rhythm.Leads.Select(lead => new DecodedLead(lead.Name, lead.Unit, fs, lead.Decode)).ToList();
        if (!new DecodedLeads(leads).TryOpen(options.Lead, out var reader, out var error))
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
        return reader(document.Start, document.Patient);
    }
}
