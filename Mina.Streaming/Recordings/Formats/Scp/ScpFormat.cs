using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Scp;

/// <summary>SCP-ECG files (EN 1064): some seconds of a resting ECG.</summary>
internal sealed class ScpFormat : IRecordingFormat
{
    private const string Unit = "nV";
    private const double MillivoltsOfNanovolt = 1e-6;

    // The lengths of leads have 16 bits, so that even 255 leads have no more.
    private const long MaxBytes = 64L << 20;

    /// <inheritdoc/>
    public string Files => "SCP-ECG files (.scp)";

    /// <inheritdoc/>
    public string MainFile => "an SCP-ECG file (.scp)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".scp"];

    /// <inheritdoc/>
    public int SignatureBytes => ScpFile.SignatureBytes;

    /// <inheritdoc/>
    public bool HasSignature(ReadOnlySpan<byte> start) => ScpFile.HasSignature(start);

    /// <inheritdoc/>
    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        var file = ScpFile.Read(files.ReadAll(maxBytes: MaxBytes));
        var rhythm = ScpRhythm.Read(file);
        if (rhythm.NotRead is { } fault) return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {fault}");
        var leads = rhythm.Leads.Select((lead, i) => new DecodedLead(PlainText.Clean(lead.Name), Unit, rhythm.Fs, () => Decode(rhythm, i))).ToList();
        if (!new DecodedLeads(leads).TryOpen(options.Lead, out var reader, out var error))
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
        var patient = ScpPatient.Read(file);
        return reader(patient.Start, patient.Id);
    }

    private static float[] Decode(ScpRhythm rhythm, int lead) =>
        Array.ConvertAll(rhythm.Decode(lead), nanovolts => (float)(nanovolts * MillivoltsOfNanovolt));
}
