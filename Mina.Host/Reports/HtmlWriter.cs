using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Mina.Host.Reports;

/// <summary>
/// Builds HTML that is also well-formed XML. Markup is what stands in the source; every value put into it is encoded,
/// so that nothing from a recording's name or a path can become markup. Numbers are invariant.
/// </summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _text = new();

    /// <summary>Markup with encoded values; a double without a format has at most two decimals.</summary>
    public HtmlWriter Add([InterpolatedStringHandlerArgument("")] Handler markup)
    {
        _ = markup;
        return this;
    }

    /// <summary>Markup as it is.</summary>
    public HtmlWriter Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>All that was written.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Text for HTML: encoded, and characters that XML forbids (controls, lone surrogates) replaced by U+FFFD.</summary>
    public static string Encode(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var allowed = rune.Value is '\t' or '\n' or '\r' || (rune.Value >= 0x20 && rune.Value is not (0xFFFE or 0xFFFF));
            clean.Append(allowed ? rune.ToString() : "\uFFFD");
        }

        return WebUtility.HtmlEncode(clean.ToString());
    }

    /// <summary>Takes the parts of an interpolated string: literals are markup, values are text.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Handler
    {
        private readonly StringBuilder _text;

        public Handler(int literalLength, int formattedCount, HtmlWriter writer)
        {
            _text = writer._text;
            _text.EnsureCapacity(_text.Length + literalLength + (8 * formattedCount));
        }

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(string? value) => _text.Append(Encode(value ?? ""));

        public void AppendFormatted(double value) => AppendFormatted(value, "0.##");

        public void AppendFormatted<T>(T value, string? format = null)
            where T : IFormattable => AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));
    }
}
