using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats.Xml;

namespace Mina.Streaming.Recordings.Formats.Philips;

/// <summary>Philips Sierra ECGs: a resting ECG of some seconds, compressed by XLI.</summary>
internal sealed class PhilipsFormat : IRecordingFormat
{
    private const string Unit = "uV";
    private const double MillivoltsOfMicrovolt = 1e-3;

    /// <inheritdoc/>
    public string Files => "Philips Sierra ECGs (.xml)";

    /// <inheritdoc/>
    public string MainFile => "a Philips Sierra ECG (.xml)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".xml"];

    /// <inheritdoc/>
    public bool NeedsSignature => true;

    /// <inheritdoc/>
    public int SignatureBytes => ForwardXml.SignatureBytes;

    /// <inheritdoc/>
    public bool HasSignature(ReadOnlySpan<byte> start) => ForwardXml.RootOf(start) == PhilipsDocument.Root;

    /// <inheritdoc/>
    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        var document = PhilipsDocument.Read(files.OpenRead(null, out _));
        if (FaultOf(document) is { } fault) return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} {fault}");
        var (fs, count) = (document.Fs!.Value, (int)Math.Round(document.Fs!.Value * document.Milliseconds!.Value / 1000));
        var chunks = XliDecoder.Chunks(document.Waveform());
        string[] names = [.. document.Leads.Take(chunks.Count).Select(name => PlainText.Clean(name))];
        var leads = new PhilipsLeads(names, chunks, count, document.Microvolts!.Value * MillivoltsOfMicrovolt);
        if (leads.Names.Count == 0)
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} does not name its {chunks.Count} leads");
        if (!LeadChoice.TryChoose([.. leads.Names.Select(name => (name, Unit))], options.Lead, out var index, out var error))
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
        return new DecodedReader([.. leads.Names.Select(name => new RecordingLead(name, Unit, fs))], index, leads.Decode(index))
        {
            Start = document.Start,
            Group = document.Patient,
        };
    }

    /// <summary>What keeps a document from being read, as the rest of a sentence that begins with the file's name; null: nothing.</summary>
    private static string? FaultOf(PhilipsDocument document)
    {
        if (!document.Version.StartsWith("1.03", StringComparison.Ordinal) && !document.Version.StartsWith("1.04", StringComparison.Ordinal))
            return $"is a Sierra ECG of the version '{Quote.Short(document.Version)}', and 1.03 and 1.04 are read";
        if (!document.HasWaveform) return "holds no waveform (parsedwaveforms)";
        if (document.Compression != "XLI" || document.Encoding != "Base64")
            return $"has a waveform of compression '{Quote.Short(document.Compression)}' in '{Quote.Short(document.Encoding)}', and XLI in Base64 is read";
        if (document.Fs is not { } fs || document.Milliseconds is not { } duration || document.Microvolts is null)
            return "does not say its sampling frequency, its resolution and how long it is";
        return fs * duration / 1000 is < 2 or > XliDecoder.MaxSamples
            ? FormattableString.Invariant($"says that it lasts {duration} ms at {fs} Hz, and 2 to {XliDecoder.MaxSamples} samples are read")
            : null;
    }
}
