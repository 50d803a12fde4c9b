using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Mina.Host.Monitor.Security;

/// <summary>
/// Demands the token for page, API and WebSocket: <c>Authorization: Bearer TOKEN</c>, or once <c>?access_token=TOKEN</c>, for which the
/// browser receives a cookie. Every address demands it except those that allow anonymous access, such as the health checks.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessToken token, FailedAttempts attempts)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private const string SchemeName = "Token";
    private const string Cookie = "mina";
    private const string Query = "access_token";
    private const string ByQuery = "query";

    /// <summary>Adds the authentication, where a token is demanded.</summary>
    public static void Add(IServiceCollection services, string? token)
    {
        services.AddSingleton(provider => new AccessToken(token, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<FailedAttempts>();
        if (string.IsNullOrEmpty(token))
            return;
        services.AddAuthentication(SchemeName).AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(SchemeName, null);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder(SchemeName).RequireAuthenticatedUser().Build());
    }

    /// <summary>Adds the authentication in front of the endpoints.</summary>
    public static void Use(WebApplication app)
    {
        var token = app.Services.GetRequiredService<AccessToken>();
        if (!token.IsDemanded)
            return;
        app.UseAuthentication();
        app.Use((context, next) =>
        {
            var request = context.Request;
            var isPage = HttpMethods.IsGet(request.Method) && !context.WebSockets.IsWebSocketRequest && !request.Path.StartsWithSegments("/api");
            if (!isPage || context.User.Identity?.AuthenticationType != ByQuery)
                return next(context);
            // Redirects to the address without the token, so that no history or log contains it. A path that begins with two slashes
            // would lead to another host.
            context.Response.Cookies.Append(
                Cookie,
                token.MakeCookie(),
                new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = request.IsHttps, MaxAge = AccessToken.CookieLifetime });
            context.Response.Redirect($"{request.PathBase.ToUriComponent()}/{request.Path.ToUriComponent().TrimStart('/', '\\')}");
            return Task.CompletedTask;
        });
        app.UseAuthorization();
    }

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (token.IsCookie(Request.Cookies[Cookie]))
            return Task.FromResult(Success("cookie"));
        var bearer = Bearer(Request);
        if ((bearer ?? Request.Query[Query].ToString()) is not { Length: > 0 } given)
            return Task.FromResult(AuthenticateResult.NoResult());
        var from = Context.Connection.RemoteIpAddress;
        if (attempts.AreTooMany(from))
            return Task.FromResult(AuthenticateResult.Fail("too many wrong tokens"));
        if (token.Matches(given))
            return Task.FromResult(Success(bearer is null ? ByQuery : "bearer"));
        attempts.Count(Context.WebSockets.IsWebSocketRequest ? "websocket" : "http", from);
        return Task.FromResult(AuthenticateResult.Fail("a wrong token"));
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (attempts.AreTooMany(Context.Connection.RemoteIpAddress))
        {
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            Response.Headers.RetryAfter = FormattableString.Invariant($"{FailedAttempts.Period.TotalSeconds:0}");
            await Response.WriteAsync("too many wrong tokens came from your address; try again in a minute\n").ConfigureAwait(false);
            return;
        }

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        await Response.WriteAsync("a token is needed: Authorization: Bearer TOKEN, or ?access_token=TOKEN\n").ConfigureAwait(false);
    }

    private static AuthenticateResult Success(string by) =>
        AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "token")], by)), SchemeName));

    private static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;
}
