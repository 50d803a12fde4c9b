namespace Mina.Streaming.Shards;

/// <summary>Shards that cannot be read or added to. The message is one sentence for the user: what, where, what to do.</summary>
public sealed class ShardException : Exception
{
    public ShardException(string message)
        : base(message)
    {
    }

    public ShardException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
