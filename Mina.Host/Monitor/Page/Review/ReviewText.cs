using Mina.Host.Monitor.Reviewing;
using Mina.Model;

namespace Mina.Host.Monitor.Page;

/// <summary>Reviews in words.</summary>
internal static class ReviewText
{
    /// <summary>What a rejected span was.</summary>
    public static string Name(RejectedAs was) => was switch
    {
        RejectedAs.Flutter => "flutter",
        RejectedAs.Ectopy => "ectopic beats",
        RejectedAs.Paced => "paced",
        RejectedAs.Noise => "noise",
        RejectedAs.Sinus => "sinus rhythm",
        _ => "something else",
    };

    /// <summary>What a review says, without who made it.</summary>
    public static string Name(ReviewStatus review) => review.Verdict switch
    {
        ReviewVerdict.Confirmed => "confirmed",
        ReviewVerdict.Rejected => $"rejected: {Name(review.Was!.Value)}",
        ReviewVerdict.Noted => "note",
        _ => "review taken back",
    };

    /// <summary>The class of a verdict in the style sheets.</summary>
    public static string CssClass(ReviewStatus? review) => review?.Verdict switch
    {
        ReviewVerdict.Confirmed => "is-confirmed",
        ReviewVerdict.Rejected => "is-rejected",
        _ => "is-unreviewed",
    };
}
