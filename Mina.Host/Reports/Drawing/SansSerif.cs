using SkiaSharp;

namespace Mina.Host.Reports.Drawing;

/// <summary>Fonts of pictures: what a Linux without the usual ones falls back to may have serifs.</summary>
internal static class SansSerif
{
    private static readonly string[] Usual = ["Segoe UI", "Helvetica Neue", "Lato", "DejaVu Sans", "Liberation Sans", "Arial"];

    /// <summary>The first of the usual fonts that is installed; null where none is.</summary>
    public static string? Family { get; } = Usual.FirstOrDefault(IsInstalled);

    /// <summary>That font, or whatever the system has.</summary>
    public static SKTypeface Typeface(bool bold) =>
        (Family is null ? null : SKTypeface.FromFamilyName(Family, bold ? SKFontStyle.Bold : SKFontStyle.Normal)) ?? SKTypeface.Default;

    private static bool IsInstalled(string font)
    {
        using var face = SKFontManager.Default.MatchFamily(font);
        return face is not null && string.Equals(face.FamilyName, font, StringComparison.OrdinalIgnoreCase);
    }
}
