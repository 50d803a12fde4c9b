using Mina.Streaming.Recordings.Formats.Xml;

namespace Mina.Streaming.Recordings.Formats.Aecg;

/// <summary>Reads one lead of an aECG, part by part.</summary>
/// <param name="stream">The file, from its start.</param>
/// <param name="ordinal">How many lists of samples come before the lead's.</param>
/// <param name="scale">What its samples are worth.</param>
internal sealed class AecgRecordingReader(Stream stream, int ordinal, AecgScale scale) : RecordingReader
{
    private const int MaxDigits = 11;

    private readonly ForwardXml _xml = new(stream, AecgDocument.MaxCharacters);
    private readonly char[] _piece = new char[4096];
    private readonly char[] _digits = new char[MaxDigits];
    private int _at;
    private int _end;
    private long _position;
    private bool _isFound;

    /// <inheritdoc/>
    public override int Read(Span<float> samples)
    {
        if (!_isFound) Find();
        var count = (int)Math.Min(samples.Length, Length - _position);
        for (var i = 0; i < count; i++) samples[i] = (float)(scale.Origin + (Next() * scale.Step));
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _xml.Dispose();
    }

    private void Find()
    {
        for (var passed = -1; passed < ordinal;)
        {
            if (!_xml.Next()) throw new IOException("it became shorter while it was read");
            if (_xml.Name == AecgDocument.Digits) passed++;
        }

        _isFound = true;
    }

    /// <summary>The next number of the list; a list's end ends its last number.</summary>
    private int Next()
    {
        var length = 0;
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, _xml.ReadText(_piece));
                if (_end == 0) break;
            }

            var c = _piece[_at++];
            if (!char.IsWhiteSpace(c))
            {
                if (length == MaxDigits) throw NoNumber(length);
                _digits[length++] = c;
            }
            else if (length > 0)
            {
                break;
            }
        }

        return Numbers.TryInt(_digits.AsSpan(0, length), out var value) ? value : throw NoNumber(length);
    }

    private IOException NoNumber(int length) => length == 0
        ? new IOException("it became shorter while it was read")
        : new IOException($"'{Quote.Short(new string(_digits, 0, length))}' among the samples of lead {Quote.Short(Lead.Name)} is no whole number of 32 bits");
}
