namespace Mina.Host.Reports;

/// <summary>The descriptions of the views, and the style of their lines.</summary>
internal static class ViewStyle
{
    /// <summary>The CSS class of a view's colour and dash, by its place among the three.</summary>
    public static string CssClass(int view) => view switch { 0 => "v0", 1 => "v1", _ => "v2" };

    /// <summary>A sentence that says what a view counts.</summary>
    public static string Meaning(string view) => view switch
    {
        "paper" => "All windows, as the publication scores them: AF is cut ten times as densely.",
        "uniform" => "Windows whose start is divisible by 500: every recording cut alike.",
        "recording" => "One row a recording: the mean probability of its uniform windows.",
        _ => "",
    };

    /// <summary>The name of a view's rows: windows or recordings.</summary>
    public static string Rows(string view) => view == "recording" ? "recordings" : "windows";
}
