using System.Globalization;

namespace Mina.Host.Monitor.Page;

/// <summary>Describes a window's attention in a sentence, which also serves those who cannot see the picture.</summary>
internal static class AttentionSummary
{
    private const double SubSegmentSeconds = 50 / 300.0;

    /// <summary>The names of the four channels, by the part of the signal in them.</summary>
    public static IReadOnlyList<string> Channels { get; } =
        ["All frequencies", "Up to 0.5 Hz, the baseline", "0.5 to 50 Hz, the beats", "From 50 Hz on, the noise"];

    private static readonly string[] InSentence =
        ["all frequencies together", "frequencies up to 0.5 Hz", "frequencies of 0.5 to 50 Hz", "frequencies from 50 Hz on"];

    /// <summary>Names the channel with the most weight, and the instants at which its rhythm attention is largest.</summary>
    public static string Describe(WindowAttention seen)
    {
        var channel = Array.IndexOf(seen.Frequency, seen.Frequency.Max());
        var instants = Largest(seen.Rhythm[channel], 3).Select(m => ((m + 0.5) * SubSegmentSeconds).ToString("0.0", CultureInfo.InvariantCulture));
        return $"Most weight, {DisplayText.Share(seen.Frequency[channel])}, was on {InSentence[channel]}; "
        + $"there it looked hardest about {string.Join(", ", instants)} s into the window.";
    }

    /// <summary>Finds the indices of the largest numbers, no two of them adjacent, in ascending order.</summary>
    private static IEnumerable<int> Largest(float[] values, int count)
    {
        var places = new List<int>();
        foreach (var place in Enumerable.Range(0, values.Length).OrderByDescending(m => values[m]))
        {
            if (places.Count < count && places.TrueForAll(p => Math.Abs(p - place) > 1))
                places.Add(place);
        }

        return places.Order();
    }
}
