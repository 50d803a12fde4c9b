using Microsoft.AspNetCore.Http.HttpResults;

namespace Mina.Host.Monitor.Api;

/// <summary>What the API answers where it cannot do what is asked: problem details (RFC 9457) whose <c>detail</c> is one sentence.</summary>
internal static class ApiProblems
{
    /// <summary>400.</summary>
    public static ProblemHttpResult BadRequest(string detail) => Make(StatusCodes.Status400BadRequest, detail);

    /// <summary>404.</summary>
    public static ProblemHttpResult NotFound(string detail) => Make(StatusCodes.Status404NotFound, detail);

    /// <summary>404 for a stream.</summary>
    public static ProblemHttpResult NoStream(string stream) => NotFound($"there is no stream '{stream}'");

    /// <summary>404 for an episode.</summary>
    public static ProblemHttpResult NoEpisode() => NotFound("there is no episode of this id; it may be older than the retention");

    /// <summary>409.</summary>
    public static ProblemHttpResult Conflict(string detail) => Make(StatusCodes.Status409Conflict, detail);

    /// <summary>503.</summary>
    public static ProblemHttpResult Unavailable(string detail) => Make(StatusCodes.Status503ServiceUnavailable, detail);

    private static ProblemHttpResult Make(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
