using System.Text.Json;

namespace Mina.Host.Monitor.Api;

/// <summary>
/// Answers a request that cannot be read, such as one with a malformed time, with 400 and one sentence in the body, at every address.
/// </summary>
internal static class BadRequests
{
    /// <summary>Lets what cannot be read become an exception, which <see cref="Use"/> answers.</summary>
    public static void Add(IServiceCollection services) =>
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);

    /// <summary>Adds the answer.</summary>
    public static void Use(WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await TypedResults.Problem(Describe(e), statusCode: e.StatusCode).ExecuteAsync(context).ConfigureAwait(false);
        }
    });

    // The framework's messages name types: Failed to bind parameter "Nullable<DateTimeOffset> from" from "abc".
    internal static string Describe(BadHttpRequestException e)
    {
        if (e.InnerException is JsonException || e.Message.Contains("JSON", StringComparison.Ordinal))
            return "the body is not the JSON that is asked for here; /openapi/v1.json describes it";
        var quoted = e.Message.Split('"');
        if (quoted.Length < 3 || !quoted[1].Contains(' ', StringComparison.Ordinal))
            return "the request cannot be read; /openapi/v1.json describes what is asked for";
        var (type, name) = (quoted[1].Split(' ')[0], quoted[1].Split(' ')[^1]);
        if (type.Contains(nameof(UtcTime), StringComparison.Ordinal))
            return $"'{name}' is no time with its zone; write, for example, 2026-01-01T12:00:00Z";
        return type.Contains("Boolean", StringComparison.OrdinalIgnoreCase) || type.Contains("bool", StringComparison.Ordinal)
            ? $"'{name}' is neither true nor false"
            : $"'{name}' is no number, or is missing";
    }
}
