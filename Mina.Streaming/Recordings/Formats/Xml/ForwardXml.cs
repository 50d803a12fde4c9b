using System.Xml;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Xml;

/// <summary>
/// Reads XML from start to end. No entity is expanded and no other file is looked at, whatever the document declares; depth is bounded, and text of
/// any length is given in pieces, so that memory does not depend on it.
/// </summary>
internal sealed class ForwardXml : IDisposable
{
    /// <summary>How many of a file's first bytes are needed to know its root element.</summary>
    public const int SignatureBytes = 4096;

    private const int MaxDepth = 64;
    private const int MaxShortText = 1000;
    private const int MaxMessage = 200;

    private readonly XmlReader _reader;
    private readonly List<string> _path = [];
    private readonly char[] _piece = new char[MaxShortText];
    private bool _isClosed;

    /// <summary>Begins to read.</summary>
    /// <param name="stream">The file, which is closed with the reader.</param>
    /// <param name="maxCharacters">How long a document of the format can be.</param>
    public ForwardXml(Stream stream, long maxCharacters)
    {
        // The declaration of a document type is passed over, because GE MUSE writes one; entities that it declares are then unknown.
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Ignore,
            XmlResolver = null,
            MaxCharactersInDocument = maxCharacters,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
        };
        try
        {
            _reader = XmlReader.Create(stream, settings);
        }
        catch (XmlException e)
        {
            stream.Dispose();
            throw Damaged(e);
        }
    }

    /// <summary>The names of the elements around, from the root to the one that was reached last.</summary>
    public IReadOnlyList<string> Path => _path;

    /// <summary>The name of the element that was reached last.</summary>
    public string Name => _path[^1];

    /// <summary>The name of the element that is <paramref name="levels"/> levels above; empty where there is none.</summary>
    public string Above(int levels) => _path.Count > levels ? _path[^(levels + 1)] : "";

    /// <summary>The name of a document's root element, by a file's first bytes; null where they are not the beginning of XML.</summary>
    public static string? RootOf(ReadOnlySpan<byte> start)
    {
        if (start.IndexOf((byte)'<') is < 0 or > 64) return null;
        try
        {
            using var xml = new ForwardXml(new MemoryStream(start.ToArray(), writable: false), SignatureBytes);
            return xml.Next() ? xml.Name : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Goes on to the next element's start.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="IOException">The document is damaged, or deeper or longer than one of the format can be.</exception>
    public bool Next()
    {
        while (Step())
        {
            if (_reader.NodeType == XmlNodeType.Element) return true;
        }

        return false;
    }

    /// <summary>An attribute of the element; null where it has none of that name. To be asked for before the element's text.</summary>
    public string? Attribute(string name) => _reader.GetAttribute(name);

    /// <summary>The text of the element, without blanks around it; of a longer one the first thousand characters.</summary>
    public string ShortText()
    {
        var text = new string(_piece, 0, ReadText(_piece));
        var more = new char[MaxShortText];
        for (int count; (count = ReadText(more)) > 0;)
        {
            if (text.Length < MaxShortText) text = string.Concat(text, more.AsSpan(0, Math.Min(count, MaxShortText - text.Length)));
        }

        return text.Trim();
    }

    /// <summary>Reads the next piece of the element's text.</summary>
    /// <param name="piece">Takes the characters.</param>
    /// <returns>How many there were; 0 at the element's end.</returns>
    public int ReadText(char[] piece)
    {
        while (true)
        {
            if (_isClosed || _reader.NodeType == XmlNodeType.EndElement) return 0;
            if (_reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace
                && Value(piece) is > 0 and var count)
                return count;
            if (!Step()) return 0;
            if (_reader.NodeType == XmlNodeType.Element) throw new IOException($"its element {Quote.Short(Above(1))} holds elements where text should be");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private bool Step()
    {
        // What was closed stays on the path until the next step, so that it can be asked for.
        if (_isClosed) _path.RemoveAt(_path.Count - 1);
        _isClosed = false;
        if (!Read()) return false;
        if (_reader.NodeType == XmlNodeType.Element)
        {
            if (_path.Count >= MaxDepth) throw new IOException("its elements lie deeper within each other than those of a recording do");
            _path.Add(_reader.LocalName);
            _isClosed = _reader.IsEmptyElement;
        }
        else if (_reader.NodeType == XmlNodeType.EndElement)
        {
            _isClosed = true;
        }

        return true;
    }

    private bool Read()
    {
        try
        {
            return _reader.Read();
        }
        catch (Exception e) when (IsOfDocument(e))
        {
            throw Damaged(e);
        }
    }

    private int Value(char[] piece)
    {
        try
        {
            return _reader.ReadValueChunk(piece, 0, piece.Length);
        }
        catch (Exception e) when (IsOfDocument(e))
        {
            throw Damaged(e);
        }
    }

    // .NET's reader passes on an ArgumentException of its own where the declaration is followed by bytes that are not of the encoding.
    private static bool IsOfDocument(Exception e) => e is XmlException or ArgumentException;

    private static IOException Damaged(Exception e)
    {
        if (e is not XmlException) return new IOException("it is no XML to its end (its declaration cannot be read): export it again", e);
        var message = e.Message.Length > MaxMessage ? e.Message[..MaxMessage] : e.Message;
        return new IOException($"it is no XML to its end ({PlainText.Clean(message.TrimEnd('.'))}): export it again", e);
    }
}
