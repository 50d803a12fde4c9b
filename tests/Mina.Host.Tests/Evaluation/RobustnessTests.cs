using System.Text.Json;
using System.Xml.Linq;
using Mina.Host.Evaluation;
using Mina.Host.Evaluation.Robustness;
using Mina.Host.Reports;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Evaluation;

public sealed class RobustnessTests
{
    private static readonly IReadOnlyList<LabelledTrace> Windows = RobustnessRun.Choose(InspectionTests.SomeBatches, 12, 1);

    private static readonly RobustnessResult Some = RobustnessRun.Run(
        Windows, PreprocessSettings.Default, [("one", UntrainedModel.Classifier().Predict), ("quiet <b>", Quiet)], "test", 1);

    [Fact]
    public void A_sample_is_no_larger_than_asked_and_the_same_every_time()
    {
        Assert.Equal(12, Windows.Count);
        Assert.Equal(Windows.Select(w => w.Key), RobustnessRun.Choose(InspectionTests.SomeBatches, 12, 1).Select(w => w.Key));
    }

    [Fact]
    public void Every_model_is_asked_under_every_condition()
    {
        Assert.Equal(["one", "quiet <b>"], Some.Models.Select(m => m.Name));
        Assert.All(Some.Models, m => Assert.Equal(Condition.All, m.Points.Select(p => p.Condition)));
        Assert.All(Some.Models.SelectMany(m => m.Points), p => Assert.Equal(12, p.Metrics.N));
    }

    [Fact]
    public void Undisturbed_windows_get_the_probabilities_of_their_segments()
    {
        using var classifier = UntrainedModel.Classifier();
        var all = InspectionTests.SomeBatches().SelectMany(batch => Enumerable.Range(0, batch.Count).Zip(classifier.Predict(batch), (row, p) => (new WindowKey(batch.RecordingId[row], batch.Start[row]), p))).ToDictionary();
        Assert.Equal(Windows.Select(w => (double)all[w.Key]), Some.Models[0].Points[0].Metrics.View.Scores, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Stronger_noise_reaches_the_segments()
    {
        var quiet = Some.Models[1].Points.Where(p => p.Condition.Kind == DisturbanceKind.Noise).Select(p => p.Metrics.View.Scores.Average()).ToArray();
        Assert.Equal(quiet.OrderDescending(), quiet);
        Assert.True(quiet[0] > quiet[^1] + 0.1);
    }

    [Fact]
    public void Windows_of_one_class_are_refused()
    {
        var e = Assert.Throws<ProblemException>(() => RobustnessRun.Choose(() => InspectionTests.SomeBatches().Where(b => b.Class[0] == 0), 10, 1));
        Assert.Contains("--windows", e.Message);
    }

    [Fact]
    public void Json_and_page_hold_every_figure()
    {
        using var stream = new MemoryStream();
        RobustnessJson.Write(Some, stream);
        var json = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.Equal(12, json.GetProperty("windows").GetInt32());
        var points = json.GetProperty("models")[1].GetProperty("points");
        Assert.Equal(Condition.All.Count, points.GetArrayLength());
        Assert.Equal("noise", points[Condition.All.Count - 1].GetProperty("disturbance").GetString());
        Assert.Equal(Some.Models[1].Points[^1].Metrics.Figures.RocAuc, points[Condition.All.Count - 1].GetProperty("roc_auc").GetDouble());

        var page = XDocument.Parse(RobustnessPage.Render(Some));
        var cells = page.Descendants().Where(e => e.Name.LocalName == "td").Select(e => e.Value).ToArray();
        Assert.Equal(4 * Condition.All.Count, cells.Length);
        Assert.Equal(4, page.Descendants().Count(e => e.Name.LocalName == "svg"));
    }

    /// <summary>Falls with the power from 50 Hz on, which only noise brings.</summary>
    private static float[] Quiet(SegmentBatch batch) =>
        [.. Enumerable.Range(0, batch.Count).Select(row => 1 / (1 + batch.KFreq[(3 * batch.Count) + row]))];
}
