using System.Net;

namespace Mina.Host.Monitor.Security;

/// <summary>
/// Keeps scripts of other websites that are open in a browser on this machine from sending samples, reading or acknowledging. On every path,
/// including the WebSocket's, the request's origin has to be the monitor's own, its host a name of the monitor (which stops DNS rebinding), and
/// the browser's Fetch Metadata headers must not name another site. Programs other than browsers send only the host, and are let through.
/// </summary>
internal sealed class SiteGate
{
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly bool _any;

    /// <summary>Creates the gate for these settings.</summary>
    public SiteGate(MonitorOptions options)
    {
        _hosts.Add("localhost");
        _hosts.Add(Environment.MachineName);
        foreach (var url in Split(options.Urls))
            _hosts.Add(BindingAddress.Parse(url).Host);
        foreach (var host in Split(options.Hosts))
            _hosts.Add(host);
        // With a token, a foreign name that points to this machine gives no access, because the browser does not send the cookie to it.
        _any = options.Hosts is null ? options.DemandsToken : Split(options.Hosts).Contains("*");
    }

    /// <summary>Adds the gate in front of everything else, and the headers that every answer carries.</summary>
    public static void Use(WebApplication app)
    {
        var gate = new SiteGate(app.Services.GetRequiredService<MonitorOptions>());
        app.Use(async (context, next) =>
        {
            context.Response.OnStarting(AddHeaders, context.Response);
            if (gate.WhyNot(context) is not { } why)
            {
                await next(context).ConfigureAwait(false);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync(why).ConfigureAwait(false);
        });
    }

    /// <summary>Why a request is refused; null: it is let through.</summary>
    internal string? WhyNot(HttpContext context)
    {
        var request = context.Request;
        if (request.Host.HasValue && !IsOurs(request.Host.Host))
            return "this monitor is not known by that name; name it in the setting Monitor:Hosts\n";
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        // A form of our own pages names no origin, because they send no referrer; a browser says all the same that it comes from here.
        var isOwnForm = request.Headers.Origin == "null" && site == "same-origin";
        if (request.Headers.Origin.ToString() is { Length: > 0 } origin && !isOwnForm && !IsOrigin(origin, request.Host))
            return "another website may not do this\n";
        // A link from another site to a page is allowed; other requests of that site are not.
        var isLink = HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document";
        return site is "cross-site" or "same-site" && !isLink ? "another website may not do this\n" : null;
    }

    private static IEnumerable<string> Split(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // DNS rebinding needs a name; an IP address cannot be made to point elsewhere.
    private bool IsOurs(string host) =>
        _any || IPAddress.TryParse(host.Trim('[', ']'), out _) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || _hosts.Contains(host);

    // Compares host and port but not the scheme, because a proxy in front of the monitor may have ended TLS.
    private static bool IsOrigin(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(
            from.Host.Trim('[', ']'),
            host.Host.Trim('[', ']'),
            StringComparison.OrdinalIgnoreCase)
            && (host.Port ?? (from.Scheme == "https" ? 443 : 80)) == from.Port;

    private static Task AddHeaders(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // The page's static files carry their own cache headers.
        if (headers.CacheControl.Count == 0 || headers.CacheControl == "no-cache")
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
