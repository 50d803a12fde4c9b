using System.Xml.Linq;
using Mina.Host.Reports;
using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Reports;

public sealed class TrainingCurvesTests
{
    [Fact]
    public void A_training_run_becomes_a_PNG_and_an_SVG_that_names_the_best_epoch()
    {
        using var folder = new TemporaryFolder();
        var (png, svg) = (Path.Combine(folder.Path, "a", "training.png"), Path.Combine(folder.Path, "b", "training.svg"));
        var history = SyntheticEvaluation.History(10);

        TrainingCurves.Save(png, svg, history, "mina-paper");

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(png)[..4]);
        var best = history.MaxBy(e => e.ValidationRocAuc!.Value)!;
        var text = string.Concat(XDocument.Load(svg).Root!.DescendantNodes().OfType<XText>().Select(t => t.Value));
        Assert.Contains(FormattableString.Invariant($"best: {best.ValidationRocAuc:0.0000} after epoch {best.Epoch}"), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Epochs_without_validation_are_drawn_by_their_train_loss_alone()
    {
        using var folder = new TemporaryFolder();
        var (png, svg) = (Path.Combine(folder.Path, "training.png"), Path.Combine(folder.Path, "training.svg"));

        TrainingCurves.Save(png, svg, [new EpochResult(1, 10, 0.003, 0.6, null, null, 0)]);

        var text = string.Concat(XDocument.Load(svg).Root!.DescendantNodes().OfType<XText>().Select(t => t.Value));
        Assert.Contains("train loss", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ROC-AUC", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_a_finished_epoch_writes_nothing()
    {
        using var folder = new TemporaryFolder();

        TrainingCurves.Save(Path.Combine(folder.Path, "t.png"), Path.Combine(folder.Path, "t.svg"), []);

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
