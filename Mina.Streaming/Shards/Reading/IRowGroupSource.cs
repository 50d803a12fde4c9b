namespace Mina.Streaming.Shards;

/// <summary>Yields row groups one after the other. One thread at a time may use it.</summary>
internal interface IRowGroupSource : IDisposable
{
    /// <summary>Reads the next row group into <paramref name="rows"/>, in place of what it held.</summary>
    /// <returns>False when all have been read.</returns>
    bool Next(RowGroup rows);
}
