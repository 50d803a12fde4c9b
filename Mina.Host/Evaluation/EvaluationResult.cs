using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>What an evaluation came to.</summary>
/// <param name="Options">How it was judged.</param>
/// <param name="Scores">Every window's score, in the order read.</param>
/// <param name="Paper">All windows, as the paper scores them.</param>
/// <param name="Uniform">The windows whose start is divisible by 500.</param>
/// <param name="Recording">Mean probability of each recording's uniform windows.</param>
/// <param name="FalsePositives">The recordings with the worst false positives, worst first.</param>
/// <param name="FalseNegatives">The recordings with the worst false negatives, worst first.</param>
public sealed record EvaluationResult(
    EvaluationOptions Options,
    IReadOnlyList<WindowScore> Scores,
    ViewMetrics Paper,
    ViewMetrics Uniform,
    ViewMetrics Recording,
    IReadOnlyList<Mistake> FalsePositives,
    IReadOnlyList<Mistake> FalseNegatives)
{
    /// <summary>What calibration was before temperature scaling, in the order of <see cref="Views"/>; empty at temperature 1.</summary>
    public IReadOnlyList<Calibration> Untempered { get; init; } = [];

    /// <summary>The three views: paper, uniform, recording.</summary>
    public IReadOnlyList<ViewMetrics> Views => [Paper, Uniform, Recording];
}
