using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Mina.Host.Monitor.Audit;

namespace Mina.Host.Monitor.Security;

/// <summary>
/// Demands a token for page, API and WebSocket, where there is one: <c>Authorization: Bearer TOKEN</c>, or the page on which a person signs in, or
/// once <c>?access_token=TOKEN</c>; the latter two give the browser a cookie. Every address demands it except those that allow anonymous access,
/// such as the health checks. What the token's role allows is said by <see cref="AccessRules"/>.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessTokens tokens, FailedAttempts attempts)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private const string SchemeName = "Token";
    private const string Cookie = "mina";
    private const string Query = "access_token";
    private const string ByQuery = "query";

    private static string TooMany => "too many wrong tokens came from your address; try again in a minute";

    /// <summary>Adds the authentication.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="tokens">Makes the tokens that there are.</param>
    public static void Add(IServiceCollection services, Func<IServiceProvider, AccessTokens> tokens)
    {
        services.AddSingleton(tokens);
        services.AddSingleton<FailedAttempts>();
        services.AddSingleton<LiveRequests>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveRequests>());
        services.AddAuthentication(SchemeName).AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(SchemeName, null);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder(SchemeName).RequireAssertion(asked =>
            asked.Resource is HttpContext context && AccessRules.Allow(context, context.RequestServices.GetRequiredService<AccessTokens>())).Build());
    }

    /// <summary>Adds the authentication in front of the endpoints, and the addresses at which a person signs in and out.</summary>
    public static void Use(WebApplication app)
    {
        var tokens = app.Services.GetRequiredService<AccessTokens>();
        app.UseAuthentication();
        app.Use((context, next) =>
        {
            var request = context.Request;
            var isPage = HttpMethods.IsGet(request.Method) && !context.WebSockets.IsWebSocketRequest && !request.Path.StartsWithSegments("/api");
            if (!isPage || context.User.Identity?.AuthenticationType != ByQuery || AccessRules.GrantOf(context.User, tokens) is not { } grant)
                return next(context);
            // Redirects to the address without the token, so that no history or log contains it.
            SignIn(context, tokens, grant);
            var rest = QueryString.Create(request.Query.Where(one => one.Key != Query));
            context.Response.Redirect(LocalPath(request.PathBase.ToUriComponent() + request.Path.ToUriComponent()) + rest);
            return Task.CompletedTask;
        });
        app.UseAuthorization();
        app.Use(app.Services.GetRequiredService<LiveRequests>().FollowAsync);
        app.MapGet(SignInPage.Path, context => SignInPage.WriteAsync(context, StatusCodes.Status200OK, "/", null)).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(SignInPage.Path, SignInAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/sign-out", context =>
        {
            context.Response.Cookies.Delete(Cookie);
            return SeeOther(context, SignInPage.Path);
        }).AllowAnonymous().ExcludeFromDescription();
    }

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (tokens.OfCookie(Request.Cookies[Cookie]) is { } known)
            return Task.FromResult(Success(known, "cookie"));
        var bearer = Bearer(Request);
        if (!tokens.IsDemanded || (bearer ?? Request.Query[Query].ToString()) is not { Length: > 0 } given)
            return Task.FromResult(AuthenticateResult.NoResult());
        var from = Context.Connection.RemoteIpAddress;
        if (attempts.AreTooMany(from))
            return Task.FromResult(AuthenticateResult.Fail("too many wrong tokens"));
        if (tokens.Find(given) is { } grant)
            return Task.FromResult(Success(grant, bearer is null ? ByQuery : "bearer"));
        attempts.Count(Context.WebSockets.IsWebSocketRequest ? "websocket" : "http", from);
        return Task.FromResult(AuthenticateResult.Fail("a wrong token"));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var isTooMany = attempts.AreTooMany(Context.Connection.RemoteIpAddress);
        if (isTooMany)
            Response.Headers.RetryAfter = FormattableString.Invariant($"{FailedAttempts.Period.TotalSeconds:0}");
        else
            Response.Headers.WWWAuthenticate = "Bearer";
        var status = isTooMany ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized;
        if (SignInPage.IsFor(Context))
            return SignInPage.WriteAsync(Context, status, Request.Path + Request.QueryString.Value, isTooMany ? $"{TooMany}." : null);
        return TypedResults.Problem(isTooMany ? TooMany : "a token is needed: Authorization: Bearer TOKEN", statusCode: status).ExecuteAsync(Context);
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        // A token that was revoked a moment ago.
        if (AccessRules.GrantOf(Context.User, tokens) is null)
            return HandleChallengeAsync(properties);
        var why = AccessRules.WhyNot(Context);
        return SignInPage.IsFor(Context)
            ? SignInPage.WriteAsync(Context, StatusCodes.Status403Forbidden, "/", $"{char.ToUpperInvariant(why[0])}{why[1..]}.")
            : TypedResults.Problem(why, statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(Context);
    }

    private static async Task SignInAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var (tokens, attempts, from) = (
            services.GetRequiredService<AccessTokens>(), services.GetRequiredService<FailedAttempts>(), context.Connection.RemoteIpAddress);
        var form = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false)
            : FormCollection.Empty;
        var to = form["to"].ToString();
        if (attempts.AreTooMany(from))
        {
            await SignInPage.WriteAsync(context, StatusCodes.Status429TooManyRequests, to, $"{TooMany}.").ConfigureAwait(false);
        }
        else if (tokens.Find(form["token"].ToString().Trim()) is not { } grant)
        {
            attempts.Count("http", from);
            await SignInPage.WriteAsync(context, StatusCodes.Status401Unauthorized, to, "That is no token of this monitor.").ConfigureAwait(false);
        }
        else
        {
            SignIn(context, tokens, grant);
            await SeeOther(context, LocalPath(to)).ConfigureAwait(false);
        }
    }

    private static void SignIn(HttpContext context, AccessTokens tokens, AccessGrant grant)
    {
        context.Response.Cookies.Append(
            Cookie,
            tokens.MakeCookie(grant),
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                MaxAge = AccessTokens.CookieLifetime,
            });
        context.RequestServices.GetService<AuditLog>()?.Add(grant.Name, AuditAction.SignedIn, null, context.Connection.RemoteIpAddress?.ToString());
    }

    // A path that begins with two slashes would lead to another host; browsers drop tabs and line breaks between them.
    private static string LocalPath(string path) => path.All(c => c is > ' ' and <= '~') ? $"/{path.TrimStart('/', '\\')}" : "/";

    private static Task SeeOther(HttpContext context, string to)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = to;
        return Task.CompletedTask;
    }

    private static AuthenticateResult Success(AccessGrant grant, string by) =>
        AuthenticateResult.Success(new AuthenticationTicket(AccessRules.PrincipalOf(grant, by), SchemeName));

    private static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;
}
