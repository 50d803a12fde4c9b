using System.Globalization;
using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Parquet;
using Xunit;

namespace Mina.Streaming.Tests.Shards;

public sealed class EncodedRowGroupTests
{
    [Property(MaxTest = 10)]
    public async Task Row_groups_encoded_apart_make_the_bytes_of_one_Parquet_writer(int seed, byte size, byte packers)
    {
        using var temp = new TemporaryFolder();
        var rows = TestRows.Random(seed, 1 + (size % 150));
        using (var directory = ShardDirectory.Open(temp["out"], new ShardSettings()))
        {
            using var writer = new ShardSetWriter(directory, 1 + (packers % 4));
            writer.Write("r", Label.AF, Split.Train, rows);
            writer.CloseAll();
        }

        var set = ShardSet.Open(temp["out"], verify: true);
        Assert.Equal(
            await WrittenByOneWriter(rows, set.Settings.Preprocess.Fingerprint),
            await File.ReadAllBytesAsync(ShardDirectory.FullPath(set.Directory, set.Shards[0].Name)));
    }

    [Fact]
    public void A_footer_is_written_as_it_was_read()
    {
        // Fields 1 (true), 2 (-3 as i32), 40 (text), 41 (list of 16 bytes), 42 (struct with a double).
        byte[] bytes =
        [
            0x11, 0x15, 0x05, 0x08, 0x50, 0x02, 0x68, 0x69, 0x19, 0xF3, 0x10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
            0x1C, 0x17, 1, 2, 3, 4, 5, 6, 7, 8, 0x00, 0x00,
        ];
        var read = ThriftCompact.Read(bytes);
        Assert.Equal([1, 2, 40, 41, 42], read.Fields.Select(field => field.Id));
        Assert.Equal(-3L, read[2]);
        Assert.Equal("hi"u8.ToArray(), read[40]);
        Assert.Equal(bytes, ThriftCompact.Write(read));
    }

    /// <summary>The plain way, whose bytes the encoded row groups must equal.</summary>
    private static async Task<byte[]> WrittenByOneWriter(Segments rows, string fingerprint)
    {
        using var file = new MemoryStream();
        await using (var parquet = await ParquetWriter.CreateAsync(ShardSchema.Schema, file, ShardFormat.WriteOptions()))
        {
            parquet.CustomMetadata = new Dictionary<string, string>
            {
                [ShardFormat.VersionKey] = ShardFormat.Version.ToString(CultureInfo.InvariantCulture),
                [ShardFormat.FingerprintKey] = fingerprint,
            };
            var group = new RowGroup(ShardFormat.RowsPerGroup);
            for (var row = 0; row < rows.Count; group.Count = 0)
            {
                row += group.Take("r", Label.AF, Shapes.Fs, rows, row);
                EncodedRowGroup.Write(parquet, group);
            }
        }

        return file.ToArray();
    }
}
