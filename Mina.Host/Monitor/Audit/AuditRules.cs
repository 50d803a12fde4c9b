namespace Mina.Host.Monitor.Audit;

/// <summary>Which requests the audit log has. The page's own actions, which come by its connection, are taken down where they are done.</summary>
internal static class AuditRules
{
    private static readonly string[] Exports = [".csv", ".zip", ".atr"];

    /// <summary>Takes down what a request did, when it has done it.</summary>
    public static void Use(WebApplication app)
    {
        var audit = app.Services.GetRequiredService<AuditLog>();
        app.Use(async (context, next) =>
        {
            await next(context).ConfigureAwait(false);
            if (context.Response.StatusCode < StatusCodes.Status400BadRequest && Find(context.Request) is { } found)
                audit.Add(context.User.Identity?.Name, found.Action, found.About, context.Connection.RemoteIpAddress?.ToString());
        });
    }

    /// <summary>What a request does, and what it is about; null: nothing that is taken down.</summary>
    internal static (AuditAction Action, string About)? Find(HttpRequest request)
    {
        var path = request.Path.Value!;
        if (!request.Path.StartsWithSegments("/api"))
            return null;
        var parts = path.Trim('/').Split('/');
        var id = parts.Length > 2 ? parts[2] : path;
        if (HttpMethods.IsGet(request.Method))
        {
            return Exports.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase))
                || parts.Skip(3).Any(part => part.ToLowerInvariant() is "fhir" or "samples")
                ? (AuditAction.Exported, path) : null;
        }

        return parts.Length < 2 ? null : (parts[1].ToLowerInvariant(), parts[^1].ToLowerInvariant()) switch
        {
            ("alarms", "acknowledge") => (AuditAction.Acknowledged, id),
            ("reviews", _) => (AuditAction.Reviewed, path),
            ("beds", "pause" or "resume") => (AuditAction.Paused, $"bed {id}: {parts[^1]}"),
            ("beds", "discharge") => (AuditAction.Changed, $"bed {id}: discharged"),
            ("beds", _) => (AuditAction.Changed, $"bed {id}"),
            ("streams", _) when HttpMethods.IsDelete(request.Method) => (AuditAction.Changed, $"stream {id}: removed"),
            _ => null,
        };
    }
}
