using System.Net.Mime;
using System.Text.Encodings.Web;

namespace Mina.Host.Monitor.Security;

/// <summary>The page on which a person gives a token, in place of a bare 401. It needs nothing else of the monitor, which would need a token too.</summary>
internal static class SignInPage
{
    /// <summary>Its address.</summary>
    public const string Path = "/sign-in";

    private const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>Whether a request comes from somebody who reads pages, and not from a program.</summary>
    public static bool IsFor(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && !context.WebSockets.IsWebSocketRequest && !context.Request.Path.StartsWithSegments("/api")
        && !context.Request.Path.StartsWithSegments("/streams")
        && context.Request.Headers.Accept.ToString().Contains(MediaTypeNames.Text.Html, StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes the page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status of the answer.</param>
    /// <param name="to">Where the person wanted to go.</param>
    /// <param name="wrong">What is wrong, in a sentence; null: nothing yet.</param>
    public static Task WriteAsync(HttpContext context, int status, string to, string? wrong)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        var problem = wrong is null ? "" : $"<p class=\"wrong\" id=\"wrong\" role=\"alert\">{HtmlEncoder.Default.Encode(wrong)}</p>";
        var described = wrong is null ? "" : " aria-describedby=\"wrong\"";
        var isForbidden = status == StatusCodes.Status403Forbidden;
        var form = isForbidden ? """<form method="post" action="/sign-out"><button>Sign in as somebody else</button></form>""" : $"""
            <form method="post" action="{Path}">
            <input type="hidden" name="to" value="{HtmlEncoder.Default.Encode(to)}">
            <label for="token">Token</label>
            <input id="token" name="token" type="password" autocomplete="current-password" required autofocus{described}>
            <button>Sign in</button>
            </form>
            <p class="soft">Whoever runs the monitor makes tokens: <code>mina token add NAME --role view</code></p>
            """;
        return response.WriteAsync($$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Sign in – Mina</title>
            <style>
            :root {
              --page: #f3f5f7; --surface: #fff; --ink: #15202b; --soft: #52606d; --edge: #7b8894; --accent: #0b5cad; --on: #fff; --wrong: #b3122f
            }
            @media (prefers-color-scheme: dark) {
              :root {
                --page: #0b1117; --surface: #141c24; --ink: #e8edf2; --soft: #9aa8b5; --edge: #75838f; --accent: #6db3f2; --on: #0b1218; --wrong: #ff8095
              }
            }
            body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--page); color: var(--ink);
              font: 1rem/1.5 system-ui, sans-serif }
            main { box-sizing: border-box; width: min(400px, 100vw); padding: 32px; background: var(--surface); border-radius: 10px }
            h1 { margin: 0 0 16px; font-size: 1.5rem }
            form { display: grid; gap: 8px }
            label { font-weight: 600 }
            input { min-height: 44px; padding: 0 12px; border: 1px solid var(--edge); border-radius: 8px;
              background: var(--surface); color: var(--ink); font: inherit }
            button { min-height: 44px; margin-top: 8px; border: 0; border-radius: 8px; background: var(--accent); color: var(--on);
              font: 600 1rem/1 system-ui, sans-serif }
            .soft { margin: 16px 0 0; color: var(--soft); font-size: .875rem }
            .wrong { margin: 0 0 12px; color: var(--wrong); font-weight: 600 }
            code { font-size: .8125rem }
            </style>
            </head>
            <body>
            <main>
            <h1>{{(isForbidden ? "Not for you" : "Sign in to Mina")}}</h1>
            {{problem}}
            {{form}}
            <p class="soft"><strong>Mina is not a medical device.</strong></p>
            </main>
            </body>
            </html>
            """);
    }
}
