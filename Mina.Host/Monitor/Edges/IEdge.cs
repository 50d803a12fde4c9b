namespace Mina.Host.Monitor.Edges;

/// <summary>
/// A way in for chunks. It hands each to <see cref="Intake"/>, and tells its sender what the answer says: an acknowledgement means that the
/// chunk was taken. <c>docs/adding-an-edge.md</c> has the steps for another one.
/// </summary>
/// <remarks>An edge that ends by an exception is logged, counted and started again; the others and the monitoring go on.</remarks>
public interface IEdge
{
    /// <summary>What it is called where messages are counted and in the log: mqtt, http, files.</summary>
    string Name { get; }

    /// <summary>What it does from its start on, where it does anything on its own; it is started again when this fails.</summary>
    Task? ExecuteTask => null;

    /// <summary>Adds its addresses to the web server, where it has some.</summary>
    void Map(IEndpointRouteBuilder endpoints)
    {
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="Mina.Preprocess.ProblemException">It cannot start as the settings say: the monitor does not start.</exception>
    Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes nothing more, and returns when what it was taking is answered.</summary>
    Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
