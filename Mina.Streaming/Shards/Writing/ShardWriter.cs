using System.Buffers.Binary;
using Mina.Streaming.Files;

namespace Mina.Streaming.Shards;

/// <summary>Writes the row groups of one shard to a file. The bytes depend on the rows alone, and on no clock or random id.</summary>
/// <remarks>
/// One thread at a time may use it. The bytes are those of a single Parquet.Net writer, as a test checks: a row group's own bytes are the same
/// at any place, and only its offsets in the footer change.
/// </remarks>
internal sealed class ShardWriter : IDisposable
{
    // The field ids in parquet.thrift.
    private const int FileRows = 3, FileGroups = 4, GroupColumns = 1, GroupOffset = 5, GroupOrdinal = 7;
    private const int ChunkOffset = 2, ChunkData = 3, DataPage = 9, IndexPage = 10, DictionaryPage = 11;

    private readonly IFileStore _files;
    private readonly Stream _file;
    private readonly HashingStream _output;
    private ThriftStruct? _footer;

    /// <summary>Begins a shard.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The file, which is replaced if it is there.</param>
    public ShardWriter(IFileStore files, string path)
    {
        _files = files;
        _file = files.Create(path);
        _output = new HashingStream(_file);
    }

    /// <summary>The number of bytes written so far.</summary>
    public long Bytes => _output.Length;

    /// <summary>Adds a row group, which can be used again when this returns.</summary>
    public void Add(EncodedRowGroup group)
    {
        if (_footer is null)
            _output.Write("PAR1"u8);
        var offset = _output.Length - EncodedRowGroup.MagicBytes;
        _output.Write(group.Bytes);
        var groups = ((ThriftList)group.Footer[FileGroups]!).Values;
        foreach (var added in groups.Cast<ThriftStruct>())
            Move(added, offset);
        if (_footer is null)
        {
            _footer = group.Footer;
            return;
        }

        var all = ((ThriftList)_footer[FileGroups]!).Values;
        foreach (var added in groups.Cast<ThriftStruct>())
        {
            added.Change(GroupOrdinal, _ => all.Count);
            all.Add(added);
        }

        _footer.Change(FileRows, rows => rows + (long)group.Footer[FileRows]!);
    }

    /// <summary>Writes the footer and flushes the file to the disk. <see cref="Dispose"/> closes it.</summary>
    /// <returns>The SHA-256 in hexadecimal, and the length in bytes.</returns>
    /// <exception cref="InvalidOperationException">There is no row group.</exception>
    public (string Sha256, long Bytes) Finish()
    {
        var footer = ThriftCompact.Write(_footer ?? throw new InvalidOperationException("A shard has at least one row group."));
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        _output.Write([.. footer, .. length, .. "PAR1"u8]);
        _files.Sync(_file);
        return (_output.Hash(), _output.Length);
    }

    /// <summary>Closes the file, which is whole after <see cref="Finish"/> and of no use before it.</summary>
    public void Dispose()
    {
        _output.Dispose();
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // A full disk refuses the buffered rest again; the first failure has been thrown already.
        }
    }

    private static void Move(ThriftStruct group, long offset)
    {
        group.Change(GroupOffset, at => at + offset);
        foreach (var chunk in ((ThriftList)group[GroupColumns]!).Values.Cast<ThriftStruct>())
        {
            // Parquet.Net leaves the deprecated offset of the chunk's metadata 0 or sets it to where the chunk begins.
            chunk.Change(ChunkOffset, at => at == 0 ? 0 : at + offset);
            var data = (ThriftStruct)chunk[ChunkData]!;
            data.Change(DataPage, at => at + offset);
            data.Change(IndexPage, at => at + offset);
            data.Change(DictionaryPage, at => at + offset);
        }
    }
}
