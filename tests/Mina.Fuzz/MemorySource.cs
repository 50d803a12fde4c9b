using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Fuzz;

/// <summary>Files in memory, as a folder of recordings.</summary>
internal sealed class MemorySource(params (string Name, byte[] Bytes)[] files) : FileSource
{
    /// <inheritdoc/>
    public override string LocationOf(string path) => path;

    /// <inheritdoc/>
    public override IReadOnlyList<SourceFile> List() => [.. files.Select(file => new SourceFile(file.Name, file.Bytes.Length, 0))];

    /// <inheritdoc/>
    public override SourceFile? Find(string path) =>
        files.Any(file => file.Name == path) ? new SourceFile(path, files.First(file => file.Name == path).Bytes.Length, 0) : null;

    /// <inheritdoc/>
    public override Stream OpenRead(string path, out long length)
    {
        var bytes = files.FirstOrDefault(file => file.Name == path).Bytes ?? throw new FileNotFoundException($"{path} is not there");
        length = bytes.Length;
        return new MemoryStream(bytes, writable: false);
    }

    /// <summary>Reads the first file as a recording, in one way and in the other, and its rhythms.</summary>
    public void ReadAll(IRecordingFormat format, ReadOptions options)
    {
        var recording = new RecordingFiles(this, List()[0]);
        var entry = new FormatEntry(format, recording, 0);
        var (whole, rejection) = entry.Read(options);
        FuzzException.ThrowUnless((whole is null) != (rejection is null), "a recording is read or rejected");
        FuzzException.ThrowUnless(rejection is null || Mina.Streaming.Files.PlainText.IsPlain(rejection.Message), "a rejection's sentence is plain text");
        if (whole is not null)
        {
            FuzzException.ThrowUnless(whole.Fs > 0 && double.IsFinite(whole.Fs), "a recording has a sampling frequency");
            using var reader = entry.Open(options).Reader!;
            FuzzException.ThrowUnless(reader.Length == whole.Samples.Length, "a recording read in parts is as long as one read whole");
        }

        entry.IsComplete();
        entry.Stamp();
        try
        {
            entry.ReadRhythms();
        }
        catch (Mina.Preprocess.ProblemException)
        {
            // Annotations that cannot be read say so.
        }
    }
}
