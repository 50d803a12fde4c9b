using System.Globalization;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats.Xml;

namespace Mina.Streaming.Recordings.Formats.Muse;

/// <summary>A waveform of a GE MUSE file.</summary>
internal sealed class MuseWaveform
{
    /// <summary>What it is: <c>Rhythm</c>, or <c>Median</c> for an average beat.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Samples a second are this times ten to the power of the exponent.</summary>
    public double Base { get; set; }

    /// <summary>See <see cref="Base"/>.</summary>
    public int Exponent { get; set; }

    /// <summary>The leads.</summary>
    public List<MuseLead> Leads { get; } = [];

    /// <summary>Whether it is the recording rather than an average beat.</summary>
    public bool IsRhythm => Kind.Equals("Rhythm", StringComparison.OrdinalIgnoreCase);

    /// <summary>Sampling frequency, Hz; null where the file gives none.</summary>
    public double? Fs => Base * Math.Pow(10, Exponent) is var fs && fs > 0 && double.IsFinite(fs) ? fs : null;
}

/// <summary>What a GE MUSE file holds. The elements are those of its document type <c>RestingECG</c>.</summary>
internal sealed class MuseDocument
{
    /// <summary>The root element.</summary>
    public const string Root = "RestingECG";

    // A file of 12 leads and 10 s has 0.3 million.
    private const long MaxCharacters = 1L << 26;

    private static readonly string[] Dates = ["MM-dd-yyyy", "yyyy-MM-dd"];
    private static readonly string[] Times = ["hh\\:mm\\:ss", "hh\\:mm"];

    /// <summary>All waveforms, in the file's order.</summary>
    public List<MuseWaveform> Waveforms { get; } = [];

    /// <summary>The patient's ID; null where there is none.</summary>
    public string? Patient { get; private set; }

    /// <summary>When the ECG was taken, by the recorder's clock; null where the file does not say.</summary>
    public DateTime? Start { get; private set; }

    /// <summary>Reads a document.</summary>
    /// <param name="stream">The file, which is closed.</param>
    /// <exception cref="IOException">The document is damaged.</exception>
    public static MuseDocument Read(Stream stream)
    {
        using var xml = new ForwardXml(stream, MaxCharacters);
        var document = new MuseDocument();
        var (date, time) = ("", "");
        while (xml.Next())
        {
            switch (xml.Name)
            {
                case "Waveform":
                    document.Waveforms.Add(new MuseWaveform());
                    break;
                case "LeadData" when document.Waveforms.Count > 0:
                    document.Waveforms[^1].Leads.Add(new MuseLead());
                    break;
                case "PatientID" when xml.Above(1) == "PatientDemographics":
                    document.Patient = xml.ShortText() is { Length: > 0 } patient ? PlainText.Clean(patient) : null;
                    break;
                case "AcquisitionDate":
                    date = xml.ShortText();
                    break;
                case "AcquisitionTime":
                    time = xml.ShortText();
                    break;
                default:
                    if (document.Waveforms.Count == 0) break;
                    if (xml.Above(1) == "Waveform") ReadWaveform(xml, document.Waveforms[^1]);
                    else if (xml.Above(1) == "LeadData" && document.Waveforms[^1].Leads.Count > 0) document.Waveforms[^1].Leads[^1].Take(xml);
                    break;
            }
        }

        if (DateTime.TryParseExact(date, Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && TimeSpan.TryParseExact(time, Times, CultureInfo.InvariantCulture, out var clock))
            document.Start = day.Add(clock);
        return document;
    }

    private static void ReadWaveform(ForwardXml xml, MuseWaveform waveform)
    {
        switch (xml.Name)
        {
            case "WaveformType":
                waveform.Kind = xml.ShortText();
                break;
            case "SampleBase" when Numbers.TryDouble(xml.ShortText(), out var value):
                waveform.Base = value;
                break;
            case "SampleExponent" when Numbers.TryInt(xml.ShortText(), out var exponent):
                waveform.Exponent = exponent;
                break;
        }
    }
}
