using System.Text.Json.Serialization;
using Mina.Model;

namespace Mina.Host.Monitor.Reviewing;

/// <summary>What a person has said of a span of a stream. It never changes: a later review may replace it.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Start">The start of the span, by the device's clock.</param>
/// <param name="End">The end of the span, after its start.</param>
/// <param name="Verdict">Whether it is AF, or neither is said.</param>
/// <param name="Was">What a rejected span was; null for the other verdicts.</param>
/// <param name="Comment">What the person adds; null where nothing.</param>
/// <param name="By">The person's name or role.</param>
/// <param name="Made">When it was made, by the server's clock; later than every earlier review of the stream.</param>
public sealed record ReviewStatus(
    string Stream,
    DateTimeOffset Start,
    DateTimeOffset End,
    ReviewVerdict Verdict,
    RejectedAs? Was,
    string? Comment,
    string By,
    DateTimeOffset Made)
{
    /// <summary>Made from the stream and the time it was made: see <see cref="Identity"/>.</summary>
    public string Id => Identity.ForReview(Stream, Made);

    /// <summary>The onset of the episode that it is about; null where it is about a span alone.</summary>
    public DateTimeOffset? Onset { get; init; }

    /// <summary>The id of that episode.</summary>
    public string? Episode => Onset is { } onset ? Identity.ForEpisode(Stream, onset) : null;

    /// <summary>The id of the review that it replaces; null where it replaces none.</summary>
    public string? Replaces => ReplacedMade is { } made ? Identity.ForReview(Stream, made) : null;

    /// <summary>Whether it says something of the rhythm, and no other review has replaced it.</summary>
    public bool Counts { get; init; }

    /// <summary>When the review that it replaces was made.</summary>
    [JsonIgnore]
    public DateTimeOffset? ReplacedMade { get; init; }

    /// <summary>The review as the rules of reviews see it.</summary>
    internal Review Event => new(Made, Start, End, Verdict, Was, ReplacedMade, Onset);
}

/// <summary>A review that a person wants to make.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="Start">The start of the span, by the device's clock.</param>
/// <param name="End">The end of the span.</param>
/// <param name="Verdict">Whether it is AF, or neither is said.</param>
/// <param name="By">The person's name or role.</param>
public sealed record NewReview(string Stream, DateTimeOffset Start, DateTimeOffset End, ReviewVerdict Verdict, string By)
{
    /// <summary>The longest span.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>The longest name.</summary>
    public const int MaxName = 100;

    /// <summary>What a rejected span was.</summary>
    public RejectedAs? Was { get; init; }

    /// <summary>What the person adds; null where nothing.</summary>
    public string? Comment { get; init; }

    /// <summary>The id of the review that it replaces; null where it replaces none.</summary>
    public string? Replaces { get; init; }

    /// <summary>The onset of the episode that it is about; null where it is about a span alone.</summary>
    public DateTimeOffset? Onset { get; init; }

    /// <summary>What is wrong with it, as a sentence; null: nothing.</summary>
    public string? Fault =>
        string.IsNullOrWhiteSpace(By) || By.Trim().Length > MaxName ? $"'by' says who reviews, in 1 to {MaxName} characters"
        : !Enum.IsDefined(Verdict) ? $"'verdict' is {string.Join(", ", Enum.GetNames<ReviewVerdict>())}"
        : End <= Start || End - Start > Longest ? "'start' is before 'end', and at most 31 days"
        : Verdict == ReviewVerdict.Rejected && (Was is not { } was || !Enum.IsDefined(was))
            ? $"'was' says what a rejected span was: {string.Join(", ", Enum.GetNames<RejectedAs>())}"
        : Verdict != ReviewVerdict.Rejected && Was is not null ? "'was' is of a rejected span only"
        : Comment?.Length > Reviews.MaxComment ? $"'comment' has at most {Reviews.MaxComment} characters"
        : Verdict == ReviewVerdict.Noted && string.IsNullOrWhiteSpace(Comment) ? "'comment' is what a note says"
        : Verdict == ReviewVerdict.Noted && Replaces is not null ? "a note replaces no review"
        : Verdict == ReviewVerdict.Withdrawn && Replaces is null ? "'replaces' is the id of the review that is withdrawn"
        : null;
}

/// <summary>What became of a review that a person wanted to make.</summary>
/// <param name="Made">The review, which is stored; null where it was refused.</param>
/// <param name="Refusal">Why it was refused; null: it was not.</param>
public readonly record struct ReviewOutcome(ReviewStatus? Made, ReviewRefusal? Refusal);

/// <summary>Why a review was refused.</summary>
public enum ReviewRefusal
{
    /// <summary>There is no review of the stream of the id that it replaces.</summary>
    NothingToReplace,

    /// <summary>Somebody else has replaced that one meanwhile.</summary>
    ReplacedAlready,
}
