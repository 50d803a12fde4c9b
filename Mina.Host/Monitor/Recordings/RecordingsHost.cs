using Microsoft.AspNetCore.DataProtection;
using Mina.Host.Monitor.Api;
using Mina.Host.Monitor.Outputs.Fhir;
using Mina.Host.Monitor.Page;
using Mina.Host.Monitor.Security;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Recordings;

/// <summary>Serves the page and the API of recordings, on this machine alone.</summary>
internal static class RecordingsHost
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Builds the application.</summary>
    /// <param name="monitor">The recordings.</param>
    /// <param name="port">The port of the page; 0: a free one.</param>
    public static WebApplication Build(RecordingsMonitor monitor, int port)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = typeof(RecordingsHost).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        // Nothing has to be finished but a review that is being stored; open pages are let go of.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.Services.AddSingleton(new MonitorOptions { Urls = $"http://127.0.0.1:{port}" });
        builder.Services.AddSingleton(TimeProvider.System);
        // Wrong tokens are counted.
        builder.Services.AddSingleton<MonitorMetrics>();
        builder.Services.AddSingleton<IMonitor>(monitor);
        builder.Services.AddSingleton(new FhirWriter(FhirMethod.Of(monitor.Detector), new FhirOptions()));
        TokenAuthentication.Add(builder.Services, _ => new AccessTokens(null, null, TimeProvider.System, new EphemeralDataProtectionProvider()));
        MonitorApi.AddServices(builder.Services);
        builder.Services.AddMonitorPage();
        var app = builder.Build();
        app.UseResponseCompression();
        SiteGate.Use(app);
        BadRequests.Use(app);
        TokenAuthentication.Use(app);
        app.MapOpenApi("/openapi/{documentName}.json");
        MonitorApi.Map(app);
        Exports.Map(app);
        FhirApi.Map(app);
        SampleExports.Map(app);
        ReviewApi.Map(app);
        app.MapMonitorPage();
        return app;
    }

    /// <summary>Runs the application until it is stopped.</summary>
    /// <exception cref="ProblemException">The port cannot be used.</exception>
    public static async Task RunAsync(WebApplication app, CancellationToken stop)
    {
        try
        {
            await app.StartAsync(stop).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new ProblemException($"the page cannot be served ({e.Message.TrimEnd('.')}); name another port with --port.", e);
        }

        Console.WriteLine($"page: {app.Urls.First()} (Ctrl-C ends)");
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
