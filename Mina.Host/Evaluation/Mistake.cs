using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>A window that was judged wrong, with its trace.</summary>
/// <param name="Score">Which window, and its probability.</param>
/// <param name="Trace">(3000): the original channel at 300 Hz, in standard deviations of the recording.</param>
public sealed record Mistake(WindowScore Score, float[] Trace);

/// <summary>
/// The worst mistakes of one kind, at most one a recording and at most <paramref name="capacity"/> in all. What it holds
/// does not depend on the order in which windows come.
/// </summary>
/// <param name="capacity">Recordings kept.</param>
/// <param name="classOfMistake">0: false positives, higher probability is worse; 1: false negatives, lower is worse.</param>
public sealed class WorstMistakes(int capacity, int classOfMistake)
{
    private readonly List<Mistake> held = [];

    /// <summary>Worst first.</summary>
    public IReadOnlyList<Mistake> Worst => [.. held.OrderBy(m => m.Score, Comparer<WindowScore>.Create(Compare))];

    /// <summary>Keeps the mistake if it is among the worst so far; copies its trace only then.</summary>
    public void Offer(WindowScore score, ReadOnlySpan<float> trace)
    {
        if (capacity == 0)
            return;
        // A recording takes one place: its own mistake is the one to beat; else, once full, the mildest of all.
        var place = held.FindIndex(m => m.Score.RecordingId == score.RecordingId);
        if (place < 0 && held.Count == capacity)
            place = Enumerable.Range(0, held.Count).MaxBy(i => held[i].Score, Comparer<WindowScore>.Create(Compare));
        if (place < 0)
            held.Add(new Mistake(score, trace.ToArray()));
        else if (Compare(score, held[place].Score) < 0)
            held[place] = new Mistake(score, trace.ToArray());
    }

    // Below zero: a is worse. Equal probabilities are ordered by name and start, so that the choice is the same every time.
    private int Compare(WindowScore a, WindowScore b)
    {
        var byProbability = classOfMistake == 0
            ? b.Probability.CompareTo(a.Probability)
            : a.Probability.CompareTo(b.Probability);
        if (byProbability != 0)
            return byProbability;
        var byId = string.CompareOrdinal(a.RecordingId, b.RecordingId);
        return byId != 0 ? byId : a.Start.CompareTo(b.Start);
    }
}
