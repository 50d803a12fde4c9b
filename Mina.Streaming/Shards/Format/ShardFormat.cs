using System.IO.Compression;
using Parquet;

namespace Mina.Streaming.Shards;

/// <summary>How shards are laid out and packed. Every number here decides a shard's bytes.</summary>
public static class ShardFormat
{
    /// <summary>Version of the columns and of the files beside the shards; raised when old shards can no longer be read as new ones.</summary>
    public const int Version = 1;

    /// <summary>
    /// Rows a row group: the piece that training shuffles, 3 MB unpacked. Fewer mix better and pack worse (measured on
    /// CinC 2017: 16 rows 27.1 % of raw, 32 rows 25.3 %, 128 rows 23.8 %), at the same speed.
    /// </summary>
    public const int RowsPerGroup = 32;

    /// <summary>A shard is closed with the recording that brings it to this many rows or more: about 50 MB.</summary>
    public const int RowsPerShard = 2048;

    /// <summary>Key of the format's version in a shard's metadata.</summary>
    public const string VersionKey = "mina.format";

    /// <summary>Key of <see cref="Preprocess.PreprocessSettings.Fingerprint"/> in a shard's metadata.</summary>
    public const string FingerprintKey = "mina.preprocess";

    /// <summary>
    /// zstd at its fastest level, values PLAIN. Measured on CinC 2017 segments, one core, 32 rows a group, as share of
    /// raw, MB/s written, MB/s read: none 100 %, 777, 1994; lz4 37 %, 606, 901; zstd fastest
    /// 25 %, 508, 790; zstd fastest with BYTE_STREAM_SPLIT 21 %, 447, 569; at 64 rows snappy 92 %, 363, 218. PLAIN,
    /// because Spark's vectorised reader took no BYTE_STREAM_SPLIT before 2026. Parquet.Net's own default level is far slower.
    /// </summary>
    internal static ParquetOptions WriteOptions() => new()
    {
        CompressionMethod = CompressionMethod.Zstd,
        CompressionLevel = CompressionLevel.Fastest,
        MaximumSmallPoolFreeBytes = 4 << 20,
        MaximumLargePoolFreeBytes = 16 << 20,
    };

    /// <summary>Reading: bounded pools.</summary>
    internal static ParquetOptions ReadOptions() => new()
    {
        MaximumSmallPoolFreeBytes = 4 << 20,
        MaximumLargePoolFreeBytes = 16 << 20,
    };
}
