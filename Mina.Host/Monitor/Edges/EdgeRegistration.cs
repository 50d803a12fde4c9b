namespace Mina.Host.Monitor.Edges;

/// <summary>The edges of the monitor: a line for each. One whose settings are not given is not made.</summary>
internal static class EdgeRegistration
{
    /// <summary>Adds them.</summary>
    public static void AddEdges(this IServiceCollection services, MonitorOptions settings)
    {
        services.AddEdge<HttpEdge, HttpEdgeOptions>(HttpEdgeOptions.From(settings));
        services.AddEdge<WebSocketEdge, WebSocketEdgeOptions>(WebSocketEdgeOptions.From(settings));
        services.AddEdge<MqttBroker, MqttBrokerOptions>(MqttBrokerOptions.From(settings));
        services.AddEdge<MqttSubscriber, MqttSubscriberOptions>(MqttSubscriberOptions.From(settings));
        services.AddEdge<FolderStreams, MonitorOptions>(settings.Replay is null ? null : settings);
        services.AddEdge<GrowingStreams, MonitorOptions>(settings.Follow is null ? null : settings);
        services.AddHostedService<EdgeSupervisor>();
    }

    /// <summary>Adds the addresses that edges have on the web server.</summary>
    public static void MapEdges(this WebApplication app)
    {
        foreach (var edge in app.Services.GetServices<IEdge>())
            edge.Map(app);
    }

    /// <summary>Adds an edge.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">Its options; null: the settings do not ask for it.</param>
    internal static void AddEdge<TEdge, TOptions>(this IServiceCollection services, TOptions? options)
        where TEdge : class, IEdge
        where TOptions : class
    {
        if (options is null)
            return;
        if (typeof(TOptions) != typeof(MonitorOptions))
            services.AddSingleton(options);
        services.AddSingleton<IEdge, TEdge>();
    }
}
