using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>The page's colours against WCAG 2.2: 4.5:1 for text, 3:1 for lines and signs that tell something (1.4.3, 1.4.11).</summary>
public sealed class ContrastTests
{
    private static readonly string Sheet = File.ReadAllText(Path.Combine(Places.Repository, "Mina.Host", "wwwroot", "monitor", "tokens.css"));

    [Theory]
    [InlineData("ink", "page", 4.5)]
    [InlineData("ink", "surface", 4.5)]
    [InlineData("ink", "raised", 4.5)]
    [InlineData("ink", "af-ground", 4.5)]
    [InlineData("soft", "page", 4.5)]
    [InlineData("soft", "surface", 4.5)]
    [InlineData("soft", "raised", 4.5)]
    [InlineData("soft", "af-ground", 4.5)]
    [InlineData("page", "ink", 4.5)]
    [InlineData("accent", "page", 4.5)]
    [InlineData("accent", "surface", 4.5)]
    [InlineData("on-accent", "accent", 4.5)]
    [InlineData("af", "surface", 4.5)]
    [InlineData("af", "af-ground", 4.5)]
    [InlineData("af", "page", 4.5)]
    [InlineData("af", "raised", 4.5)]
    [InlineData("af", "paper", 4.5)]
    [InlineData("on-af", "af", 4.5)]
    [InlineData("unclear", "surface", 4.5)]
    [InlineData("good", "surface", 4.5)]
    [InlineData("trace", "paper", 7)]
    [InlineData("trace", "paper-major", 4.5)]
    [InlineData("look", "surface", 3)]
    [InlineData("look", "paper", 3)]
    [InlineData("quiet", "surface", 3)]
    [InlineData("edge", "surface", 3)]
    [InlineData("edge", "page", 3)]
    public void Text_and_signs_stand_out_in_both_themes(string front, string ground, double least)
    {
        foreach (var theme in new[] { "light", "dark" })
        {
            var ratio = Ratio(Luminance(Colour(front, theme)), Luminance(Colour(ground, theme)));
            Assert.True(ratio >= least, string.Create(CultureInfo.InvariantCulture, $"{front} on {ground}, {theme}: {ratio:0.00}:1"));
        }
    }

    private static string Colour(string name, string theme)
    {
        var blocks = Sheet.Split(":root[data-theme=dark]");
        return Regex.Match(theme == "light" ? blocks[0] : blocks[1], $@"--{name}: #([0-9a-f]+);").Groups[1].Value is { Length: > 0 } hex
            ? hex
            : throw new InvalidOperationException($"--{name} is not in tokens.css, {theme}");
    }

    private static double Luminance(string hex)
    {
        var full = hex.Length == 3 ? string.Concat(hex.Select(c => $"{c}{c}")) : hex;
        var parts = Enumerable.Range(0, 3).Select(i => Convert.ToInt32(full.Substring(2 * i, 2), 16) / 255.0)
            .Select(v => v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }

    private static double Ratio(double x, double y) => (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
}
