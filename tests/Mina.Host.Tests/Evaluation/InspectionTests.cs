using System.Xml.Linq;
using Mina.Host.Evaluation;
using Mina.Host.Reports;
using Mina.Host.Tests.Reports;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Evaluation;

public sealed class InspectionTests
{
    private static readonly EvaluationOptions Options = new() { Resamples = 20 };

    [Fact]
    public void The_typical_window_of_an_outcome_has_its_median_probability_among_uniform_windows()
    {
        WindowScore[] scores =
        [
            Score("a", 0, 1, 0.9), Score("a", 50, 1, 0.95), Score("a", 500, 1, 0.6), Score("a", 1000, 1, 0.7), Score("a", 1500, 1, 0.1),
            Score("b", 0, 0, 0.3), Score("b", 500, 0, 0.2), Score("c", 0, 0, 0.8),
        ];
        var typical = TypicalWindows.Of(scores, 0.5);
        Assert.Equal(new WindowKey("a", 1000), WindowKey.Of(typical[Outcome.TruePositive]));
        Assert.Equal(new WindowKey("a", 1500), WindowKey.Of(typical[Outcome.FalseNegative]));
        Assert.Equal(new WindowKey("c", 0), WindowKey.Of(typical[Outcome.FalsePositive]));
        Assert.Equal(new WindowKey("b", 500), WindowKey.Of(typical[Outcome.TrueNegative]));
    }

    [Fact]
    public void A_second_look_explains_the_very_windows_that_were_scored_and_the_report_shows_them()
    {
        using var classifier = UntrainedModel.Classifier();
        var batches = SomeBatches();
        var result = Evaluator.Run(batches, classifier.Predict, Options with { Thresholds = ViewThresholds.Same(Median(batches, classifier)) });
        var inspection = Inspection.Of(batches, classifier, result);

        Assert.Equal([Outcome.TruePositive, Outcome.TrueNegative, Outcome.FalsePositive, Outcome.FalseNegative], inspection.Typical.Select(t => t.Outcome));
        foreach (var (outcome, window) in inspection.Typical)
        {
            var score = result.Scores.Single(s => s.RecordingId == window.RecordingId && s.Start == (int)Math.Round(300 * window.StartSeconds));
            Assert.Equal(score.Probability, window.Attention.Probability, 1e-4);
            Assert.Equal(outcome, TypicalWindows.OutcomeOf(score, result.Options.Thresholds.Uniform));
            Assert.Equal(score.Label, window.Label);
        }

        var page = XDocument.Parse(HtmlReport.Render(result, SyntheticEvaluation.Header, inspection));
        Assert.Equal(5, page.Descendants().Count(e => e.Name.LocalName == "svg" && (string?)e.Attribute("class") == "figure"));
        Assert.Contains("Does the network need what it looks at?", page.Descendants().Where(e => e.Name.LocalName == "h2").Select(e => e.Value));
    }

    [Fact]
    public void The_check_of_attention_asks_every_uniform_AF_window_and_is_the_same_every_time()
    {
        using var classifier = UntrainedModel.Classifier();
        var batches = SomeBatches();
        var result = Evaluator.Run(batches, classifier.Predict, Options);
        var check = Inspection.Of(batches, classifier, result).Check!;
        Assert.Equal(result.Scores.Count(s => s.Class == 1 && Views.IsUniform(s)), check.Windows);
        Assert.Equal(2, check.Recordings);
        Assert.Equal(check.Most.Value - check.Random.Value, check.Difference.Value, 1e-9);
        Assert.InRange(check.Most.Value, check.Most.Lo, check.Most.Hi);
        Assert.Equal(check, Inspection.Of(Enumerable.Reverse(batches), classifier, result).Check);
    }

    [Fact]
    public void Without_AF_there_is_nothing_to_check()
    {
        using var classifier = UntrainedModel.Classifier();
        Assert.Null(AttentionCheck.Run(classifier, [new LabelledTrace(new("a", 0), Label.Normal, 0, new float[Shapes.Window])], 1));
    }

    [Fact]
    public void Calibration_before_temperature_scaling_is_that_of_the_untempered_probabilities()
    {
        WindowScore[] scores = [.. Enumerable.Range(0, 40).Select(i => Score($"r{i}", 0, i % 2, (i + 1) / 42.0))];
        var result = Evaluator.Judge(scores, Options with { Temperature = 2 });
        var before = scores.Select(s => Temperature.Untempered(2, s.Probability)).ToArray();
        Assert.Equal(3, result.Untempered.Count);
        Assert.Equal(CalibrationModule.Of(10, before, [.. scores.Select(s => s.Class)]).ExpectedError, result.Untempered[0].ExpectedError, 1e-12);
        Assert.Empty(Evaluator.Judge(scores, Options).Untempered);
        Assert.Contains("before temperature scaling", HtmlReport.Render(result, SyntheticEvaluation.Header));
    }

    internal static List<SegmentBatch> SomeBatches()
    {
        var preprocessor = new Preprocessor(PreprocessSettings.Default);
        var rows = new Segments();
        var batches = new List<SegmentBatch>();
        foreach (var (i, label) in new[] { Label.AF, Label.Normal, Label.AF, Label.Other }.Index())
        {
            var recording = Simulated.Of($"s{i}", label, 12, (ulong)i + 1);
            Assert.Null(preprocessor.Run(recording, rows));
            var batch = new SegmentBatch(rows.Count) { Count = rows.Count };
            for (var row = 0; row < rows.Count; row++)
            {
                batch.Set(row, rows.X.AsSpan(row * Shapes.XLength, Shapes.XLength), rows.KBeat.AsSpan(row * Shapes.XLength, Shapes.XLength), rows.KRhythm.AsSpan(row * Shapes.RhythmLength, Shapes.RhythmLength), rows.KFreq.AsSpan(row * Shapes.Channels, Shapes.Channels));
                (batch.RecordingId[row], batch.Start[row], batch.Label[row], batch.Class[row]) = (recording.Id, rows.Start[row], label, Labels.ClassOf(label));
            }

            batches.Add(batch);
        }

        return batches;
    }

    private static double Median(List<SegmentBatch> batches, Classifier classifier)
    {
        var all = batches.SelectMany(classifier.Predict).Order().ToArray();
        return all[all.Length / 2];
    }

    private static WindowScore Score(string id, int start, int cls, double probability) => new(id, start, cls == 1 ? Label.AF : Label.Other, cls, probability);
}
