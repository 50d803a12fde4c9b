using System.Text.Json;
using Mina.Host.Evaluation;
using Mina.Model;
using Mina.Preprocess;
using Spectre.Console;
using Xunit;

namespace Mina.Host.Tests.Evaluation;

public class EvaluationOutputTests
{
    private static readonly string[] Figures = ["roc_auc", "pr_auc", "f1", "sensitivity", "specificity", "ppv"];

    private static EvaluationResult Some { get; } = Evaluator.Run(
        MadeUpBatches.InBatches(MadeUpBatches.Some(20, 9), 64), MadeUpBatches.Classify, new EvaluationOptions { Resamples = 100 });

    private static EvaluationResult WithoutAF { get; } = Evaluator.Run(
        MadeUpBatches.InBatches([new("a", 0, Label.Normal, 0.2f), new("b", 0, Label.Other, 0.3f)], 2), MadeUpBatches.Classify,
        new EvaluationOptions { Resamples = 20 });

    private static JsonElement Json(EvaluationResult result)
    {
        using var stream = new MemoryStream();
        EvaluationJson.Write(result, stream);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    [Fact]
    public void Json_holds_exactly_the_three_views_with_exactly_the_promised_keys()
    {
        var root = Json(Some);
        Assert.Equal(["paper", "uniform", "recording"], root.EnumerateObject().Select(p => p.Name));
        foreach (var view in root.EnumerateObject())
        {
            Assert.Equal([.. Figures, "n", "positives", "ci"], view.Value.EnumerateObject().Select(p => p.Name));
            Assert.Equal(Figures, view.Value.GetProperty("ci").EnumerateObject().Select(p => p.Name));
        }
    }

    [Fact]
    public void Json_numbers_are_the_figures_in_full()
    {
        var root = Json(Some);
        foreach (var view in Some.Views)
        {
            var written = root.GetProperty(view.View.Name);
            Assert.Equal(view.Figures.RocAuc, written.GetProperty("roc_auc").GetDouble());
            Assert.Equal(view.Figures.PrAuc, written.GetProperty("pr_auc").GetDouble());
            Assert.Equal(view.Figures.F1, written.GetProperty("f1").GetDouble());
            Assert.Equal(view.Figures.Sensitivity, written.GetProperty("sensitivity").GetDouble());
            Assert.Equal(view.Figures.Specificity, written.GetProperty("specificity").GetDouble());
            Assert.Equal(view.Figures.Ppv, written.GetProperty("ppv").GetDouble());
            Assert.Equal((view.N, view.Positives), (written.GetProperty("n").GetInt32(), written.GetProperty("positives").GetInt32()));
            var ci = written.GetProperty("ci").GetProperty("pr_auc");
            Assert.Equal([view.Ci.Lo.PrAuc, view.Ci.Hi.PrAuc], ci.EnumerateArray().Select(v => v.GetDouble()));
        }
    }

    [Fact]
    public void The_table_fits_into_80_columns_without_breaking_an_interval()
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 80;
        EvaluationTable.Print(Some, console);
        var lines = text.ToString().Split('\n');
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, 80));
        var cells = lines.Where(line => line.StartsWith('│'));
        Assert.All(cells, line => Assert.Equal(line.Count(c => c == '('), line.Count(c => c == ')')));
    }

    [Fact]
    public void Undefined_figures_and_intervals_are_null()
    {
        var paper = Json(WithoutAF).GetProperty("paper");
        Assert.Equal(JsonValueKind.Null, paper.GetProperty("roc_auc").ValueKind);
        Assert.Equal(JsonValueKind.Null, paper.GetProperty("sensitivity").ValueKind);
        Assert.Equal(JsonValueKind.Null, paper.GetProperty("ci").GetProperty("roc_auc").ValueKind);
        Assert.Equal(1, paper.GetProperty("specificity").GetDouble());
    }

    [Fact]
    public void Saving_makes_the_folder_and_leaves_no_temporary_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder["deep/out.json"];
        EvaluationJson.Save(Some, path);
        EvaluationJson.Save(WithoutAF, path);
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        Assert.Equal(2, JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("paper").GetProperty("n").GetInt32());
    }

    [Fact]
    public void The_table_shows_each_figure_with_its_interval_beside_the_published_one()
    {
        var text = Table(Some);
        var f = Some.Paper;
        Assert.Contains(FormattableString.Invariant($"{f.Figures.RocAuc:0.0000} ({f.Ci.Lo.RocAuc:0.0000}-{f.Ci.Hi.RocAuc:0.0000})"), text);
        Assert.Contains("0.9488", text);
        Assert.Contains("uniform", text);
    }

    [Fact]
    public void The_table_shows_a_dash_for_an_undefined_figure()
    {
        var sensitivity = Table(WithoutAF).Split('\n').Single(line => line.Contains("sensitivity", StringComparison.Ordinal));
        Assert.DoesNotContain("NaN", sensitivity);
        Assert.Equal(3, sensitivity.Split('│').Count(cell => cell.Trim() == "-"));
    }

    private static string Table(EvaluationResult result)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 160;
        EvaluationTable.Print(result, console);
        return writer.ToString();
    }
}
