namespace Mina.Host.Monitor.Edges;

/// <summary>Registers the edges of the monitor, with one line for each. An edge without settings is not created.</summary>
internal static class EdgeRegistration
{
    /// <summary>Adds all edges that the settings ask for.</summary>
    public static void AddEdges(this IServiceCollection services, MonitorOptions settings)
    {
        services.AddEdge<HttpEdge, HttpEdgeOptions>(HttpEdgeOptions.From(settings));
        services.AddEdge<WebSocketEdge, WebSocketEdgeOptions>(WebSocketEdgeOptions.From(settings));
        services.AddEdge<MqttBroker, MqttBrokerOptions>(MqttBrokerOptions.From(settings));
        services.AddEdge<MqttSubscriber, MqttSubscriberOptions>(MqttSubscriberOptions.From(settings));
        services.AddEdge<FolderStreams, FolderStreamsOptions>(FolderStreamsOptions.From(settings));
        services.AddEdge<GrowingStreams, GrowingStreamsOptions>(GrowingStreamsOptions.From(settings));
        services.AddHostedService<EdgeSupervisor>();
    }

    /// <summary>Adds the addresses that edges have on the web server.</summary>
    public static void MapEdges(this WebApplication app)
    {
        foreach (var edge in app.Services.GetServices<IEdge>())
            edge.Map(app);
    }

    /// <summary>Adds an edge.</summary>
    /// <param name="services">The services of the monitor.</param>
    /// <param name="options">The options of the edge; null where the settings do not ask for it.</param>
    internal static void AddEdge<TEdge, TOptions>(this IServiceCollection services, TOptions? options)
        where TEdge : class, IEdge
        where TOptions : class
    {
        if (options is null)
            return;
        services.AddSingleton(options);
        services.AddSingleton<IEdge, TEdge>();
    }
}
