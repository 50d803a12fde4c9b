using SkiaSharp;

namespace Mina.Host.Reports.Drawing;

/// <summary>The font of pictures. It is looked up, because the fallback of a Linux without the usual fonts may have serifs.</summary>
internal static class SansSerif
{
    private static readonly string[] Usual = ["Segoe UI", "Helvetica Neue", "Lato", "DejaVu Sans", "Liberation Sans", "Arial"];

    /// <summary>The name of the first of the usual fonts that is installed; null where none is installed.</summary>
    public static string? Family { get; } = Usual.FirstOrDefault(IsInstalled);

    /// <summary>That font, or the system's default.</summary>
    public static SKTypeface Typeface(bool bold) =>
        (Family is null ? null : SKTypeface.FromFamilyName(Family, bold ? SKFontStyle.Bold : SKFontStyle.Normal)) ?? SKTypeface.Default;

    private static bool IsInstalled(string font)
    {
        using var face = SKFontManager.Default.MatchFamily(font);
        return face is not null && string.Equals(face.FamilyName, font, StringComparison.OrdinalIgnoreCase);
    }
}
