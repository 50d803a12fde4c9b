using Mina.Host.Evaluation;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Evaluation;

public class EvaluatorTests
{
    private static readonly EvaluationOptions Options = new() { Resamples = 50 };

    private static EvaluationResult Run(IReadOnlyList<MadeUpWindow> windows, int size = 32, EvaluationOptions? options = null) =>
        Evaluator.Run(MadeUpBatches.Of(windows, size), MadeUpBatches.Classify, options ?? Options);

    [Fact]
    public void Every_window_is_scored_once_with_its_own_probability()
    {
        var windows = MadeUpBatches.Some(12, 1);
        var scores = Run(windows).Scores;
        Assert.Equal(
            windows.Select(w => (w.Id, w.Start, (double)w.Probability, Labels.ClassOf(w.Label!.Value))),
            scores.Select(s => (s.RecordingId, s.Start, s.Probability, s.Class)));
    }

    [Fact]
    public void Figures_are_those_of_the_scores()
    {
        var windows = MadeUpBatches.Some(12, 2);
        var result = Run(windows);
        var expected = Metrics.RocAuc([.. windows.Select(w => (double)w.Probability)], [.. windows.Select(w => Labels.ClassOf(w.Label!.Value))]);
        Assert.Equal(expected, result.Paper.Figures.RocAuc);
        Assert.Equal(windows.Length, result.Paper.N);
        Assert.Equal(windows.Count(w => w.Start % 500 == 0), result.Uniform.N);
        Assert.Equal(12, result.Recording.N);
        Assert.Equal(3, result.Recording.Positives);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void The_size_of_batches_changes_nothing(int size)
    {
        var windows = MadeUpBatches.Some(12, 3);
        var (whole, cut) = (Run(windows, 64), Run(windows, size));
        for (var view = 0; view < 3; view++)
        {
            Assert.Equal(whole.Views[view].Figures, cut.Views[view].Figures);
            Assert.Equal(whole.Views[view].Ci, cut.Views[view].Ci);
        }

        Assert.Equal(whole.FalsePositives.Select(m => m.Score), cut.FalsePositives.Select(m => m.Score));
    }

    [Fact]
    public void The_threshold_decides_the_verdicts()
    {
        MadeUpWindow[] windows = [new("a", 0, Label.AF, 0.6f), new("b", 0, Label.Normal, 0.4f), new("c", 0, Label.Other, 0.7f)];
        var half = Run(windows).Paper.Confusion;
        Assert.Equal((1, 1, 1, 0), (half.TruePositives, half.FalsePositives, half.TrueNegatives, half.FalseNegatives));
        var high = Run(windows, options: Options with { Thresholds = ViewThresholds.Same(0.65) }).Paper.Confusion;
        Assert.Equal((0, 1, 1, 1), (high.TruePositives, high.FalsePositives, high.TrueNegatives, high.FalseNegatives));
    }

    [Fact]
    public void A_probability_equal_to_the_threshold_is_judged_AF()
    {
        MadeUpWindow[] windows = [new("a", 0, Label.AF, 0.5f), new("b", 0, Label.Normal, 0.2f)];
        Assert.Equal(1, Run(windows).Paper.Confusion.TruePositives);
    }

    [Fact]
    public void Mistakes_carry_the_original_channel_of_their_own_window()
    {
        MadeUpWindow[] windows =
        [
            new("a", 500, Label.Normal, 0.9f), new("a", 1000, Label.Normal, 0.6f), new("b", 1500, Label.AF, 0.1f), new("c", 0, Label.AF, 0.8f),
        ];
        var result = Run(windows, size: 3);
        var positive = Assert.Single(result.FalsePositives);
        Assert.Equal(("a", 500), (positive.Score.RecordingId, positive.Score.Start));
        Assert.Equal(Enumerable.Repeat(500f, Shapes.Window), positive.Trace);
        var negative = Assert.Single(result.FalseNegatives);
        Assert.Equal(("b", 1500), (negative.Score.RecordingId, negative.Score.Start));
        Assert.Equal(Enumerable.Repeat(1500f, Shapes.Window), negative.Trace);
    }

    [Fact]
    public void Batches_are_pulled_one_at_a_time()
    {
        var windows = MadeUpBatches.Some(12, 4);
        var handedOut = 0;
        var classified = 0;
        IEnumerable<SegmentBatch> Counted()
        {
            foreach (var batch in MadeUpBatches.Of(windows, 16))
            {
                Assert.Equal(handedOut, classified);
                handedOut++;
                yield return batch;
            }
        }

        Evaluator.Run(Counted(), batch => { classified++; return MadeUpBatches.Classify(batch); }, Options);
        Assert.True(handedOut > 2);
    }

    [Fact]
    public void Progress_ends_at_all_windows_and_recordings()
    {
        var windows = MadeUpBatches.Some(12, 5);
        var seen = new List<EvaluationProgress>();
        Evaluator.Run(MadeUpBatches.Of(windows, 16), MadeUpBatches.Classify, Options, seen.Add);
        Assert.Equal(new EvaluationProgress(windows.Length, 12), seen[^1]);
        Assert.Equal((windows.Length + 15) / 16, seen.Count);
    }

    [Fact]
    public void Cancelling_stops_before_the_next_batch()
    {
        using var cancel = new CancellationTokenSource();
        var classified = 0;
        Assert.Throws<OperationCanceledException>(() => Evaluator.Run(
            MadeUpBatches.Of(MadeUpBatches.Some(12, 6), 16),
            batch => { classified++; return MadeUpBatches.Classify(batch); },
            Options,
            _ => cancel.Cancel(),
            cancel.Token));
        Assert.Equal(1, classified);
    }

    [Fact]
    public void An_empty_split_is_refused_with_what_to_do()
    {
        var e = Assert.Throws<ProblemException>(() => Run([]));
        Assert.Contains("--split", e.Message);
    }

    [Fact]
    public void An_unlabelled_segment_is_refused_and_named()
    {
        var e = Assert.Throws<ProblemException>(() => Run([new("A00017", 500, null, 0.5f)]));
        Assert.Contains("500 of recording A00017", e.Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(1.5f)]
    [InlineData(-0.1f)]
    public void What_is_no_probability_is_refused_and_its_window_named(float probability)
    {
        var e = Assert.Throws<ProblemException>(() => Run([new("A00017", 500, Label.AF, probability)]));
        Assert.Contains("window 500 of recording A00017", e.Message);
    }

    [Fact]
    public void A_classifier_that_gives_too_few_probabilities_is_refused()
    {
        var e = Assert.Throws<ProblemException>(() => Evaluator.Run(MadeUpBatches.Of(MadeUpBatches.Some(4, 7), 16), _ => [0.5f], Options));
        Assert.Contains("1 probabilities for a batch of 16", e.Message);
    }
}
