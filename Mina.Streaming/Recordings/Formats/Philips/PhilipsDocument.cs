using System.Globalization;
using System.Text;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats.Xml;

namespace Mina.Streaming.Recordings.Formats.Philips;

/// <summary>What a Philips Sierra ECG holds, of versions 1.03 and 1.04, whose elements differ a little.</summary>
internal sealed class PhilipsDocument
{
    /// <summary>The root element.</summary>
    public const string Root = "restingecgdata";

    // A file of 12 leads and 11 s has 0.1 million.
    private const long MaxCharacters = 1L << 26;

    private static readonly string[] TwelveLeads = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"];
    private static readonly string[] TwelveLeadSets = ["STD-12", "10-WIRE"];

    private readonly StringBuilder _base64 = new();
    private string _labels = "";
    private string _leadSet = "";

    /// <summary>The version of the document: <c>1.03</c>.</summary>
    public string Version { get; private set; } = "";

    /// <summary>How the waveform is compressed: <c>XLI</c>; empty where the file does not say.</summary>
    public string Compression { get; private set; } = "";

    /// <summary>How the waveform is written: <c>Base64</c>.</summary>
    public string Encoding { get; private set; } = "";

    /// <summary>Sampling frequency, Hz; null where the file does not say.</summary>
    public double? Fs { get; private set; }

    /// <summary>A step, in uV; null where the file does not say.</summary>
    public double? Microvolts { get; private set; }

    /// <summary>How long the waveform is, in ms; null where the file does not say.</summary>
    public double? Milliseconds { get; private set; }

    /// <summary>The patient's ID; null where there is none.</summary>
    public string? Patient { get; private set; }

    /// <summary>When the ECG was taken, by the recorder's clock; null where the file does not say.</summary>
    public DateTime? Start { get; private set; }

    /// <summary>Whether there is a waveform.</summary>
    public bool HasWaveform { get; private set; }

    /// <summary>The leads' names, in the order of the waveform; fewer than it has where the file does not name them all.</summary>
    public IReadOnlyList<string> Leads => _labels.Length > 0
        ? _labels.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        : TwelveLeadSets.Contains(_leadSet) ? TwelveLeads : [];

    /// <summary>Reads a document.</summary>
    /// <param name="stream">The file, which is closed.</param>
    /// <exception cref="IOException">The document is damaged.</exception>
    public static PhilipsDocument Read(Stream stream)
    {
        using var xml = new ForwardXml(stream, MaxCharacters);
        var document = new PhilipsDocument();
        while (xml.Next()) document.Take(xml);
        return document;
    }

    /// <summary>The waveform's bytes.</summary>
    /// <exception cref="IOException">It is no Base64.</exception>
    public ReadOnlyMemory<byte> Waveform()
    {
        var bytes = new byte[(_base64.Length * 3L / 4) + 3];
        return Convert.TryFromBase64String(_base64.ToString(), bytes, out var count)
            ? bytes.AsMemory(0, count)
            : throw new IOException("its waveform is no Base64: export it again");
    }

    private void Take(ForwardXml xml)
    {
        switch (xml.Name)
        {
            case "documentversion":
                Version = xml.ShortText();
                break;
            case "patientid" when xml.Path.Contains("patient"):
                Patient = xml.ShortText() is { Length: > 0 } patient ? PlainText.Clean(patient) : null;
                break;
            case "dataacquisition":
                var text = $"{xml.Attribute("date")} {xml.Attribute("time")}";
                Start = DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var start) ? start : null;
                break;
            case "samplingrate" when xml.Above(1) == "signalcharacteristics":
                Fs ??= NumberOf(xml.ShortText());
                break;
            case "signalresolution" or "resolution" when xml.Above(1) == "signalcharacteristics":
                Microvolts ??= NumberOf(xml.ShortText());
                break;
            case "acquisitiontype" when xml.Above(1) == "signalcharacteristics":
                _leadSet = xml.ShortText();
                break;
            case "parsedwaveforms" when !HasWaveform:
                TakeWaveform(xml);
                break;
        }
    }

    private void TakeWaveform(ForwardXml xml)
    {
        HasWaveform = true;
        _labels = xml.Attribute("leadlabels") ?? "";
        Encoding = xml.Attribute("dataencoding") ?? "";
        Compression = xml.Attribute("compressmethod") ?? xml.Attribute("compression") ?? "";
        Milliseconds = NumberOf(xml.Attribute("durationperchannel"));
        Fs = NumberOf(xml.Attribute("samplespersecond")) ?? Fs;
        Microvolts = NumberOf(xml.Attribute("resolution")) ?? Microvolts;
        var piece = new char[4096];
        for (int count; (count = xml.ReadText(piece)) > 0;) _base64.Append(piece, 0, count);
    }

    private static double? NumberOf(string? text) => Numbers.TryDouble(text, out var value) && value > 0 ? value : null;
}
