using System.Xml.Linq;
using Mina.Host.Reports;
using Mina.Host.Tests.Reports;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Evaluation;

/// <summary>What the report shows of single windows; what is chosen is tested in Mina.Model.Tests.</summary>
public sealed class InspectionTests
{
    private static readonly EvaluationOptions Options = new() { Resamples = 20 };

    [Fact]
    public void The_report_shows_the_typical_windows_and_the_check_of_attention()
    {
        var batches = SomeBatches();
        var detector = UntrainedModel.Detector().WithThreshold(Median(batches));
        var result = detector.Evaluate(batches, Options);
        var inspection = detector.Inspect(batches, result);
        Assert.Equal(4, inspection.Typical.Count);

        var page = XDocument.Parse(HtmlReport.Render(result, SyntheticEvaluation.Header, inspection));
        Assert.Equal(5, page.Descendants().Count(e => e.Name.LocalName == "svg" && (string?)e.Attribute("class") == "figure"));
        Assert.Contains("Does the network need what it looks at?", page.Descendants().Where(e => e.Name.LocalName == "h2").Select(e => e.Value));
    }

    [Fact]
    public void The_report_shows_calibration_before_temperature_scaling()
    {
        WindowScore[] scores = [.. Enumerable.Range(0, 40)
            .Select(i => new WindowScore($"r{i}", 0, i % 2 == 1 ? Label.AF : Label.Other, i % 2, (i + 1) / 42.0))];
        var result = Evaluator.Judge(scores, new EvaluationOptions { Resamples = 20, Temperature = 2 });
        Assert.Contains("before temperature scaling", HtmlReport.Render(result, SyntheticEvaluation.Header));
    }

    internal static List<SegmentBatch> SomeBatches()
    {
        var preprocessor = new Preprocessor(PreprocessSettings.Default);
        var rows = new Segments();
        var batches = new List<SegmentBatch>();
        foreach (var (i, label) in new[] { Label.AF, Label.Normal, Label.AF, Label.Other }.Index())
        {
            var recording = Simulated.Make($"s{i}", label, 12, (ulong)i + 1);
            Assert.Null(preprocessor.Run(recording, rows));
            var batch = new SegmentBatch(rows.Count) { Count = rows.Count };
            for (var row = 0; row < rows.Count; row++)
            {
                batch.Set(row, rows, row);
                (batch.RecordingId[row], batch.Start[row], batch.Label[row], batch.Class[row]) = (recording.Id, rows.Start[row], label, Labels.ClassOf(label));
            }

            batches.Add(batch);
        }

        return batches;
    }

    private static double Median(List<SegmentBatch> batches)
    {
        var all = batches.SelectMany(UntrainedModel.Detector().Classifier.Predict).Order().ToArray();
        return all[all.Length / 2];
    }
}
