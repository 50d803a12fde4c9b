using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Edf;

/// <summary>An annotation of an EDF+ or BDF+ file.</summary>
/// <param name="OnsetSeconds">From the start time that the header gives.</param>
/// <param name="DurationSeconds">0 where the file gives none.</param>
/// <param name="Text">Empty in the annotation that says when its data record starts.</param>
internal readonly record struct EdfAnnotation(double OnsetSeconds, double DurationSeconds, string Text);

/// <summary>Time-stamped annotation lists (EDF+ 2.2.2): <c>+onset[\x15duration]\x14text\x14...\0</c>. Pure.</summary>
internal static class EdfAnnotations
{
    private const byte AfterText = 0x14;
    private const byte BeforeDuration = 0x15;

    /// <summary>Reads the lists of one data record's annotation signal; a list that is not well formed is passed over.</summary>
    public static IReadOnlyList<EdfAnnotation> Decode(ReadOnlySpan<byte> bytes)
    {
        var found = new List<EdfAnnotation>();
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)0);
            var list = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? [] : bytes[(end + 1)..];
            var times = list.IndexOf(AfterText);
            if (times < 0) continue;
            var separator = list[..times].IndexOf(BeforeDuration);
            if (!Numbers.TryDouble(EdfHeader.Text(separator < 0 ? list[..times] : list[..separator]), out var onset)) continue;
            var duration = 0.0;
            if (separator >= 0 && (!Numbers.TryDouble(EdfHeader.Text(list[(separator + 1)..times]), out duration) || duration < 0)) duration = 0;
            for (list = list[(times + 1)..]; list.IndexOf(AfterText) is var next and >= 0; list = list[(next + 1)..])
                found.Add(new EdfAnnotation(onset, duration, EdfHeader.Text(list[..next])));
        }

        return found;
    }

    /// <summary>When a data record starts, in seconds from the header's start time; null where its first list does not say so.</summary>
    public static double? RecordStart(ReadOnlySpan<byte> bytes) => Decode(bytes) is [{ Text.Length: 0 } first, ..] ? first.OnsetSeconds : null;

    /// <summary>
    /// The rhythms that annotations name. One written as PhysioNet does, <c>(AFIB</c>, lasts until the next of them or as long as it says;
    /// other names of atrial fibrillation and flutter count where they have a duration.
    /// </summary>
    /// <param name="annotations">In order of time.</param>
    /// <param name="firstSample">Seconds from the header's start time to the first sample.</param>
    public static IReadOnlyList<RhythmSpan> Rhythms(IEnumerable<EdfAnnotation> annotations, double firstSample)
    {
        var spans = new List<RhythmSpan>();
        foreach (var annotation in annotations.OrderBy(annotation => annotation.OnsetSeconds))
        {
            var start = Math.Max(0, annotation.OnsetSeconds - firstSample);
            var ends = annotation.Text.Trim() == ")";
            var rhythm = RhythmOf(annotation);
            if (!ends && rhythm is null) continue;
            if (spans.Count > 0 && spans[^1].EndSeconds > start) spans[^1] = spans[^1] with { EndSeconds = start };
            if (rhythm is null) continue;
            spans.Add(new RhythmSpan(rhythm, start, annotation.DurationSeconds > 0 ? start + annotation.DurationSeconds : double.PositiveInfinity));
        }

        return spans;
    }

    private static string? RhythmOf(EdfAnnotation annotation)
    {
        if (annotation.Text.StartsWith('(')) return annotation.Text[1..].TrimEnd(')').Trim();
        return annotation.DurationSeconds <= 0 ? null : annotation.Text.ToUpperInvariant() switch
        {
            "AFIB" or "AF" or "ATRIAL FIBRILLATION" => "AFIB",
            "AFL" or "AFLUT" or "ATRIAL FLUTTER" => "AFL",
            _ => null,
        };
    }
}
