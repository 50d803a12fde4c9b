using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>
/// A format that only the tests know. Its main file (.made) begins with MADE and holds <c>start lead:fs ...</c> and a label; its samples, one byte
/// each, lie lead after lead in a companion (.part).
/// </summary>
internal sealed class MadeUpFormat : IRecordingFormat
{
    public string Files => "made-up files (.made with .part)";

    public string MainFile => "a made-up file (.made)";

    public IReadOnlyList<string> Extensions { get; } = [".made"];

    public IReadOnlyList<string> CompanionExtensions { get; } = [".part"];

    public int SignatureBytes => 4;

    public bool HasSignature(ReadOnlySpan<byte> start) => start.SequenceEqual("MADE"u8);

    public bool CanFollow => true;

    public OpenOutcome Open(RecordingFiles files, ReadOptions options)
    {
        var words = Encoding.ASCII.GetString(files.ReadAll()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 4 || words[0] != "MADE") return files.Reject(RejectionReason.UnreadableHeader, $"{files.Location} was not made up well");
        var leads = words[3..].Select(word => new RecordingLead(word.Split(':')[0], "mV", double.Parse(word.Split(':')[1]))).ToList();
        if (!LeadChoice.TryChoose([.. leads.Select(lead => (lead.Name, lead.Unit))], options.Lead, out var index, out var error))
            return files.Reject(RejectionReason.UnreadableSignal, $"{files.Location} {error}");
        var second = files.ReadAll(files.NameWith(".part"));
        var first = (int)leads.Take(index).Sum(lead => lead.Fs);
        var samples = second[first..(first + (int)leads[index].Fs)].Select(b => b == 255 ? float.NaN : b).ToArray();
        return new DecodedReader(leads, index, samples) { Start = DateTime.Parse(words[1]), Label = Enum.Parse<Label>(words[2]), Group = "p1" };
    }

    public GrowingReader Follow(string path, ReadOptions options) => new Growing(path);

    public IReadOnlyList<RhythmSpan>? ReadRhythms(RecordingFiles files, string annotator) => [new RhythmSpan("AFIB", 0, 1)];

    public bool? IsComplete(RecordingFiles files) => files.BytesOf(files.NameWith(".part")) is not null;

    public IReadOnlyList<string> SignalFiles(RecordingFiles files) => [files.NameWith(".part")];

    public string? DescribeOrphan(string name, bool named) => "has lost its main file";

    private sealed class Growing(string path) : GrowingReader(path)
    {
        private int _given;

        public override string? SignalFile => Path.ChangeExtension(Location, ".part");

        public override Growth Read(int maxSamples)
        {
            using var file = OpenShared(SignalFile!);
            var bytes = new byte[Math.Min(maxSamples, file.Length - _given)];
            file.Position = _given;
            file.ReadExactly(bytes);
            _given += bytes.Length;
            return new Growth(100, [.. bytes.Select(b => (float)b)], HasMore: _given < file.Length);
        }

        public override double SecondsBehind() => 0;
    }
}
