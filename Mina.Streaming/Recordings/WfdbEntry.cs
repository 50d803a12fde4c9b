using System.Text;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>A WFDB record: a header and its signal files beside it.</summary>
internal sealed class WfdbEntry(FileSource source, SourceFile header, long signalBytes) : FileEntry
{
    public override string Id { get; } = header.Stem;

    public override string Location => source.LocationOf(header.Path);

    public override long Bytes => header.Bytes + signalBytes;

    public override ReadOutcome Read(ReadOptions options)
    {
        string text;
        try
        {
            text = Encoding.UTF8.GetString(source.Read(header.Path));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return Reject(RejectionReason.UnreadableHeader, $"{Location} cannot be read: {OneLine(e)}");
        }

        if (!WfdbHeader.TryParse(text, out var parsed, out var error))
            return Reject(RejectionReason.UnreadableHeader, $"{Location} is not a usable WFDB header: {error}");
        var leads = parsed.Signals.Select(s => (s.Description, s.Units)).ToArray();
        if (!LeadChoice.TryChoose(leads, options.Lead, out var lead, out error))
            return Reject(RejectionReason.UnreadableSignal, $"{Location} {error}");
        return ReadSignal(parsed, lead);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<RhythmSpan>? ReadRhythms(string annotator = "atr")
    {
        var path = Path.ChangeExtension(header.Path, annotator);
        if (source.Find(path) is null) return null;
        try
        {
            if (!WfdbHeader.TryParse(Encoding.UTF8.GetString(source.Read(header.Path)), out var parsed, out var error))
                throw new ProblemException($"{Location} is not a usable WFDB header: {error}");
            return RhythmSpans.Read(WfdbAnnotations.Decode(source.Read(path)), parsed.Fs);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new ProblemException($"{source.LocationOf(path)} cannot be read: {OneLine(e)}", e);
        }
    }

    /// <inheritdoc/>
    public override bool? IsComplete()
    {
        try
        {
            if (!WfdbHeader.TryParse(Encoding.UTF8.GetString(source.Read(header.Path)), out var parsed, out _)) return null;
            foreach (var name in parsed.Signals.Select(s => s.FileName).Distinct())
            {
                if (source.Find(header.Beside(name)) is null) return false;
            }

            for (var i = 0; i < parsed.Signals.Count; i++)
            {
                if (parsed.Length is not { } length || WfdbSignal.BytesNeeded(parsed, i, length) is not { } needed) return null;
                if (source.Find(header.Beside(parsed.Signals[i].FileName)) is not { } file || file.Bytes < needed) return false;
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override long Stamp()
    {
        var stamp = new HashCode();
        Add(source.Find(header.Path));
        try
        {
            if (WfdbHeader.TryParse(Encoding.UTF8.GetString(source.Read(header.Path)), out var parsed, out _))
            {
                foreach (var name in parsed.Signals.Select(s => s.FileName).Distinct()) Add(source.Find(header.Beside(name)));
            }
        }
        catch (IOException)
        {
            stamp.Add(-1);
        }

        return stamp.ToHashCode();

        void Add(SourceFile? file)
        {
            stamp.Add(file?.Bytes ?? -1);
            stamp.Add(file?.Stamp ?? -1);
        }
    }

    private ReadOutcome ReadSignal(WfdbHeader parsed, int lead)
    {
        var spec = parsed.Signals[lead];
        var path = header.Beside(spec.FileName);
        byte[] bytes;
        try
        {
            if (source.Find(path) is null)
                return Reject(RejectionReason.UnreadableSignal, $"{Location} names the signal file {spec.FileName}, which is not there: put it beside the header");
            bytes = source.Read(path);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return Reject(RejectionReason.UnreadableSignal, $"{source.LocationOf(path)} cannot be read: {OneLine(e)}");
        }

        if (!WfdbSignal.TryDecode(parsed, lead, bytes, out var samples, out var fault))
            return Reject(fault.Reason, $"{source.LocationOf(path)} {fault.Message}");
        return new Recording(Id, parsed.Fs * spec.SamplesPerFrame, samples) { Lead = spec.Description, Group = parsed.Subject };
    }

    private Rejection Reject(RejectionReason reason, string message) => new(Id, reason, message);

    private static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ");
}
