using System.IO.Compression;
using Parquet;

namespace Mina.Streaming.Shards;

/// <summary>How shards are laid out and packed. Every number here decides a shard's bytes.</summary>
public static class ShardFormat
{
    /// <summary>The version of the columns and of the files beside the shards, which is raised when old shards can no longer be read as new ones.</summary>
    public const int Version = 1;

    /// <summary>
    /// The number of rows in a row group, the piece that training shuffles: 3 MB unpacked. Fewer rows mix better and pack worse at the same speed
    /// (measured on CinC 2017: 16 rows 27.1 % of raw, 32 rows 25.3 %, 128 rows 23.8 %).
    /// </summary>
    public const int RowsPerGroup = 32;

    /// <summary>A shard is closed with the recording that brings it to this many rows or more: about 50 MB.</summary>
    public const int RowsPerShard = 2048;

    /// <summary>The key of the format's version in a shard's metadata.</summary>
    public const string VersionKey = "mina.format";

    /// <summary>The key of <see cref="Preprocess.PreprocessSettings.Fingerprint"/> in a shard's metadata.</summary>
    public const string FingerprintKey = "mina.preprocess";

    /// <summary>
    /// The options of writing: zstd at its fastest level, and plain values, because Spark's vectorised reader took no BYTE_STREAM_SPLIT before
    /// 2026. docs/decisions/parquet-packing.md has the measurements.
    /// </summary>
    internal static ParquetOptions WriteOptions() => new()
    {
        CompressionMethod = CompressionMethod.Zstd,
        CompressionLevel = CompressionLevel.Fastest,
        MaximumSmallPoolFreeBytes = 4 << 20,
        MaximumLargePoolFreeBytes = 16 << 20,
    };

    /// <summary>The options of reading, whose pools are bounded.</summary>
    internal static ParquetOptions ReadOptions() => new()
    {
        MaximumSmallPoolFreeBytes = 4 << 20,
        MaximumLargePoolFreeBytes = 16 << 20,
    };
}
