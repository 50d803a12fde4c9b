using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;
using Mina.Model;

namespace Mina.Host.Monitor.Api;

/// <summary>Reviews: made, listed, and exported as labels.</summary>
internal static class ReviewApi
{

    private const string NotThere = "there is no review of this id";

    /// <summary>A review to make: of an episode, or of a span of a stream.</summary>
    /// <param name="Verdict">`Confirmed`: it is AF. `Rejected`: it is not. `Noted`: a comment alone. `Withdrawn`: an earlier review was wrong.</param>
    /// <param name="By">Who reviews: a name or role; never a patient's. Who comes with a token that has a name is known by that.</param>
    /// <param name="Episode">The id of the episode that it is about.</param>
    /// <param name="Stream">The stream; needed where no episode is named.</param>
    /// <param name="Start">The start of the span; of an episode, its onset when left out.</param>
    /// <param name="End">The end of the span; of an episode, its end when left out.</param>
    /// <param name="Was">What a rejected span was.</param>
    /// <param name="Comment">At most 1000 characters.</param>
    /// <param name="Replaces">The id of the review that this one replaces.</param>
    public sealed record ReviewPost(
        ReviewVerdict Verdict,
        string? By = null,
        string? Episode = null,
        string? Stream = null,
        UtcTime? Start = null,
        UtcTime? End = null,
        RejectedAs? Was = null,
        string? Comment = null,
        string? Replaces = null);

    /// <summary>Adds the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var api = MonitorApi.MapGroup(app, "/api");
        api.MapPost("/reviews", MakeAsync)
            .WithName("makeReview")
            .WithSummary("A person confirms, rejects or comments on an episode or a span; when this is answered with success, the store has it")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapGet("/reviews", async Task<Results<Ok<IReadOnlyList<ReviewStatus>>, ProblemHttpResult>> (
            HttpContext context,
            IMonitor monitor,
            string? stream,
            string? verdict,
            bool? counts,
            UtcTime? from,
            UtcTime? to,
            int? limit,
            string? after,
            CancellationToken cancel) =>
            {
                if (!ApiPages.IsValid(limit))
                    return ApiProblems.BadRequest(ApiPages.Limits);
                if (after is not null && !Identity.TryReadReview(after, out _, out _))
                    return ApiProblems.BadRequest("'after' is not the id of a review");
                if (verdict is not null && !IsVerdict(verdict))
                    return ApiProblems.BadRequest($"'verdict' is {string.Join(", ", Enum.GetNames<ReviewVerdict>())}");
                var (first, last) = (from?.Value ?? DateTimeOffset.MinValue, to?.Value ?? DateTimeOffset.MaxValue);
                var reviews = (await monitor.ReviewsAsync(stream, cancel).ConfigureAwait(false)).Where(review =>
                    review.Start < last && review.End > first && (counts is null || review.Counts == counts)
                    && (verdict is null || review.Verdict.ToString().Equals(verdict, StringComparison.OrdinalIgnoreCase)));
                return TypedResults.Ok(ApiPages.Cut(context, ApiPages.Following(reviews, review => review.Id, after), limit, review => review.Id));
            })
            .WithName("listReviews")
            .WithSummary("Reviews of spans that overlap a time range, in the order in which they were made; all when left out");
        api.MapGet("/reviews/{id}", async Task<Results<Ok<ReviewStatus>, ProblemHttpResult>> (IMonitor monitor, string id, CancellationToken cancel) =>
                Identity.TryReadReview(id, out var stream, out _)
                    && (await monitor.ReviewsAsync(stream, cancel).ConfigureAwait(false)).FirstOrDefault(review => review.Id == id) is { } found
                        ? TypedResults.Ok(found) : ApiProblems.NotFound(NotThere))
            .WithName("getReview").WithSummary("One review").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/alarms/figures", async Task<Ok<AlarmFigures>> (
            IMonitor monitor,
            TimeProvider time,
            string? stream,
            UtcTime? from,
            UtcTime? to,
            CancellationToken cancel) =>
            {
                var (first, last) = AlarmFiguresExport.Span(from, to, time);
                return TypedResults.Ok(
                    await AlarmStatistics.ReadAsync(monitor, name => stream is null || name == stream, first, last, cancel).ConfigureAwait(false));
            })
            .WithName("getAlarmFigures")
            .WithSummary("How many alarms of AF were true, false and not reviewed, a bed-day, and how long they waited; of the last 7 days when left out");
        AlarmFiguresExport.Map(api);
        ReviewExports.Map(api);
    }

    private static bool IsVerdict(string text) => Enum.GetNames<ReviewVerdict>().Contains(text, StringComparer.OrdinalIgnoreCase);

    private static async Task<Results<Created<ReviewStatus>, ProblemHttpResult>> MakeAsync(
        IMonitor monitor, ClaimsPrincipal user, ReviewPost body, CancellationToken cancel)
    {
        EpisodeStatus? episode = null;
        if (body.Episode is { } id)
        {
            episode = await MonitorApi.FindEpisodeAsync(monitor, id, cancel).ConfigureAwait(false);
            if (episode is null)
                return ApiProblems.NoEpisode();
            if (body.Stream is not null && body.Stream != episode.Stream)
                return ApiProblems.BadRequest("'episode' is of another stream than 'stream'");
        }

        if ((body.Start?.Value ?? episode?.Start) is not { } start || (body.End?.Value ?? episode?.End) is not { } end
            || (body.Stream ?? episode?.Stream) is not { Length: > 0 } stream)
            return ApiProblems.BadRequest("a review is of an 'episode', or of a 'stream' from 'start' to 'end'");
        var review = new NewReview(stream, start, end, body.Verdict, user.Identity?.Name ?? body.By ?? "")
        {
            Was = body.Was,
            Comment = body.Comment,
            Replaces = body.Replaces,
            Onset = episode?.Start,
        };
        if (review.Fault is { } fault)
            return ApiProblems.BadRequest(fault);
        if (episode is null && !await IsKnownAsync(monitor, stream, cancel).ConfigureAwait(false))
            return ApiProblems.NoStream(stream);
        return await monitor.ReviewAsync(review, cancel).ConfigureAwait(false) switch
        {
            { Made: { } made } => TypedResults.Created($"/api/reviews/{made.Id}", made),
            { Refusal: ReviewRefusal.ReplacedAlready } => ApiProblems.Conflict("the review that it replaces has been replaced already; read it again"),
            _ => ApiProblems.NotFound("'replaces' is the id of no review of this stream"),
        };
    }

    // A stream that was removed has its history still.
    private static async Task<bool> IsKnownAsync(IMonitor monitor, string stream, CancellationToken cancel) =>
        monitor.Find(stream) is not null
        || (await monitor.EpisodesAsync(stream, DateTimeOffset.UnixEpoch, StoreTime.Never, cancel).ConfigureAwait(false)).Count > 0;
}
