using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using MudBlazor.Services;

namespace Mina.Host.Monitor.Page;

/// <summary>The monitor's web page: its services and its addresses. It shows the <see cref="IMonitor"/> of the services.</summary>
public static class MonitorPage
{
    // Everything comes from this server, including styles, fonts and scripts. MudBlazor writes styles into the page.
    private const string ContentPolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

    /// <summary>Adds the services of the page. A <see cref="ConnectHints"/> that is already registered is kept.</summary>
    public static IServiceCollection AddMonitorPage(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices();
        services.AddScoped<Viewer>();
        services.AddScoped<Visitor>();
        services.TryAddSingleton(ConnectHints.Default);
        // The keys need not outlive the process, because a page that was open reloads when the monitor is back.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        return services;
    }

    /// <summary>Serves the page at <c>/</c>, a stream at <c>/stream/NAME</c>, and their styles, fonts and scripts.</summary>
    public static void MapMonitorPage(this WebApplication app)
    {
        FindAssets(app.Environment);
        app.UseAntiforgery();
        app.MapStaticAssets(Beside("staticwebassets.endpoints.json"));
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            .Add(endpoint =>
            {
                if (endpoint.RequestDelegate is not { } next)
                    return;
                endpoint.RequestDelegate = context =>
                {
                    context.Response.Headers.ContentSecurityPolicy = ContentPolicy;
                    return next(context);
                };
            });
    }

    /// <summary>
    /// Finds the page's files: beside the program when it is published, and otherwise where the build's list says, but never in the user's folder.
    /// </summary>
    private static void FindAssets(IWebHostEnvironment environment)
    {
        var published = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        environment.WebRootFileProvider = Directory.Exists(published) ? new PhysicalFileProvider(published) : new NullFileProvider();
        var list = Beside("staticwebassets.runtime.json");
        if (!File.Exists(list))
            return;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new(WebHostDefaults.StaticWebAssetsKey, list)])
            .Build();
        StaticWebAssetsLoader.UseStaticWebAssets(environment, configuration);
    }

    private static string Beside(string kind) => Path.Combine(AppContext.BaseDirectory, $"{typeof(MonitorPage).Assembly.GetName().Name}.{kind}");
}
