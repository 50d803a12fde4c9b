using System.Security.Cryptography;
using System.Text;

namespace Mina.Host.Monitor.Api;

/// <summary>
/// Demands the token of page, API and WebSocket: <c>Authorization: Bearer TOKEN</c>, or once <c>?access_token=TOKEN</c>, which a
/// browser then keeps as a cookie. Health is open to all.
/// </summary>
internal static class TokenGate
{
    private const string Cookie = "mina";
    private const string Query = "access_token";

    /// <summary>Puts it before everything else.</summary>
    public static void Use(WebApplication app, string? token)
    {
        if (string.IsNullOrEmpty(token))
            return;
        var expected = Encoding.UTF8.GetBytes(token);
        // A cookie shows no more than that its bearer knew the token.
        var kept = Convert.ToHexStringLower(HMACSHA256.HashData(expected, "mina page"u8));
        app.Use(async (context, next) =>
        {
            var request = context.Request;
            if (request.Path.StartsWithSegments("/health") || Is(Bearer(request)) || request.Cookies[Cookie] == kept)
            {
                await next(context).ConfigureAwait(false);
                return;
            }

            if (!Is(request.Query[Query].ToString()))
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                context.Response.Headers.WWWAuthenticate = "Bearer";
                await context.Response.WriteAsync("a token is needed: Authorization: Bearer TOKEN, or ?access_token=TOKEN\n").ConfigureAwait(false);
                return;
            }

            if (!HttpMethods.IsGet(request.Method) || context.WebSockets.IsWebSocketRequest || request.Path.StartsWithSegments("/api"))
            {
                await next(context).ConfigureAwait(false);
                return;
            }

            // Out of the address, so that it is in no history and no log.
            context.Response.Cookies.Append(Cookie, kept, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = request.IsHttps });
            context.Response.Redirect(request.Path);
        });

        bool Is(string? given) => given is { Length: > 0 } && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected);
    }

    private static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;
}
