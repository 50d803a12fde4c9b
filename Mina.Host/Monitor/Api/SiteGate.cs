namespace Mina.Host.Monitor.Api;

/// <summary>
/// Keeps scripts of other websites, open in a browser on this machine, from sending samples or acknowledging alarms: browsers say where a
/// request comes from (Fetch Metadata, <c>Sec-Fetch-Site</c>); programs do not, and are let through.
/// </summary>
internal static class SiteGate
{
    /// <summary>Puts it before everything else.</summary>
    public static void Use(WebApplication app) => app.Use(async (context, next) =>
    {
        var changes = context.WebSockets.IsWebSocketRequest || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));
        if (changes && context.Request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync("another website may not do this\n").ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    });
}
