using Mina.Model;

namespace Mina.Host.Monitor.Reviewing;

/// <summary>Finds the review that decides what an episode was.</summary>
internal sealed class EpisodeWords
{
    private readonly Dictionary<string, (Review[] Events, Dictionary<DateTimeOffset, ReviewStatus> ByTime)> _streams;

    private EpisodeWords(Dictionary<string, (Review[], Dictionary<DateTimeOffset, ReviewStatus>)> streams) => _streams = streams;

    /// <summary>Looks into reviews of any streams.</summary>
    public static EpisodeWords Of(IEnumerable<ReviewStatus> reviews) => new(reviews.GroupBy(review => review.Stream, StringComparer.Ordinal).ToDictionary(
        own => own.Key,
        own => (Reviews.Standing(own.Select(review => review.Event)), own.ToDictionary(review => review.Made)),
        StringComparer.Ordinal));

    /// <summary>The review that has the word on an episode; null where nobody has reviewed it.</summary>
    public ReviewStatus? On(EpisodeStatus episode) =>
        _streams.TryGetValue(episode.Stream, out var own) && Reviews.WordOn(own.Events, episode.Start, episode.End) is { IsValueSome: true, Value: var word }
            ? own.ByTime[word.Made] : null;
}
