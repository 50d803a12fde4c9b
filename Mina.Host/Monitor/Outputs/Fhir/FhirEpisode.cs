using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Outputs.Fhir;

/// <summary>What is told of an episode.</summary>
/// <param name="Episode">The episode.</param>
/// <param name="Burden">Share of the classifiable time of the 24 h up to its end that is AF, 0 to 1; null where nothing was classifiable.</param>
/// <param name="Strips">The ECG kept of it.</param>
internal sealed record FhirEpisode(EpisodeStatus Episode, double? Burden, IReadOnlyList<Strip> Strips)
{
    /// <summary>The time that the burden is of.</summary>
    public static readonly TimeSpan BurdenTime = TimeSpan.FromDays(1);

    /// <summary>Reads what is known of an episode now.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public static async Task<FhirEpisode> ReadAsync(IMonitor monitor, EpisodeStatus episode, CancellationToken cancel)
    {
        var from = episode.End - BurdenTime;
        var windows = await monitor.VerdictsAsync(episode.Stream, from, episode.End, cancel).ConfigureAwait(false);
        var episodes = await monitor.EpisodesAsync(episode.Stream, from, episode.End, cancel).ConfigureAwait(false);
        var burden = Trend.Compute(from, episode.End, BurdenTime, windows, episodes)[0].Burden;
        return new FhirEpisode(episode, burden, await monitor.StripsAsync(episode, cancel).ConfigureAwait(false));
    }
}
