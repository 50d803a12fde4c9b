using System.Globalization;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>Reads annotated rhythms.</summary>
public static class RhythmSpans
{
    private const int Note = 22;
    private const string Resolution = "## time resolution:";

    /// <summary>The rhythms of an annotation file. Time before its first rhythm belongs to none.</summary>
    /// <param name="annotations">In order of time.</param>
    /// <param name="fs">Ticks a second in Hz, where the file does not say so itself: the record's frames a second.</param>
    public static IReadOnlyList<RhythmSpan> Read(IReadOnlyList<WfdbAnnotation> annotations, double fs)
    {
        var resolution = annotations.FirstOrDefault(a => a.Code == Note && a.Aux.StartsWith(Resolution, StringComparison.Ordinal)).Aux;
        if (resolution is not null && double.TryParse(resolution.AsSpan(Resolution.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var own) && own > 0)
            fs = own;
        var spans = new List<RhythmSpan>();
        foreach (var annotation in annotations.Where(a => a.Code == WfdbAnnotation.Rhythm && a.Aux.StartsWith('(')))
        {
            var start = annotation.Sample / fs;
            if (spans.Count > 0)
                spans[^1] = spans[^1] with { EndSeconds = start };
            spans.Add(new RhythmSpan(annotation.Aux[1..].Trim(), start, double.PositiveInfinity));
        }

        return spans;
    }
}
