using Mina.Host.Reports;
using Mina.Model;

namespace Mina.Host.Explanations;

/// <summary>An explanation as a page that needs nothing else: HTML that is also well-formed XML.</summary>
internal static class ExplanationPage
{
    /// <summary>How to read the picture; beneath it here and in reports.</summary>
    public const string HowToRead =
        "Four channels of one window of 10 s. The bars beneath a trace say how much each sub-segment of 1/6 s counted for the channel (rhythm attention); the blue behind it where in those sub-segments the network looked (beat attention, weighed by rhythm attention); the bar on the right how much the channel counted for the verdict (frequency attention). Dashed: attention paid evenly. Across, a large square is 0.2 s, as on ECG paper; each channel has its own scale upwards. Attention says where the network looked, not why it decided as it did.";

    public static string Render(WindowExplanation window)
    {
        var html = new HtmlWriter();
        html.Raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><meta name=\"color-scheme\" content=\"light dark\"/>");
        html.Add($"<title>{window.RecordingId} explained</title><style>").Raw(ReportStyle.Css).Raw("</style></head><body><header>");
        html.Add($"<p class=\"brand\">Mina</p><h1>{window.RecordingId}: what the network looked at</h1></header><main><section><figure class=\"card\">");
        html.Raw(ExplanationFile.Svg(window, alone: false));
        html.Add($"</figure><p class=\"caption\">{HowToRead}</p></section>");
        html.Raw("</main><footer>A model's view of one window. It is no clinical finding.</footer></body></html>\n");
        return html.ToString();
    }
}
