using System.Globalization;
using Parquet;

namespace Mina.Streaming.Shards;

/// <summary>Writes the row groups of one shard to a file. The bytes depend on the rows alone: no clock, no random id.</summary>
/// <remarks>Not for two threads at once.</remarks>
internal sealed class ShardWriter : IDisposable
{
    private readonly IFileStore _files;
    private readonly Stream _file;
    private readonly HashingStream _output;
    private readonly ParquetWriter _parquet;

    /// <summary>Begins a shard.</summary>
    /// <param name="files">Where files are.</param>
    /// <param name="path">Written from its first byte; whatever is there is lost.</param>
    /// <param name="fingerprint">Of the preprocessing that made the rows.</param>
    public ShardWriter(IFileStore files, string path, string fingerprint)
    {
        _files = files;
        _file = files.Create(path);
        _output = new HashingStream(_file);
        try
        {
            _parquet = Now(ParquetWriter.CreateAsync(ShardSchema.Schema, _output, ShardFormat.WriteOptions()));
            _parquet.CustomMetadata = new Dictionary<string, string>
            {
                [ShardFormat.VersionKey] = ShardFormat.Version.ToString(CultureInfo.InvariantCulture),
                [ShardFormat.FingerprintKey] = fingerprint,
            };
        }
        catch
        {
            _output.Dispose();
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Bytes written so far.</summary>
    public long Bytes => _output.Length;

    /// <summary>Writes one row group; <paramref name="rows"/> can be used again when it returns.</summary>
    public void Write(RowGroup rows)
    {
        var n = rows.Count;
        using var group = _parquet.CreateRowGroup();
        Now(group.WriteAsync(ShardSchema.RecordingId, new ArraySegment<string>(rows.RecordingId, 0, n)));
        Now(group.WriteAsync<int>(ShardSchema.Start, rows.Start.AsMemory(0, n)));
        Now(group.WriteAsync(ShardSchema.Label, new ArraySegment<string>(rows.LabelNames!, 0, n)));
        Now(group.WriteAsync<int>(ShardSchema.Class, new ReadOnlyMemory<int?>(rows.Classes, 0, n)));
        Now(group.WriteAsync<int>(ShardSchema.Fs, rows.Fs.AsMemory(0, n)));
        for (var i = 0; i < ShardSchema.Lists.Length; i++)
        {
            var list = ShardSchema.Lists[i];
            var length = n * list.Length;
            Now(group.WriteAllPartsAsync<float>(
                list.Element,
                rows.Lists[i].AsMemory(0, length),
                ShardSchema.DefinitionLevels.AsMemory(0, length),
                list.RepetitionLevels.AsMemory(0, length),
                CancellationToken.None));
        }
    }

    /// <summary>Writes the footer and brings all of it to the disk. The file keeps its name; <see cref="Dispose"/> closes it.</summary>
    /// <returns>SHA-256 in hexadecimal, and the length in bytes.</returns>
    public (string Sha256, long Bytes) Finish()
    {
        _parquet.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _files.Sync(_file);
        return (_output.Hash(), _output.Length);
    }

    /// <summary>Closes the file as it is: whole after <see cref="Finish"/>, else of no use.</summary>
    public void Dispose()
    {
        _output.Dispose();
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // A full disk refuses the buffered rest again; the failure itself has been thrown already.
        }
    }

    // The stream below completes every write at once, so nothing here ever waits for another thread.
    private static void Now(Task task) => task.GetAwaiter().GetResult();

    private static T Now<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
