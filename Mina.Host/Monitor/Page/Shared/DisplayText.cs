using System.Globalization;
using Mina.Model;
using MudBlazor;

namespace Mina.Host.Monitor.Page;

/// <summary>How states, alarms and figures read on the page: names, signs, style classes.</summary>
internal static class DisplayText
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>A state in a word.</summary>
    public static string Name(StreamState state) => state switch
    {
        StreamState.AF => "AF",
        StreamState.PossibleAF => "Possible AF",
        // AF is all that is looked for: other things than AF may be wrong.
        StreamState.Normal => "No AF",
        StreamState.Unclassifiable => "Unclassifiable",
        StreamState.Stale => "Stale",
        StreamState.NotMonitored => "Not monitored",
        _ => "Starting",
    };

    /// <summary>A state's class in the style sheets.</summary>
    public static string CssClass(StreamState state) => state switch
    {
        StreamState.AF => "is-af",
        StreamState.PossibleAF => "is-possible",
        StreamState.Normal => "is-normal",
        StreamState.Unclassifiable => "is-unclear",
        StreamState.Stale or StreamState.NotMonitored => "is-stale",
        _ => "is-starting",
    };

    /// <summary>A state's sign: each of another shape, so that none is told by its colour alone.</summary>
    public static string Icon(StreamState state) => state switch
    {
        StreamState.AF => Icons.Material.Rounded.Warning,
        StreamState.PossibleAF => Icons.Material.Rounded.WarningAmber,
        StreamState.Normal => Icons.Material.Rounded.Check,
        StreamState.Unclassifiable => Icons.Material.Rounded.QuestionMark,
        StreamState.Stale => Icons.Material.Rounded.LinkOff,
        StreamState.NotMonitored => Icons.Material.Rounded.VisibilityOff,
        _ => Icons.Material.Rounded.HourglassEmpty,
    };

    /// <summary>An alarm in a few words.</summary>
    public static string Name(AlarmKind kind) => kind switch
    {
        AlarmKind.AF => "Atrial fibrillation",
        AlarmKind.LeadOff => "Lead off",
        AlarmKind.NotMonitored => "Not monitored",
        _ => "Signal stopped",
    };

    /// <summary>An alarm's sign.</summary>
    public static string Icon(AlarmKind kind) => kind switch
    {
        AlarmKind.AF => Icons.Material.Rounded.Warning,
        AlarmKind.LeadOff => Icons.Material.Rounded.PowerOff,
        AlarmKind.NotMonitored => Icons.Material.Rounded.VisibilityOff,
        _ => Icons.Material.Rounded.LinkOff,
    };

    /// <summary>A probability, 0.00 to 1.00; a dash for none.</summary>
    public static string Probability(double? value) => value is { } p ? p.ToString("0.00", Plain) : "–";

    /// <summary>A share in percent; below 1 % with a decimal, so that little is not none.</summary>
    public static string Share(double? value) => value switch
    {
        null => "–",
        0 => "0 %",
        < 0.001 => "< 0.1 %",
        < 0.01 => (value.Value * 100).ToString("0.0", Plain) + " %",
        _ => (value.Value * 100).ToString("0", Plain) + " %",
    };

    /// <summary>Beats a minute, whole; a dash for none.</summary>
    public static string HeartRate(double? value) => value is { } rate ? rate.ToString("0", Plain) : "–";

    /// <summary>A name as a part of an address.</summary>
    public static string Address(string stream) => $"/stream/{Uri.EscapeDataString(stream)}";
}
