using Mina.Host.Explanations;
using Mina.Model;

namespace Mina.Host.Reports;

/// <summary>The typical window of each outcome, with what the network looked at.</summary>
internal static class TypicalSection
{
    public static void Write(HtmlWriter html, Inspection inspection)
    {
        if (inspection.Typical.Count == 0)
            return;
        html.Raw("<section class=\"typical\"><h2>Typical windows</h2>");
        html.Add($"<p class=\"caption\">Of each outcome the uniform window of the median probability. {ExplanationPage.HowToRead} SD: standard deviations of the recording.</p>");
        foreach (var (outcome, window) in inspection.Typical)
        {
            html.Add($"<h3>{Words(outcome)}</h3><figure class=\"card\">");
            html.Raw(ExplanationFile.Svg(window, alone: false)).Raw("</figure>");
        }

        html.Raw("</section>");
    }

    private static string Words(Outcome outcome) => outcome switch
    {
        Outcome.TruePositive => "Hit: AF, judged AF",
        Outcome.TrueNegative => "Rightly passed: not AF, judged not AF",
        Outcome.FalsePositive => "False alarm: not AF, judged AF",
        _ => "Miss: AF, judged not AF",
    };
}
