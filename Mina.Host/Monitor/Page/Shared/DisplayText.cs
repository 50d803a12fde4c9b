using System.Globalization;
using Mina.Model;
using MudBlazor;

namespace Mina.Host.Monitor.Page;

/// <summary>The names, icons and style classes of states and alarms on the page, and the format of figures.</summary>
internal static class DisplayText
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>The name of a state.</summary>
    public static string Name(StreamState state) => state switch
    {
        StreamState.AF => "AF",
        StreamState.PossibleAF => "Possible AF",
        // The monitor looks for AF only, so another disease may be present.
        StreamState.Normal => "No AF",
        StreamState.Unclassifiable => "Unclassifiable",
        StreamState.Stale => "Stale",
        StreamState.NotMonitored => "Not monitored",
        _ => "Starting",
    };

    /// <summary>The class of a state in the style sheets.</summary>
    public static string CssClass(StreamState state) => state switch
    {
        StreamState.AF => "is-af",
        StreamState.PossibleAF => "is-possible",
        StreamState.Normal => "is-normal",
        StreamState.Unclassifiable => "is-unclear",
        StreamState.Stale or StreamState.NotMonitored => "is-stale",
        _ => "is-starting",
    };

    /// <summary>The icon of a state. Each has another shape, so that no state is recognised by its colour alone.</summary>
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

    /// <summary>The name of an alarm.</summary>
    public static string Name(AlarmKind kind) => kind switch
    {
        AlarmKind.AF => "Atrial fibrillation",
        AlarmKind.LeadOff => "Lead off",
        AlarmKind.NotMonitored => "Not monitored",
        _ => "Signal stopped",
    };

    /// <summary>The icon of an alarm.</summary>
    public static string Icon(AlarmKind kind) => kind switch
    {
        AlarmKind.AF => Icons.Material.Rounded.Warning,
        AlarmKind.LeadOff => Icons.Material.Rounded.PowerOff,
        AlarmKind.NotMonitored => Icons.Material.Rounded.VisibilityOff,
        _ => Icons.Material.Rounded.LinkOff,
    };

    /// <summary>Formats a probability as 0.00 to 1.00, or as a dash where there is none.</summary>
    public static string Probability(double? value) => value is { } p ? p.ToString("0.00", Plain) : "–";

    /// <summary>Formats a share in percent, with a decimal below 1 % so that a small share does not read as none.</summary>
    public static string Share(double? value) => value switch
    {
        null => "–",
        0 => "0 %",
        < 0.001 => "< 0.1 %",
        < 0.01 => (value.Value * 100).ToString("0.0", Plain) + " %",
        _ => (value.Value * 100).ToString("0", Plain) + " %",
    };

    /// <summary>Formats a heart rate in whole beats a minute, or as a dash where there is none.</summary>
    public static string HeartRate(double? value) => value is { } rate ? rate.ToString("0", Plain) : "–";

    /// <summary>Formats a time of day as HH:mm:ss, with its date unless it is of today, and with its year unless it is of this year.</summary>
    /// <param name="local">The time, in the zone in which it is shown.</param>
    /// <param name="now">Now, in the same zone.</param>
    public static string Time(DateTimeOffset local, DateTimeOffset now) => local.ToString(
        local.Date == now.Date ? "HH:mm:ss" : local.Year == now.Year ? "d MMM HH:mm:ss" : "d MMM yyyy HH:mm:ss", Plain);

    /// <summary>
    /// The time since when the cause of an alarm has been there, by the server's clock: of AF the onset of the episode, which lies before
    /// the alarm by as much as the signal had to show of it.
    /// </summary>
    public static DateTimeOffset Since(AlarmStatus alarm) =>
        alarm is { Onset: { } onset, Signal: { } signal } && onset < signal ? alarm.Raised - (signal - onset) : alarm.Raised;

    /// <summary>Formats a duration by its two largest units; one that is negative, by a clock that went back, is 0 s.</summary>
    public static string Duration(TimeSpan length)
    {
        var seconds = (long)Math.Max(0, Math.Round(length.TotalSeconds));
        (long Size, string Name)[] units = [(86400, "d"), (3600, "h"), (60, "min"), (1, "s")];
        var parts = new List<string>();
        foreach (var (size, name) in units)
        {
            if (seconds / size is var count and > 0)
                parts.Add($"{count.ToString(Plain)} {name}");
            else if (parts.Count > 0)
                break;
            seconds %= size;
            if (parts.Count == 2)
                break;
        }

        return parts.Count > 0 ? string.Join(' ', parts) : "0 s";
    }

    /// <summary>Formats a number with two decimals at most.</summary>
    public static string Number(double value) => value.ToString("0.##", Plain);

    /// <summary>The address of an episode's page.</summary>
    public static string EpisodeAddress(string episode) => $"/episodes/{Uri.EscapeDataString(episode)}";

    /// <summary>The address of a stream's page.</summary>
    public static string Address(string stream) => $"/stream/{Uri.EscapeDataString(stream)}";
}
