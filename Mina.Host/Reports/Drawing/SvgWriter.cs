using System.Globalization;
using System.Text;
using System.Xml;

namespace Mina.Host.Reports.Drawing;

/// <summary>Writes SVG through an <see cref="XmlWriter"/>, so that nothing from a recording's name can become markup. Numbers are invariant.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _text = new();
    private readonly XmlWriter _xml;

    public SvgWriter() =>
        _xml = XmlWriter.Create(
            _text, new XmlWriterSettings { OmitXmlDeclaration = true, ConformanceLevel = ConformanceLevel.Fragment, CheckCharacters = false });

    /// <summary>Opens an element.</summary>
    /// <param name="name">The name of the element.</param>
    /// <param name="attributes">Its attributes; numbers are written with at most two decimals.</param>
    public SvgWriter Open(string name, params ReadOnlySpan<(string Name, object Value)> attributes) => Open(name, "", attributes);

    /// <summary>Opens an element in an XML name space.</summary>
    public SvgWriter Open(string name, string nameSpace, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        _xml.WriteStartElement(name, nameSpace);
        foreach (var (attribute, value) in attributes)
            _xml.WriteAttributeString(attribute, value is double number ? Format(number) : Clean(Convert.ToString(value, CultureInfo.InvariantCulture)!));
        return this;
    }

    /// <summary>Closes the element that was opened last.</summary>
    public SvgWriter Close()
    {
        _xml.WriteEndElement();
        return this;
    }

    /// <summary>Writes an element without content.</summary>
    public SvgWriter Empty(string name, params ReadOnlySpan<(string Name, object Value)> attributes) => Open(name, attributes).Close();

    /// <summary>Writes text inside the open element.</summary>
    public SvgWriter Text(string text)
    {
        _xml.WriteString(Clean(text));
        return this;
    }

    /// <summary>Writes markup as it is.</summary>
    public SvgWriter Markup(string markup)
    {
        _xml.WriteRaw(markup);
        return this;
    }

    /// <summary>Returns all that was written; every element must be closed.</summary>
    public override string ToString()
    {
        _xml.Flush();
        return _text.ToString();
    }

    /// <summary>Formats a number with at most two decimals.</summary>
    public static string Format(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Replaces the characters that XML forbids, control characters and lone surrogates, by U+FFFD.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var allowed = rune.Value is '\t' or '\n' or '\r' || (rune.Value >= 0x20 && rune.Value is not (0xFFFE or 0xFFFF));
            clean.Append(allowed ? rune.ToString() : "\uFFFD");
        }

        return clean.ToString();
    }
}
