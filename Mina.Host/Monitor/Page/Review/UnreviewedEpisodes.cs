using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Page;

/// <summary>The episodes that nobody has reviewed, latest first, as the list has them.</summary>
/// <param name="Ids">Their ids.</param>
/// <param name="All">The number of all episodes.</param>
internal sealed record UnreviewedEpisodes(IReadOnlyList<string> Ids, int All)
{
    /// <summary>Reads them.</summary>
    /// <param name="monitor">The monitor.</param>
    /// <param name="stream">The stream; null: all.</param>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static async Task<UnreviewedEpisodes> ReadAsync(IMonitor monitor, string? stream)
    {
        var words = EpisodeWords.Of(await monitor.ReviewsAsync(stream));
        var all = await monitor.EpisodesAsync(stream, DateTimeOffset.UnixEpoch, StoreTime.Never);
        var unreviewed = all.Where(episode => words.On(episode) is null).Select(episode => episode.Id);
        return new UnreviewedEpisodes(ListFilter.Page(unreviewed, id => id, null, int.MaxValue - 1).Items, all.Count);
    }

    /// <summary>The next after (1) or before (-1) an episode, whether or not that one is reviewed; null where there is none.</summary>
    public string? Beside(string? episode, int direction)
    {
        if (episode is null)
            return direction > 0 ? Ids.FirstOrDefault() : Ids.LastOrDefault();
        var key = KeyOf(episode);
        return direction > 0 ? Ids.FirstOrDefault(id => KeyOf(id).CompareTo(key) < 0) : Ids.LastOrDefault(id => KeyOf(id).CompareTo(key) > 0);
    }

    private static (DateTimeOffset, string) KeyOf(string id) => (Identity.TimeOf(id) ?? default, id);
}
