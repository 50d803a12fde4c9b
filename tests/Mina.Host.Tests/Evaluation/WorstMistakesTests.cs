using FsCheck.Xunit;
using Mina.Host.Evaluation;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Evaluation;

public class WorstMistakesTests
{
    private static WindowScore Score(string id, int start, double probability) => new(id, start, Label.Other, 0, probability);

    [Fact]
    public void A_recording_takes_one_place_with_its_worst_window()
    {
        var worst = new WorstMistakes(2, 0);
        foreach (var (id, start, p) in new[] { ("a", 0, 0.9), ("a", 500, 0.95), ("a", 1000, 0.8), ("b", 0, 0.6) })
            worst.Offer(Score(id, start, p), [start]);
        Assert.Equal([("a", 500), ("b", 0)], worst.Worst.Select(m => (m.Score.RecordingId, m.Score.Start)));
        Assert.Equal([500f], worst.Worst[0].Trace);
    }

    [Fact]
    public void The_lowest_probabilities_are_the_worst_false_negatives()
    {
        var worst = new WorstMistakes(1, 1);
        foreach (var (id, p) in new[] { ("a", 0.3), ("b", 0.1), ("c", 0.2) })
            worst.Offer(Score(id, 0, p), [0]);
        Assert.Equal("b", Assert.Single(worst.Worst).Score.RecordingId);
    }

    [Fact]
    public void Room_for_none_keeps_none()
    {
        var worst = new WorstMistakes(0, 0);
        worst.Offer(Score("a", 0, 0.9), [0]);
        Assert.Empty(worst.Worst);
    }

    [Property(MaxTest = 200)]
    public bool What_is_kept_is_what_sorting_everything_would_keep(byte[] windows, int seed)
    {
        // Few recordings and few probabilities, so that ties and evictions are common.
        var scores = windows.Select((b, i) => Score($"r{b % 5}", i, (b / 5 % 8) / 8.0)).ToArray();
        new Random(seed).Shuffle(scores);
        var worst = new WorstMistakes(3, 0);
        foreach (var score in scores)
            worst.Offer(score, [score.Start]);
        var expected = scores
            .GroupBy(s => s.RecordingId)
            .Select(own => own.OrderByDescending(s => s.Probability).ThenBy(s => s.Start).First())
            .OrderByDescending(s => s.Probability).ThenBy(s => s.RecordingId, StringComparer.Ordinal)
            .Take(3);
        return worst.Worst.Select(m => m.Score).SequenceEqual(expected) && worst.Worst.All(m => m.Trace[0] == m.Score.Start);
    }
}
