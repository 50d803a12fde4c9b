using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Api;

namespace Mina.Host.Monitor.Outputs.Fhir;

/// <summary>Episodes as FHIR R4 resources. What cannot be done is answered by an OperationOutcome.</summary>
internal static class FhirApi
{
    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        // Outermost, so that it sees what the other filters answer.
        var api = app.MapGroup("").AddEndpointFilter(async (context, next) =>
            await next(context).ConfigureAwait(false) is var answer && Problem(answer) is { } problem
                ? Answer(FhirJson.Outcome(CodeOf(problem.StatusCode), problem.ProblemDetails.Detail ?? "the request failed"), problem.StatusCode)
                : answer);
        var episodes = MonitorApi.MapGroup(api, "/api/episodes/{id}/fhir");
        Get(episodes, "", (writer, found) => writer.WriteAlone(found))
            .WithName("getFhirObservation").WithSummary("An episode as a FHIR R4 Observation, which contains its strips as Observations of SampledData");
        Get(episodes, "/bundle", (writer, found) => writer.WriteTransaction(found))
            .WithName("getFhirBundle").WithSummary("An episode and its strips as the FHIR R4 transaction Bundle that a server is sent");
    }

    private static RouteHandlerBuilder Get(RouteGroupBuilder group, string path, Func<FhirWriter, FhirEpisode, JsonObject> write) =>
        group.MapGet(path, async Task<Results<ContentHttpResult, ProblemHttpResult>> (
            IMonitor monitor, FhirWriter writer, string id, CancellationToken cancel) =>
                await MonitorApi.FindEpisodeAsync(monitor, id, cancel).ConfigureAwait(false) is { } episode
                    ? Answer(write(writer, await FhirEpisode.ReadAsync(monitor, episode, cancel).ConfigureAwait(false)), StatusCodes.Status200OK)
                    : ApiProblems.NoEpisode())
            .Produces<JsonObject>(StatusCodes.Status200OK, FhirJson.MediaType)
            .Produces<JsonObject>(StatusCodes.Status404NotFound, FhirJson.MediaType);

    private static ContentHttpResult Answer(JsonObject resource, int status) =>
        TypedResults.Text(FhirJson.Write(resource), FhirJson.MediaType, statusCode: status);

    private static ProblemHttpResult? Problem(object? answer) => (answer is INestedHttpResult nested ? nested.Result : answer) as ProblemHttpResult;

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status404NotFound => "not-found",
        StatusCodes.Status503ServiceUnavailable => "transient",
        _ => "invalid",
    };
}
