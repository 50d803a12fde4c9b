using System.Globalization;
using Mina.Preprocess;

namespace Mina.Host.Inspections;

/// <summary>How the table and the page of <c>inspect</c> write what was found.</summary>
internal static class InspectionText
{
    /// <summary>The label, and how much of the recording is annotated as AF or flutter; or that it would be rejected.</summary>
    public static string NoteOf(RecordingInspection one)
    {
        if (one.Rejection is not null) return "rejected";
        var label = one.Label is { } known ? Labels.NameOf(known) : "";
        if (one.Rhythms is not { } rhythms) return label.Length > 0 ? label : "-";
        var af = rhythms.Where(rhythm => rhythm.Key is "AFIB" or "AFL").Sum(rhythm => rhythm.Value);
        return one.Seconds > 0 ? $"{(label.Length > 0 ? label : "AF")} {Percent(Math.Min(1, af / one.Seconds.Value))}" : label;
    }

    /// <summary>How many recordings there are, how long they are, and how many of them are of no use.</summary>
    public static string SummaryOf(IReadOnlyList<RecordingInspection> recordings)
    {
        var hours = recordings.Sum(one => one.Seconds ?? 0) / 3600;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{recordings.Count:N0} recordings, {hours:0.00} h; {recordings.Count(one => one.Rejection is not null):N0} would be rejected, "
                + $"{recordings.Count(one => one.SameSignalAs is not null):N0} have another's samples");
    }

    /// <summary>What is wrong with recordings, each in a sentence: equal signals, rejections, faults in annotations.</summary>
    public static IEnumerable<string> Faults(IReadOnlyList<RecordingInspection> recordings) =>
        recordings.Where(one => one.SameSignalAs is not null).Select(one => $"{one.Id} has the same samples as {one.SameSignalAs}")
            .Concat(recordings.Where(one => one.Rejection is not null).Select(one => $"rejected ({one.Rejection!.Reason}): {one.Rejection.Message}"))
            .Concat(recordings.Where(one => one.AnnotationFault is not null && one.Rejection is null).Select(one => $"annotations: {one.AnnotationFault}"));

    /// <summary>A share in whole per cent.</summary>
    public static string Percent(double? share) => share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0} %") : "-";

    /// <summary>A length: seconds below a minute, else hours, minutes and seconds.</summary>
    public static string Clock(double? seconds) => seconds is not { } value ? "-"
        : value < 60 ? string.Create(CultureInfo.InvariantCulture, $"{value:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value / 3600):0}:{(int)(value / 60) % 60:00}:{(int)value % 60:00}");

    /// <summary>A heart rate in whole beats a minute.</summary>
    public static string Rate(double? rate) => rate?.ToString("0", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>A sampling frequency in Hz.</summary>
    public static string Hertz(double? fs) => fs?.ToString("0.##", CultureInfo.InvariantCulture) ?? "-";
}
