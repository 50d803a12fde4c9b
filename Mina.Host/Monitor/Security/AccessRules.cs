using System.Security.Claims;

namespace Mina.Host.Monitor.Security;

/// <summary>
/// What each request needs, in one place. What is not named here and changes something needs an administrator, so that an address that is added
/// is closed until it is named.
/// </summary>
internal static class AccessRules
{
    private const string TokenClaim = "mina:token";

    /// <summary>The identity that a token gives; its name is the token's, and it has none where the token is nobody's in particular.</summary>
    public static ClaimsPrincipal PrincipalOf(AccessGrant grant, string by)
    {
        var claims = new List<Claim> { new(TokenClaim, grant.Hash), new(ClaimTypes.Role, grant.Role.ToString()) };
        if (grant.Name is { } name)
            claims.Add(new Claim(ClaimTypes.Name, name));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, by));
    }

    /// <summary>What an identity's token gives now; null: it is revoked, or there is none.</summary>
    public static AccessGrant? GrantOf(ClaimsPrincipal user, AccessTokens tokens) => tokens.OfHash(user.FindFirst(TokenClaim)?.Value);

    /// <summary>Whether a request is let through.</summary>
    public static bool Allow(HttpContext context, AccessTokens tokens)
    {
        if (!tokens.IsDemanded)
            return true;
        if (GrantOf(context.User, tokens) is not { } grant)
            return false;
        return IsSending(context.Request) ? context.GetRouteValue("id") is string stream && grant.MaySend(stream) : grant.May(NeededFor(context.Request));
    }

    /// <summary>Why an identity may not do what it asked for, in a sentence without a full stop.</summary>
    public static string WhyNot(HttpContext context)
    {
        var role = context.User.FindFirst(ClaimTypes.Role)?.Value.ToLowerInvariant();
        var who = context.User.Identity?.Name is { } name ? $"the token of '{name}'" : "the token";
        if (!IsSending(context.Request))
            return $"{who} has the role {role}, and this needs {NeededFor(context.Request).ToString().ToLowerInvariant()}";
        return role == "device" ? $"{who} is a device's, and not that of this stream" : $"{who} has the role {role}; samples are sent with a device's token";
    }

    /// <summary>The role that a request needs which sends no samples.</summary>
    public static AccessRole NeededFor(HttpRequest request)
    {
        var path = request.Path;
        var isReading = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        if (path.Value!.StartsWith("/api/audit", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/audit"))
            return AccessRole.Admin;
        // The page's own connection, in which each action asks again.
        if (isReading || path.StartsWithSegments("/_blazor"))
            return AccessRole.View;
        if (!HttpMethods.IsPost(request.Method))
            return AccessRole.Admin;
        var parts = path.Value!.Trim('/').ToLowerInvariant().Split('/');
        return parts switch
        {
            ["api", "alarms", _, "acknowledge"] or ["api", "beds", _, "pause" or "resume"] => AccessRole.Acknowledge,
            ["api", "reviews"] => AccessRole.Review,
            _ => AccessRole.Admin,
        };
    }

    private static bool IsSending(HttpRequest request) => request.Path.StartsWithSegments("/streams");
}
