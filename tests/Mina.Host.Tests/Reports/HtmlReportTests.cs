using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mina.Host.Evaluation;
using Mina.Host.Reports;
using Mina.Host.Reports.Charts;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Reports;

public sealed class HtmlReportTests
{
    [Fact]
    public void The_report_shows_every_figure_of_every_view_beside_the_published_ones()
    {
        var result = SyntheticEvaluation.Usual;
        var cells = Page(result).Descendants("table").Single(t => Class(t) == "figures").Descendants("td").Select(c => c.Value).ToArray();

        foreach (var view in result.Views)
        {
            var f = view.Figures;
            foreach (var figure in (double[])[f.RocAuc, f.PrAuc, f.F1, f.Sensitivity, f.Specificity, f.Ppv, f.Accuracy])
                Assert.Contains(cells, c => c.StartsWith(Four(figure), StringComparison.Ordinal));
            Assert.Contains(cells, c => c == $"{Four(f.RocAuc)}{Four(view.Ci.Lo.RocAuc)} – {Four(view.Ci.Hi.RocAuc)}");
        }

        foreach (var published in (double[])[Published.RocAuc, Published.PrAuc, Published.F1])
            Assert.Contains(Four(published), cells);
    }

    [Fact]
    public void Confusion_matrices_and_calibration_errors_are_those_of_the_views()
    {
        var result = SyntheticEvaluation.Usual;
        var page = Page(result);
        var matrices = page.Descendants("table").Where(t => Class(t) == "confusion").ToArray();
        var facts = page.Descendants("p").Where(p => Class(p) == "facts").ToArray();

        for (var i = 0; i < 3; i++)
        {
            var c = result.Views[i].Confusion;
            Assert.Equal(
                new[] { c.TruePositives, c.FalseNegatives, c.FalsePositives, c.TrueNegatives }.Select(n => n.ToString("N0", CultureInfo.InvariantCulture)),
                matrices[i].Descendants("b").Select(b => b.Value));
            Assert.Contains(Four(result.Views[i].Calibration.ExpectedError), facts[i].Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_page_needs_nothing_from_elsewhere()
    {
        var text = HtmlReport.Render(SyntheticEvaluation.Usual, SyntheticEvaluation.Header);

        Assert.DoesNotMatch(new Regex(@"https?:|//\w|url\(|@import|<script|<link|<img|\bsrc=|\bhref=", RegexOptions.IgnoreCase), text);
    }

    [Fact]
    public void A_hostile_recording_id_stays_text()
    {
        var result = SyntheticEvaluation.Result(hostile: true);
        var shown = SyntheticEvaluation.HostileId.Replace('\u0001', '\uFFFD');
        Assert.Contains(result.FalsePositives, m => m.Score.RecordingId.StartsWith(SyntheticEvaluation.HostileId, StringComparison.Ordinal));

        var text = HtmlReport.Render(result, SyntheticEvaluation.Header);

        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(XDocument.Parse(text).Descendants("b"), b => b.Value.StartsWith(shown, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_mistake_is_shown_with_its_recording_start_label_and_whole_trace()
    {
        var result = SyntheticEvaluation.Usual;
        var figures = Page(result).Descendants("figure").ToArray();
        Mistake[] mistakes = [.. result.FalsePositives, .. result.FalseNegatives];

        Assert.Equal(mistakes.Length, figures.Length);
        foreach (var (mistake, figure) in mistakes.Zip(figures))
        {
            var caption = figure.Element("figcaption")!.Value;
            Assert.StartsWith(mistake.Score.RecordingId, caption, StringComparison.Ordinal);
            Assert.Contains(FormattableString.Invariant($"from {mistake.Score.Start / 300.0:0.##} s{mistake.Score.Label}"), caption, StringComparison.Ordinal);
            var trace = figure.Descendants("path").Single(p => Class(p) == "trace").Attribute("d")!.Value;
            Assert.Equal(Shapes.Window, trace.Count(c => c is 'M' or 'L'));
        }
    }

    [Fact]
    public void Curves_of_many_scores_are_thinned_out_but_keep_their_ends()
    {
        var all = Enumerable.Range(0, 50_000).Select(i => (X: i / 49_999.0, Y: Math.Sqrt(i / 49_999.0))).ToArray();

        var thin = Curve.Thin(all);

        Assert.InRange(thin.Count, 300, Curve.MaxPoints);
        Assert.Equal(all[0], thin[0]);
        Assert.Equal(all[^1], thin[^1]);
        Assert.All(thin.Zip(thin.Skip(1)), p => Assert.True(p.Second.X - p.First.X + p.Second.Y - p.First.Y < 0.011));
    }

    [Fact]
    public void A_split_without_AF_still_gives_a_page_with_dashes_for_what_is_undefined()
    {
        WindowScore[] scores = [new("A1", 0, Label.Normal, 0, 0.2), new("A2", 0, null, 0, 0.7)];
        var page = Page(Evaluator.Judge(scores, new EvaluationOptions { Resamples = 10 }));

        Assert.Contains(page.Descendants("td"), c => c.Value == "–");
        Assert.Contains(page.Descendants("text"), t => t.Value.StartsWith("No curve", StringComparison.Ordinal));
        Assert.DoesNotContain("NaN", page.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void False_positives_are_counted_by_label()
    {
        WindowScore[] scores =
        [
            new("A1", 0, Label.Normal, 0, 0.2), new("A2", 0, Label.Normal, 0, 0.5), new("A3", 0, Label.Noisy, 0, 0.9),
            new("A4", 0, Label.AF, 1, 0.9), new("A5", 0, null, 0, 0.1),
        ];
        var result = Evaluator.Judge(scores, new EvaluationOptions { Resamples = 10 });

        Assert.Equal(
            [new("Normal", 2, 1), new("Noisy", 1, 1), new FalsePositiveCount("unlabelled", 1, 0)],
            FalsePositiveCount.ByLabel(result.Paper));
    }

    [Theory]
    [InlineData("out/eval.html", "out/eval.html")]
    [InlineData("out/eval.HTML", "out/eval.HTML")]
    [InlineData("out/eval", "out/eval/index.html")]
    public void A_path_ending_in_html_is_the_file_and_any_other_a_folder(string path, string file)
    {
        using var folder = new TemporaryFolder();
        var header = SyntheticEvaluation.Header with { History = [] };

        var written = HtmlReport.Write(SyntheticEvaluation.Result(recordings: 20), header, Path.Combine(folder.Path, path));

        Assert.Equal(Path.Combine(folder.Path, file), written);
        Assert.Equal(header.Title, XDocument.Load(written).Descendants("title").First().Value);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(written)!));
    }

    private static XDocument Page(EvaluationResult result) => XDocument.Parse(HtmlReport.Render(result, SyntheticEvaluation.Header));

    private static string? Class(XElement element) => element.Attribute("class")?.Value;

    private static string Four(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
