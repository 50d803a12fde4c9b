using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Reports;

/// <summary>The worst mistakes with their traces.</summary>
internal static class MistakesSection
{
    private const double Rate = 300;

    public static void Write(HtmlWriter html, EvaluationResult result)
    {
        html.Raw("<section class=\"mistakes\"><h2>Worst mistakes</h2><p class=\"caption\">At most one window a recording. The original channel; a large square is 0.2 s across and 1 standard deviation of the recording upwards.</p>");
        Kind(html, "Judged AF, but is not", "false positives", result.FalsePositives);
        Kind(html, "Is AF, but was not judged so", "false negatives", result.FalseNegatives);
        html.Raw("</section>");
    }

    private static void Kind(HtmlWriter html, string title, string kind, IReadOnlyList<Mistake> mistakes)
    {
        html.Add($"<h3>{title} <small>{kind}, worst first</small></h3>");
        if (mistakes.Count == 0)
            html.Raw("<p class=\"card none\">None is shown here.</p>");
        foreach (var mistake in mistakes)
        {
            var score = mistake.Score;
            var start = score.Start / Rate;
            var label = score.Label is { } known ? LabelName(known) : score.Class == 1 ? "AF" : "not AF";
            html.Add($"""<figure class="card"><figcaption><b class="id">{score.RecordingId}</b><span>from {start:0.##} s</span><span class="badge">{label}</span><span class="p">probability of AF <b>{Numbers.Probability(score.Probability)}</b></span></figcaption>""");
            EcgTrace.Write(html, mistake.Trace, start, $"Trace of {score.RecordingId} from {start} s");
            html.Raw("</figure>");
        }
    }

    private static string LabelName(Label label) => label switch
    {
        Label.Normal => "Normal",
        Label.AF => "AF",
        Label.Other => "Other",
        _ => "Noisy",
    };
}
