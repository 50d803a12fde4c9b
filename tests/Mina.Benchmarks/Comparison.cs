namespace Mina.Benchmarks;

/// <summary>What one variant of a comparison came to.</summary>
/// <param name="Name">The variant.</param>
/// <param name="Value">Median, in the comparison's unit.</param>
/// <param name="Lowest">The lowest of the repetitions.</param>
/// <param name="Highest">The highest.</param>
/// <param name="Repetitions">How many there were.</param>
/// <param name="At">Where on the axis of <see cref="Comparison.Against"/>; null: the comparison has none.</param>
public sealed record Figure(string Name, double Value, double Lowest, double Highest, int Repetitions, double? At = null)
{
    /// <summary>The figure of these measurements, of which there is at least one.</summary>
    public static Figure From(string name, IEnumerable<double> measured, double? at = null)
    {
        var sorted = measured.Order().ToArray();
        return new Figure(name, sorted[sorted.Length / 2], sorted[0], sorted[^1], sorted.Length, at);
    }
}

/// <summary>One row of the table: variants of the same work, measured in turn in one run.</summary>
/// <param name="What">The work.</param>
/// <param name="Unit">Of every figure.</param>
/// <param name="MoreIsBetter">A rate; else a time or a size.</param>
/// <param name="Baseline">The variant that ratios are against; null where nothing is compared.</param>
/// <param name="Goal">What is asked for, in words.</param>
/// <param name="Figures">One a variant.</param>
/// <param name="Note">How it was measured, where that is not plain.</param>
/// <param name="Against">The axis that its figures lie along (threads, recordings, streams): a panel of the scaling picture. Null: none.</param>
public sealed record Comparison(
    string What, string Unit, bool MoreIsBetter, string? Baseline, string Goal, IReadOnlyList<Figure> Figures, string? Note = null, string? Against = null)
{
    /// <summary>How many times better than the baseline, for times; larger is better. Null where there is no baseline.</summary>
    public double? Ratio(Figure figure)
    {
        var baseline = Figures.FirstOrDefault(f => f.Name == Baseline);
        return baseline is null ? null : MoreIsBetter ? figure.Value / baseline.Value : baseline.Value / figure.Value;
    }
}
