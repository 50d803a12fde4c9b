using System.Globalization;

namespace Mina.Host.Monitor.Page;

/// <summary>A window's attentions in a sentence: for those who cannot see the picture, and for those who can.</summary>
internal static class AttentionSummary
{
    private const double SubSegmentSeconds = 50 / 300.0;

    /// <summary>The four channels, by what is heard in them.</summary>
    public static IReadOnlyList<string> Channels { get; } =
        ["All frequencies", "Up to 0.5 Hz, the baseline", "0.5 to 50 Hz, the beats", "From 50 Hz on, the noise"];

    private static readonly string[] InSentence =
        ["all frequencies together", "frequencies up to 0.5 Hz", "frequencies of 0.5 to 50 Hz", "frequencies from 50 Hz on"];

    /// <summary>Says which channel weighed most and at which instants of it the rhythm attention is largest.</summary>
    public static string Describe(WindowAttention seen)
    {
        var channel = Array.IndexOf(seen.Frequency, seen.Frequency.Max());
        var instants = Largest(seen.Rhythm[channel], 3).Select(m => ((m + 0.5) * SubSegmentSeconds).ToString("0.0", CultureInfo.InvariantCulture));
        return $"Most weight, {DisplayText.Share(seen.Frequency[channel])}, was on {InSentence[channel]}; "
        + $"there it looked hardest about {string.Join(", ", instants)} s into the window.";
    }

    /// <summary>The places of the largest numbers, in order of place; no two next to each other.</summary>
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
