using System.Globalization;
using Parquet;

namespace Mina.Streaming.Shards;

/// <summary>
/// A row group in memory, and then its bytes as a shard holds them. Encoding takes nearly all of an ingest's time and depends on nothing of the
/// groups before it but their length, so several are encoded at once. An instance is used again and again.
/// </summary>
/// <remarks>It is written as a file of one row group by Parquet.Net; <see cref="ShardWriter"/> moves it to its place in the shard.</remarks>
internal sealed class EncodedRowGroup(string fingerprint)
{
    private readonly MemoryStream _bytes = new();
    private int _end;

    /// <summary>The number of bytes of "PAR1", with which a file begins and ends.</summary>
    public const int MagicBytes = 4;

    /// <summary>The rows, which are filled before <see cref="Encode"/> and must not be touched while it runs.</summary>
    public RowGroup Rows { get; } = new(ShardFormat.RowsPerGroup);

    /// <summary>The bytes of the row group in a file.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.GetBuffer().AsSpan(MagicBytes, _end - MagicBytes);

    /// <summary>The footer of a file that begins with it.</summary>
    public ThriftStruct Footer { get; private set; } = new([]);

    /// <summary>Encodes the rows.</summary>
    public void Encode()
    {
        _bytes.SetLength(0);
        var parquet = Now(ParquetWriter.CreateAsync(ShardSchema.Schema, _bytes, ShardFormat.WriteOptions()));
        parquet.CustomMetadata = new Dictionary<string, string>
        {
            [ShardFormat.VersionKey] = ShardFormat.Version.ToString(CultureInfo.InvariantCulture),
            [ShardFormat.FingerprintKey] = fingerprint,
        };
        Write(parquet, Rows);
        _end = (int)_bytes.Length;
        parquet.DisposeAsync().AsTask().GetAwaiter().GetResult();
        // Its length and "PAR1" follow the footer.
        Footer = ThriftCompact.Read(_bytes.GetBuffer().AsSpan(_end, (int)_bytes.Length - _end - 8));
    }

    /// <summary>Writes a row group by Parquet.Net.</summary>
    internal static void Write(ParquetWriter parquet, RowGroup rows)
    {
        var n = rows.Count;
        using var group = parquet.CreateRowGroup();
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

    // A memory stream completes every write at once, so nothing here ever waits for another thread.
    private static void Now(Task task) => task.GetAwaiter().GetResult();

    private static T Now<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
