namespace Mina.Streaming.Shards;

/// <summary>Yields row groups, one after the other; used by one thread.</summary>
internal interface IRowGroupSource : IDisposable
{
    /// <summary>Reads the next row group in place of what <paramref name="rows"/> held.</summary>
    /// <returns>False when all have been read.</returns>
    bool Next(RowGroup rows);
}
