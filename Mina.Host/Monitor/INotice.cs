namespace Mina.Host.Monitor;

/// <summary>Something that a receiver is to be told. The store keeps it until the receiver has taken it, over restarts too.</summary>
public interface INotice
{
    /// <summary>The same for every delivery of this notice.</summary>
    string Id { get; }
}
