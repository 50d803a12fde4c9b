using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Xml;

namespace Mina.Streaming.Recordings.Formats.Aecg;

/// <summary>HL7 annotated ECGs (aECG): series of leads sampled together, as lists of whole numbers.</summary>
internal sealed class AecgFormat : IRecordingFormat
{
    /// <inheritdoc/>
    public string Files => "HL7 annotated ECGs (.xml)";

    /// <inheritdoc/>
    public string MainFile => "an HL7 annotated ECG (.xml)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".xml"];

    /// <inheritdoc/>
    public bool NeedsSignature => true;

    /// <inheritdoc/>
    public int SignatureBytes => ForwardXml.SignatureBytes;

    /// <inheritdoc/>
    public bool HasSignature(ReadOnlySpan<byte> start) => ForwardXml.RootOf(start) == AecgDocument.Root;

    /// <inheritdoc/>
    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        var document = AecgDocument.Read(files.OpenRead(null, out _));
        var sets = document.Sets.Where(set => set.Leads.Count > 0).ToList();
        if (sets.Count == 0)
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} holds no series with leads that a recorder sampled");
        string? error = null;
        foreach (var set in sets.OrderByDescending(set => set.IsRhythm).ThenByDescending(set => set.Seconds))
        {
            if (!LeadChoice.TryChoose([.. set.Leads.Select(lead => (lead.Name, lead.Unit))], options.Lead, out var index, out var fault)
                || !set.TryScale(index, out var scale, out var fs, out fault))
            {
                error ??= fault;
                continue;
            }

            return new AecgRecordingReader(files.OpenRead(null, out _), set.Leads[index].Ordinal, scale)
            {
                Leads = [.. set.Leads.Select(lead => new RecordingLead(lead.Name, lead.Unit, fs))],
                LeadIndex = index,
                Length = set.Leads[index].Samples,
                Start = set.Start,
                Group = document.Patient,
            };
        }

        return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
    }
}
