using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats.Xml;

namespace Mina.Streaming.Recordings.Formats.Aecg;

/// <summary>What an HL7 aECG holds besides its samples, which are only counted (HL7 v3 Annotated ECG, R1; sequences by ISO 11073-10101).</summary>
internal sealed class AecgDocument
{
    /// <summary>The root element.</summary>
    public const string Root = "AnnotatedECG";

    /// <summary>The element that holds the samples of a lead.</summary>
    public const string Digits = "digits";

    /// <summary>How long a document can be: three days of twelve leads at 500 Hz.</summary>
    public const long MaxCharacters = 8L << 30;

    private const string LeadPrefix = "MDC_ECG_LEAD_";

    private string _seriesCode = "";
    private DateTime? _seriesStart;
    private int _lists;
    private AecgLead? _lead;
    private bool _isTime;

    private AecgDocument()
    {
    }

    /// <summary>All sets of sequences that a recorder sampled; average beats, which a program made, are left out.</summary>
    public List<AecgSet> Sets { get; } = [];

    /// <summary>The subject's ID; null where there is none.</summary>
    public string? Patient { get; private set; }

    /// <summary>Reads a document.</summary>
    /// <param name="stream">The file, which is closed.</param>
    /// <exception cref="IOException">The document is damaged.</exception>
    public static AecgDocument Read(Stream stream)
    {
        using var xml = new ForwardXml(stream, MaxCharacters);
        var document = new AecgDocument();
        while (xml.Next()) document.Take(xml);
        return document;
    }

    private void Take(ForwardXml xml)
    {
        switch (xml.Name)
        {
            case "id" when xml.Above(1) == "trialSubject":
                Patient = xml.Attribute("extension") is { Length: > 0 } id ? PlainText.Clean(id) : null;
                break;
            case "series":
                (_seriesCode, _seriesStart) = ("", null);
                break;
            case "code" when xml.Above(1) == "series":
                _seriesCode = xml.Attribute("code") ?? "";
                break;
            case "low" when xml.Above(1) == "effectiveTime" && xml.Above(2) == "series":
                _seriesStart = CompactTime.Read(xml.Attribute("value") ?? "");
                break;
            case Digits:
                var samples = Count(xml);
                if (_lead is not null && IsOfSequence(xml)) (_lead.Samples, _lead.Ordinal) = (samples, _lists);
                _lists++;
                break;
            default:
                if (!IsDerived(xml)) TakeSampled(xml);
                break;
        }
    }

    private void TakeSampled(ForwardXml xml)
    {
        switch (xml.Name)
        {
            case "sequenceSet":
                Sets.Add(new AecgSet { IsRhythm = _seriesCode == "RHYTHM", Start = _seriesStart });
                break;
            case "sequence":
                (_lead, _isTime) = (null, false);
                break;
            case "code" when xml.Above(1) == "sequence" && Sets.Count > 0:
                var code = xml.Attribute("code") ?? "";
                _isTime = code is "TIME_ABSOLUTE" or "TIME_RELATIVE";
                if (_isTime) break;
                _lead = new AecgLead { Name = NameOf(code) };
                Sets[^1].Leads.Add(_lead);
                break;
            case "head" when _isTime && IsOfSequence(xml):
                Sets[^1].Start = CompactTime.Read(xml.Attribute("value") ?? "") ?? Sets[^1].Start;
                break;
            case "increment" when _isTime && IsOfSequence(xml):
                Sets[^1].Increment = Number(xml);
                Sets[^1].IncrementUnit = PlainText.Clean(xml.Attribute("unit") ?? "s");
                break;
            case "origin" when _lead is not null && IsOfSequence(xml):
                (_lead.Origin, _lead.OriginUnit) = (Number(xml) ?? 0, xml.Attribute("unit") ?? "");
                break;
            case "scale" when _lead is not null && IsOfSequence(xml):
                (_lead.Step, _lead.Unit) = (Number(xml), PlainText.Clean(xml.Attribute("unit") ?? ""));
                break;
        }
    }

    private static bool IsOfSequence(ForwardXml xml) => xml.Above(1) == "value" && xml.Above(2) == "sequence";

    private bool IsDerived(ForwardXml xml)
    {
        if (!xml.Path.Contains("derivedSeries")) return false;
        (_lead, _isTime) = (null, false);
        return true;
    }

    private static double? Number(ForwardXml xml) => Numbers.TryDouble(xml.Attribute("value") ?? "", out var value) ? value : null;

    private static string NameOf(string code)
    {
        var name = code.StartsWith(LeadPrefix, StringComparison.OrdinalIgnoreCase) ? code[LeadPrefix.Length..] : code;
        return PlainText.Clean(name.ToUpperInvariant() switch { "AVR" => "aVR", "AVL" => "aVL", "AVF" => "aVF", _ => name });
    }

    private static long Count(ForwardXml xml)
    {
        var (piece, count, isInside) = (new char[4096], 0L, false);
        for (int length; (length = xml.ReadText(piece)) > 0;)
        {
            foreach (var c in piece.AsSpan(0, length))
            {
                var isBlank = char.IsWhiteSpace(c);
                if (!isBlank && !isInside) count++;
                isInside = !isBlank;
            }
        }

        return count;
    }
}
