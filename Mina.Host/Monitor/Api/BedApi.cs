using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Beds;

namespace Mina.Host.Monitor.Api;

/// <summary>Beds: admitted, paused and discharged.</summary>
internal static class BedApi
{
    /// <summary>What is said of a bed that has a patient; what is left out is none, or false.</summary>
    /// <param name="Unit">The ward or room that it belongs to, at most 40 characters.</param>
    /// <param name="Patient">A label of the patient, at most 80 characters.</param>
    /// <param name="Stream">The stream that feeds it; the one of the bed's name when left out.</param>
    /// <param name="Paced">Whether the patient has a pacemaker. It is shown, and changes no verdict.</param>
    /// <param name="AFAlarmOff">Whether AF is to raise no alarm.</param>
    public sealed record BedPut(string? Unit = null, string? Patient = null, string? Stream = null, bool Paced = false, bool AFAlarmOff = false);

    /// <summary>A pause.</summary>
    /// <param name="Reason">Why, in 1 to 100 characters.</param>
    /// <param name="Minutes">How long it lasts, at most 1440.</param>
    /// <param name="Until">When it ends; in place of its length.</param>
    public sealed record PausePost(string Reason, double? Minutes = null, UtcTime? Until = null);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MonitorApi.MapGroup(app, "/api/beds");
        api.MapGet("", (MonitorService monitor) => monitor.Beds.All)
            .WithName("listBeds").WithSummary("All beds by unit and name, those without a patient too, as long as the history is kept");
        api.MapGet("/{id}", Results<Ok<BedStatus>, ProblemHttpResult> (MonitorService monitor, string id) =>
                monitor.Beds.Find(id) is { } bed ? TypedResults.Ok(bed) : ApiProblems.NotFound($"there is no bed '{id}'"))
            .WithName("getBed").WithSummary("One bed").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/{id}", (MonitorService monitor, string id, BedPut body, CancellationToken cancel) => AnswerAsync(
                monitor.Beds.AdmitAsync(new BedEntry(id, body.Unit, body.Patient, body.Stream, body.Paced, body.AFAlarmOff), cancel)))
            .WithName("putBed").WithSummary("A bed has a patient, or something about it is otherwise; when this is answered with success, the store has it")
            .ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/{id}/pause", async Task<Results<Ok<BedStatus>, ProblemHttpResult>> (
            MonitorService monitor, TimeProvider time, string id, PausePost body, CancellationToken cancel) =>
            {
                if (body.Minutes is null == body.Until is null)
                    return ApiProblems.BadRequest("a pause has 'minutes', or 'until'");
                if (body.Minutes is not (null or (> 0 and <= 1440)))
                    return ApiProblems.BadRequest("'minutes' is above 0 and at most 1440");
                var until = body.Until?.Value ?? time.GetUtcNow().AddMinutes(body.Minutes!.Value);
                return await AnswerAsync(monitor.Beds.PauseAsync(id, body.Reason, until, cancel)).ConfigureAwait(false);
            })
            .WithName("pauseBed").WithSummary("A bed raises no alarm for a time of at most 24 h, and goes on by itself then")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/{id}/resume", (MonitorService monitor, string id, CancellationToken cancel) => AnswerAsync(monitor.Beds.ResumeAsync(id, cancel)))
            .WithName("resumeBed").WithSummary("A paused bed raises alarms again before its pause ends")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/{id}/discharge", (MonitorService monitor, string id, CancellationToken cancel) => AnswerAsync(monitor.Beds.DischargeAsync(id, cancel)))
            .WithName("dischargeBed").WithSummary("A patient leaves: the bed leaves the wall and raises no alarm; its history stays")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<BedStatus>, ProblemHttpResult>> AnswerAsync(Task<BedOutcome> changing) =>
        await changing.ConfigureAwait(false) switch
        {
            { Bed: { } bed } => TypedResults.Ok(bed),
            { Refusal: BedRefusal.NotFound, Reason: { } reason } => ApiProblems.NotFound(reason),
            { Refusal: BedRefusal.Conflict, Reason: { } reason } => ApiProblems.Conflict(reason),
            var refused => ApiProblems.BadRequest(refused.Reason!),
        };
}
