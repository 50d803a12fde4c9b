using Mina.Host.Classification;
using Mina.Host.Explanations;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Explanations;

public sealed class RecordingExplainerTests
{
    private static readonly Recording Short = Made(30);
    private static readonly Recording Long = Made(75);

    [Fact]
    public void A_window_s_probability_is_the_one_that_classify_gives_of_a_short_and_of_a_long_recording()
    {
        using var classifier = UntrainedModel.Classifier();
        foreach (var recording in new[] { Short, Long })
        {
            var classified = Classified(classifier, recording);
            var window = classified.Windows[3];
            var explained = new RecordingExplainer(classifier).Explain(recording, window.StartSeconds);
            Assert.Equal(window.Probability!.Value, explained.Attention.Probability, 1e-4);
            Assert.Equal(window.FindingAt(classified.Threshold), explained.Finding);
        }
    }

    [Theory]
    [InlineData(0.001, true)]
    [InlineData(0.999, false)]
    public void Without_a_start_the_highest_probability_is_explained_or_the_lowest_where_none_is_AF(double threshold, bool highest)
    {
        using var classifier = UntrainedModel.Classifier(threshold);
        var windows = Classified(classifier, Short).Windows;
        var told = highest ? windows.MaxBy(w => w.Probability) : windows.MinBy(w => w.Probability);
        var explained = new RecordingExplainer(classifier).Explain(Short, null);
        Assert.Equal(told.StartSeconds, explained.StartSeconds, 6);
        Assert.StartsWith(highest ? "highest" : "lowest", explained.Why);
        Assert.Contains($"{windows.Count} windows", explained.Why);
    }

    [Fact]
    public void The_original_channel_is_the_recording_in_millivolts_up_to_a_constant()
    {
        using var classifier = UntrainedModel.Classifier();
        var explained = new RecordingExplainer(classifier).Explain(Short, 7.5);
        Assert.Equal("mV", explained.Unit);
        Assert.Null(explained.Why);
        var offset = Short.Samples[2250] - explained.Channels[0][0];
        Assert.All(Enumerable.Range(0, Shapes.Window), t => Assert.Equal(Short.Samples[2250 + t] - offset, explained.Channels[0][t], 1e-4));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(20.01)]
    [InlineData(double.NaN)]
    public void A_start_outside_of_the_recording_is_refused_and_the_right_range_named(double start)
    {
        using var classifier = UntrainedModel.Classifier();
        var e = Assert.Throws<ProblemException>(() => new RecordingExplainer(classifier).Explain(Short, start));
        Assert.Contains("between 0 and 20 s", e.Message);
    }

    [Fact]
    public void A_window_that_cannot_be_classified_says_why()
    {
        using var classifier = UntrainedModel.Classifier();
        var gap = Short.Samples.ToArray();
        gap[1000] = float.NaN;
        var missing = Assert.Throws<ProblemException>(() => new RecordingExplainer(classifier).Explain(Short with { Samples = gap }, 1));
        Assert.Contains("missing", missing.Message);

        var off = Short.Samples.ToArray();
        off.AsSpan(0, 2000).Fill(off[0]);
        var flat = Assert.Throws<ProblemException>(() => new RecordingExplainer(classifier).Explain(Short with { Samples = off }, 0));
        Assert.Contains("flat", flat.Message);
    }

    [Fact]
    public void A_recording_shorter_than_a_window_is_refused()
    {
        using var classifier = UntrainedModel.Classifier();
        var e = Assert.Throws<ProblemException>(() => new RecordingExplainer(classifier).Explain(Made(9), null));
        Assert.Contains("less than one window", e.Message);
    }

    private static ClassifiedRecording Classified(Classifier classifier, Recording recording) =>
        new RecordingClassifier(classifier.Info.Preprocessing, classifier.Predict, classifier.Info.Thresholds, WindowQuality.FaultOf).Classify(recording).Result!;

    private static Recording Made(int seconds) => Simulated.Of("made", Label.Normal, seconds);
}
