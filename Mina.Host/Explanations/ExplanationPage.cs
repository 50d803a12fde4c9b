using Mina.Host.Reports;
using Mina.Host.Reports.Components;
using Mina.Model;

namespace Mina.Host.Explanations;

/// <summary>Renders an explanation as a self-contained page: HTML that is also well-formed XML.</summary>
internal static class ExplanationPage
{
    /// <summary>The text that explains how to read the picture. It stands below the picture here and in reports.</summary>
    public const string HowToRead =
        "Four channels of one window of 10 s. The bars beneath a trace say how much each sub-segment of 1/6 s counted for the channel (rhythm attention); the "
            + "blue behind it where in those sub-segments the network looked (beat attention, weighed by rhythm attention); the bar on the right how much the "
                + "channel counted for the verdict (frequency attention). Dashed: attention paid evenly. Across, a large square is 0.2 s, as on ECG paper; "
                    + "each channel has its own scale upwards. Attention says where the network looked, not why it decided as it did.";

    /// <summary>Renders the text of the page.</summary>
    public static string Render(WindowExplanation window) => ReportRenderer.Render<ExplanationReport>((nameof(ExplanationReport.Window), window));
}
