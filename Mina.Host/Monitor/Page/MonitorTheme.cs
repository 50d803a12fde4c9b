using MudBlazor;

namespace Mina.Host.Monitor.Page;

/// <summary>The page's colours for MudBlazor; <c>monitor/tokens.css</c> holds the same colours and all others.</summary>
internal static class MonitorTheme
{
    private static readonly string[] Fonts = ["Inter", "system-ui", "Segoe UI", "Roboto", "sans-serif"];

    public static MudTheme Instance { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b5cad",
            Error = "#b3122f",
            Warning = "#8a5300",
            Success = "#1b6b45",
            Background = "#f3f5f7",
            Surface = "#ffffff",
            TextPrimary = "#15202b",
            TextSecondary = "#52606d",
            LinesDefault = "#dde3e9",
            LinesInputs = "#7b8894",
            ActionDefault = "#52606d",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#6db3f2",
            PrimaryContrastText = "#0b1218",
            Error = "#ff8095",
            Warning = "#f0b060",
            Success = "#6fcf9b",
            Background = "#0b1117",
            Surface = "#141c24",
            TextPrimary = "#e8edf2",
            TextSecondary = "#9aa8b5",
            LinesDefault = "#26313b",
            LinesInputs = "#75838f",
            ActionDefault = "#9aa8b5",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Fonts, FontSize = "0.9375rem", LineHeight = "1.45", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = Fonts, FontSize = "0.875rem", FontWeight = "600", TextTransform = "none", LetterSpacing = "normal" },
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
    };
}
