using System.Security.Cryptography;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Mina.Host.Monitor.Api;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Edges;
using Mina.Host.Monitor.Outputs.Fhir;
using Mina.Host.Monitor.Page;
using Mina.Host.Monitor.Security;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Strips;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Log;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Mina.Host.Monitor;

/// <summary>Builds the monitor's application from configuration, services and endpoints.</summary>
internal static class MonitorHost
{
    // The time that a stop has to drain the queues.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Builds the application.</summary>
    /// <param name="flags">Settings from the command line, which override those of environment and file.</param>
    /// <exception cref="ProblemException">A setting, the model or the database cannot be used.</exception>
    public static WebApplication Build(IReadOnlyDictionary<string, string?> flags)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = typeof(MonitorHost).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseStaticWebAssets();
        MonitorSettings.Add(builder.Configuration, flags);
        var options = MonitorSettings.Read(builder.Configuration);
        MonitorSecurity.Check(options, builder.Configuration.GetSection("Kestrel"));
        builder.WebHost.UseUrls(options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxMessageBytes;
        });
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = StopTimeout;
            // A background service that fails does not end the monitoring.
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        });
        builder.Services.AddSystemd();
        builder.Services.AddWindowsService(service => service.ServiceName = "mina");
        // The command itself reports, in one sentence, what prevents the start.
        builder.Logging.ClearProviders()
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            .AddConsole();
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            // The slim builder would use its simple format whatever the settings say.
            console.FormatterName = builder.Configuration["Logging:Console:FormatterName"];
        });
        Add(builder.Services, options);
        var app = builder.Build();
        Map(app);
        return app;
    }

    /// <summary>Runs the application until it is asked to stop.</summary>
    /// <exception cref="ProblemException">The application cannot start with its settings.</exception>
    public static async Task RunAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (
            e is InvalidOperationException or CryptographicException && app.Urls.Any(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
        {
            throw new ProblemException(
                $"there is no usable certificate for https ({e.Message.Split('\n')[0].TrimEnd('.', '\r')}); "
                + $"name one, a .pfx or a .pem with its key: MINA_Kestrel__Certificates__Default__Path, and __Password or __KeyPath.");
        }

        await app.WaitForShutdownAsync().ConfigureAwait(false);
    }

    private static void Add(IServiceCollection services, MonitorOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<MonitorMetrics>();
        services.AddSingleton(_ => options.Model is { } model ? Detector.Load(Path.GetFullPath(model)) : Detector.Shipped);
        services.AddSingleton(provider => provider.GetRequiredService<Detector>().Classifier);
        services.AddSingleton(provider => Stores.Create(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<History>();
        if (Stores.CreateLog(options) is { } log)
            services.AddSingleton<IChunkLog>(_ => log);
        if (options.Record is { } record)
        {
            services.AddSingleton(provider => new SideRecorder(
                new SegmentRecorder(Path.GetFullPath(record), provider.GetRequiredService<Classifier>().Info.Preprocessing),
                provider.GetRequiredService<MonitorMetrics>(),
                provider.GetRequiredService<ILogger<SideRecorder>>()));
        }

        services.AddSingleton<MonitorService>();
        services.AddSingleton<IMonitor>(provider => provider.GetRequiredService<MonitorService>());
        services.AddSingleton<Intake>();
        // Stopped in the opposite order: first the edges, then the monitor, which drains, then who is told of alarms.
        services.AddHostedService<AlarmWebhook>();
        services.AddSingleton(provider => new FhirWriter(FhirMethod.Of(provider.GetRequiredService<Detector>()), options.Fhir));
        services.AddHostedService<FhirPush>();
        services.AddHostedService(provider => provider.GetRequiredService<MonitorService>());
        services.AddHostedService<BedFile>();
        services.AddSingleton<AuditLog>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditLog>());
        services.AddSingleton<StripKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<StripKeeper>());
        services.AddEdges(options);
        TokenAuthentication.Add(services, provider => AccessTokens.Of(options, provider.GetRequiredService<TimeProvider>()));
        services.AddHealthChecks().AddCheck<MonitorHealth>("monitor");
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("mina")).WithMetrics(metrics =>
        {
            // No measure has more values of its labels than this; the library's default sets 144 kB aside for each.
            metrics.AddView(_ => new MetricStreamConfiguration { CardinalityLimit = 200 });
            metrics.AddMeter(MonitorMetrics.Name, "System.Runtime").AddPrometheusExporter();
            if (options.Otlp is { } collector)
                metrics.AddOtlpExporter(otlp => otlp.Endpoint = new Uri(collector));
        });
        MonitorApi.AddServices(services);
        services.AddSingleton(ConnectHints.For(options));
        services.AddMonitorPage();
    }

    private static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.UseResponseCompression();
        SiteGate.Use(app);
        BadRequests.Use(app);
        TokenAuthentication.Use(app);
        AuditRules.Use(app);
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteHealthAsync }).AllowAnonymous();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapOpenApi("/openapi/{documentName}.json");
        MonitorApi.Map(app);
        AboutApi.Map(app);
        AlarmStream.Map(app);
        Exports.Map(app);
        FhirApi.Map(app);
        SampleExports.Map(app);
        EpisodeStrips.Map(app);
        BedApi.Map(app);
        AuditApi.Map(app);
        ReportApi.Map(app);
        ReviewApi.Map(app);
        app.MapEdges();
        app.MapMonitorPage();
    }

    // The first line is the status that monitoring systems look for; the reasons follow for people.
    private static Task WriteHealthAsync(HttpContext context, HealthReport report) => context.Response.WriteAsync(
        string.Join('\n', report.Entries.Values.Select(entry => entry.Description).Where(why => why is not null).Prepend(report.Status.ToString())));
}
