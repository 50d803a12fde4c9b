using System.Text.Json;
using System.Xml.Linq;
using Mina.Host.Evaluation.Robustness;
using Mina.Host.Reports;
using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Evaluation;

/// <summary>What is written of robustness; how it is found is tested in Mina.Model.Tests.</summary>
public sealed class RobustnessTests
{
    private static readonly RobustnessResult Some = Detector.Robustness(
        [("one", UntrainedModel.Detector()), ("two <b>", UntrainedModel.Detector(0.3))], InspectionTests.SomeBatches, "test", 12, 1);

    [Fact]
    public void Json_and_page_hold_every_figure()
    {
        using var stream = new MemoryStream();
        RobustnessJson.Write(Some, stream);
        var json = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.Equal(["split", "windows", "positives", "recordings", "seed", "models"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(12, json.GetProperty("windows").GetInt32());
        Assert.Equal("two <b>", json.GetProperty("models")[1].GetProperty("model").GetString());
        var points = json.GetProperty("models")[1].GetProperty("points");
        Assert.Equal(Condition.All.Count, points.GetArrayLength());
        var last = points[Condition.All.Count - 1];
        Assert.Equal(["disturbance", "strength", "roc_auc", "pr_auc", "ci"], last.EnumerateObject().Select(p => p.Name));
        Assert.Equal("noise", last.GetProperty("disturbance").GetString());
        Assert.Equal(Some.Models[1].Points[^1].Metrics.Figures.RocAuc, last.GetProperty("roc_auc").GetDouble());

        var page = XDocument.Parse(RobustnessPage.Render(Some));
        var cells = page.Descendants().Where(e => e.Name.LocalName == "td").Select(e => e.Value).ToArray();
        Assert.Equal(4 * Condition.All.Count, cells.Length);
        Assert.Equal(4, page.Descendants().Count(e => e.Name.LocalName == "svg"));
    }
}
