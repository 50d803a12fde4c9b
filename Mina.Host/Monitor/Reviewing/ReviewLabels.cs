using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Host.Monitor.Reviewing;

/// <summary>Reviews of a stream as labels: which rhythm was when, as a person has said it.</summary>
internal static class ReviewLabels
{
    /// <summary>What ends a rhythm where none follows.</summary>
    private const string End = ")";

    /// <summary>The first words of the note by which a file of reviews is known.</summary>
    private const string Mark = "## reviews made with Mina";

    /// <summary>A stretch and its rhythm, as WFDB names it, without the parenthesis.</summary>
    public readonly record struct Span(DateTimeOffset Start, DateTimeOffset End, string Rhythm);

    /// <summary>What a stream's reviews say between two times, in order, without overlaps; null: from the first, to the last.</summary>
    public static IReadOnlyList<Span> Between(IEnumerable<ReviewStatus> reviews, DateTimeOffset? from = null, DateTimeOffset? to = null) =>
    [
        .. Reviews.Timeline(reviews.Select(review => review.Event))
            .Select(span => new Span(Later(span.Start, from), Earlier(span.End, to), Reviews.RhythmOf(span.Review)))
            .Where(span => span.Start < span.End),
    ];

    /// <summary>
    /// Encodes spans as rhythm annotations: a rhythm where each begins, and a bare <c>)</c> where one ends and none follows, so that what nobody
    /// has reviewed has no rhythm.
    /// </summary>
    /// <param name="spans">In order, without overlaps.</param>
    /// <param name="origin">The time of sample 0, before which nothing is written.</param>
    /// <param name="fs">Ticks a second, Hz.</param>
    /// <param name="until">The time of the record's end, after which nothing is written; null: no end.</param>
    public static byte[] Atr(IEnumerable<Span> spans, DateTimeOffset origin, double fs = Shapes.Fs, DateTimeOffset? until = null)
    {
        List<WfdbAnnotation> annotations = [WfdbAnnotations.ResolutionNote(fs), new(0, WfdbAnnotation.Note, Mark)];
        var open = (long?)null;
        foreach (var span in spans.Where(span => span.End > origin && (until is null || span.Start < until)))
        {
            var start = At(Later(span.Start, origin));
            if (open is { } ended && ended < start)
                annotations.Add(new WfdbAnnotation(ended, WfdbAnnotation.Rhythm, End));
            annotations.Add(new WfdbAnnotation(start, WfdbAnnotation.Rhythm, $"({span.Rhythm}"));
            open = At(Earlier(span.End, until));
        }

        if (open is { } last)
            annotations.Add(new WfdbAnnotation(last, WfdbAnnotation.Rhythm, End));
        return WfdbAnnotations.Encode(annotations);

        long At(DateTimeOffset time) => (long)Math.Round((time - origin).TotalSeconds * fs);
    }

    /// <summary>Whether annotations were written here.</summary>
    public static bool IsOurs(IEnumerable<WfdbAnnotation> annotations) =>
        annotations.Any(annotation => annotation.Code == WfdbAnnotation.Note && annotation.Aux.StartsWith(Mark, StringComparison.Ordinal));

    private static DateTimeOffset Later(DateTimeOffset time, DateTimeOffset? other) => other > time ? other.Value : time;

    private static DateTimeOffset Earlier(DateTimeOffset time, DateTimeOffset? other) => other < time ? other.Value : time;
}
