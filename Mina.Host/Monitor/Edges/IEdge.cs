namespace Mina.Host.Monitor.Edges;

/// <summary>
/// A way in for chunks. It hands each chunk to <see cref="Intake"/> and passes the answer to the sender: an acknowledgement means that the
/// chunk was taken. <c>docs/adding-an-edge.md</c> says how to add one.
/// </summary>
/// <remarks>An edge that ends by an exception is logged, counted and started again; the other edges and the monitoring go on.</remarks>
public interface IEdge
{
    /// <summary>The edge's name in metrics and in the log: mqtt, http, files.</summary>
    string Name { get; }

    /// <summary>The task that runs from the start on; null where the edge only answers requests. When it fails, the edge is started again.</summary>
    Task? ExecuteTask => null;

    /// <summary>Adds the edge's addresses to the web server, where it has any.</summary>
    void Map(IEndpointRouteBuilder endpoints)
    {
    }

    /// <summary>Starts the edge.</summary>
    /// <exception cref="Mina.Preprocess.ProblemException">The edge cannot start with these settings: the monitor does not start.</exception>
    Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes no more chunks, and returns when those under way are answered.</summary>
    Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
