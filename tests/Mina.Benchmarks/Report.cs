using System.Globalization;
using System.Text;

namespace Mina.Benchmarks;

/// <summary>The results as Markdown, for results/.</summary>
internal static class Report
{
    public static string Markdown(
        IReadOnlyDictionary<string, string> machine, IEnumerable<Comparison> comparisons, IReadOnlyList<string> omitted, string[] args)
    {
        var text = new StringBuilder();
        text.AppendLine(Invariant($"# {machine["processor"]}, {machine["cores"]} cores"));
        text.AppendLine();
        text.AppendLine("Medians, with the lowest and highest of the repetitions; the variants of a row took turns in one run. Made again by");
        text.AppendLine();
        text.AppendLine(Invariant($"    dotnet run -c Release --project tests/Mina.Benchmarks -- {string.Join(' ', args)}"));
        text.AppendLine();
        text.AppendLine(string.Join("; ", machine.Skip(2).Select(pair => $"{pair.Key}: {pair.Value}")) + ".");
        text.AppendLine();
        text.AppendLine("| what | variant | median | lowest to highest | times the baseline | goal |");
        text.AppendLine("|---|---|---:|---:|---:|---|");
        foreach (var comparison in comparisons)
        {
            var what = comparison.Against is { } axis ? $"{comparison.What}, by {axis}" : comparison.What;
            foreach (var figure in comparison.Figures)
            {
                var ratio = figure.Name == comparison.Baseline ? "baseline" : comparison.Ratio(figure) is { } r ? Invariant($"{r:0.0#}x") : "";
                var first = ReferenceEquals(figure, comparison.Figures[0]);
                text.AppendLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {(first ? what : "")} | {figure.Name} | {Number(figure.Value)} {comparison.Unit} | "
                    + $"{Number(figure.Lowest)} to {Number(figure.Highest)} ({figure.Repetitions}) | {ratio} | {(first ? comparison.Goal : "")} |"));
            }
        }

        text.AppendLine();
        if (comparisons.Any(comparison => comparison.Against is not null))
        {
            text.AppendLine("![How the rows scale](scaling.png)");
            text.AppendLine();
        }

        foreach (var note in comparisons.Select(c => c.Note is null ? null : $"- {c.What}: {c.Note}").OfType<string>().Distinct())
            text.AppendLine(note);
        foreach (var reason in omitted)
            text.AppendLine(Invariant($"- not measured: {reason}"));
        return text.ToString();
    }

    private static string Number(double value) => value.ToString(value >= 100 ? "N0" : value >= 10 ? "0.0" : "0.000", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
