using Mina.Preprocess;
using Parquet;
using Parquet.Schema;

namespace Mina.Streaming.Shards;

/// <summary>Reads the row groups of one shard, in any order.</summary>
/// <remarks>One thread at a time may use it.</remarks>
internal sealed class ShardReader : IDisposable
{
    // The levels of a row group are read and thrown away, because all lists have the same length.
    private readonly int[] _levels;
    private readonly string _path;
    private readonly BlockingFile _file;
    private readonly ParquetReader _parquet;
    private readonly DataField[] _fields;

    /// <summary>Opens a shard.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fingerprint">The fingerprint of the preprocessing that the shard must have.</param>
    /// <param name="levels">A scratch buffer of <see cref="LevelScratch"/> ints, which readers on one thread may share.</param>
    /// <exception cref="ProblemException">The file is not a shard, is damaged, or is of other settings.</exception>
    public ShardReader(string path, string fingerprint, int[] levels)
    {
        _path = path;
        _levels = levels;
        _file = Open(path);
        try
        {
            _parquet = ParquetReader.CreateAsync(_file, ShardFormat.ReadOptions()).GetAwaiter().GetResult();
            _fields = _parquet.Schema.DataFields;
            var expected = ShardSchema.Schema.DataFields;
            if (!_fields.Select(field => field.Path).SequenceEqual(expected.Select(field => field.Path)))
                throw new ProblemException($"{path} has other columns than a shard; make the shards again.");
            if (!_parquet.CustomMetadata.TryGetValue(ShardFormat.FingerprintKey, out var found))
                throw new ProblemException($"{path} does not say what it was made with, so it is damaged or no shard; restore it, or make the shards again.");
            if (found != fingerprint)
                throw new ProblemException($"{path} was made with preprocessing '{found}', not '{fingerprint}' as its directory says; make the shards again.");
        }
        catch (Exception e)
        {
            _file.Dispose();
            if (e is ProblemException)
                throw;
            throw Damaged(e);
        }
    }

    /// <summary>The number of ints that the scratch buffer must hold.</summary>
    public static int LevelScratch => 2 * ShardFormat.RowsPerGroup * Shapes.XLength;

    /// <summary>The number of row groups.</summary>
    public int Groups => _parquet.RowGroupCount;

    /// <summary>The number of rows in a row group.</summary>
    public int RowsOf(int group) => checked((int)_parquet.Metadata!.RowGroups[group].NumRows);

    /// <summary>Reads a row group into <paramref name="rows"/>, in place of what it held.</summary>
    /// <exception cref="ProblemException">It is damaged.</exception>
    public void Read(int group, RowGroup rows)
    {
        try
        {
            using var reader = _parquet.OpenRowGroupReader(group);
            var n = checked((int)reader.RowCount);
            if (n > rows.Capacity)
                throw new ProblemException($"{_path} has a row group of {n} rows, more than {rows.Capacity}; it is no shard of this format.");
            Now(reader.ReadAsync(_fields[0], rows.RecordingId.AsMemory(0, n)!, null, CancellationToken.None));
            Now(reader.ReadAsync<int>(_fields[1], rows.Start.AsMemory(0, n), null, CancellationToken.None));
            Now(reader.ReadAsync(_fields[2], rows.LabelNames.AsMemory(0, n)!, null, CancellationToken.None));
            Now(reader.ReadAsync<int>(_fields[3], rows.Classes.AsMemory(0, n), null, CancellationToken.None));
            Now(reader.ReadAsync<int>(_fields[4], rows.Fs.AsMemory(0, n), null, CancellationToken.None));
            for (var i = 0; i < rows.Lists.Length; i++)
                ReadList(reader, i, n, rows.Lists[i]);
            rows.Count = n;
            Decode(rows);
        }
        catch (Exception e) when (e is not ProblemException)
        {
            throw Damaged(e);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _parquet.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _file.Dispose();
    }

    private static BlockingFile Open(string path)
    {
        try
        {
            return new BlockingFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{path} cannot be opened: {e.Message}", e);
        }
    }

    private void ReadList(ParquetRowGroupReader reader, int list, int rows, float[] into)
    {
        var field = _fields[5 + list];
        var length = rows * ShardSchema.Lists[list].Length;
        var values = reader.GetMetadata(field)?.MetaData?.NumValues;
        if (values != length)
            throw new ProblemException($"{_path} has {values} values of {field.Path} in {rows} rows, and {length} are due; make the shards again.");
        var definitions = _levels.AsMemory(0, length);
        var repetitions = _levels.AsMemory(_levels.Length / 2, length);
        Now(reader.ReadRawAsync<float>(field, into.AsMemory(0, length), definitions, repetitions, CancellationToken.None));
    }

    // Rows of one recording follow one another, so one string serves them all.
    private static void Decode(RowGroup rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0 && rows.RecordingId[i] == rows.RecordingId[i - 1])
                rows.RecordingId[i] = rows.RecordingId[i - 1];
            rows.Label[i] = rows.LabelNames[i] is { } name && Labels.TryParse(name, out var label) ? label : null;
        }
    }

    private static void Now(ValueTask task)
    {
        if (task.IsCompleted)
            task.GetAwaiter().GetResult();
        else
            task.AsTask().GetAwaiter().GetResult();
    }

    private ProblemException Damaged(Exception e) =>
        new($"{_path} cannot be read as a shard ({e.Message}); restore it, or make the shards again.", e);
}
