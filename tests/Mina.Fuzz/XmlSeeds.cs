using System.Text;

namespace Mina.Fuzz;

/// <summary>Small files of the formats that are XML.</summary>
internal static class XmlSeeds
{
    /// <summary>HL7 aECGs: a recording and an average beat; one with a document type and one in UTF-16.</summary>
    public static IReadOnlyList<byte[]> Aecg
    {
        get
        {
            const string Text = """
                <AnnotatedECG xmlns="urn:hl7-org:v3"><trialSubject><id extension="7"/></trialSubject><series><code code="RHYTHM"/>
                <effectiveTime><low value="20021122091000"/></effectiveTime><sequenceSet><sequence><code code="TIME_ABSOLUTE"/>
                <value><head value="20021122091000.5"/><increment value="2" unit="ms"/></value></sequence>
                <sequence><code code="MDC_ECG_LEAD_II"/><value><origin value="1" unit="mV"/><scale value="2.5" unit="uV"/><digits>1 -2 3
                2147483647 <!-- c --><![CDATA[5]]> &#54;</digits></value></sequence></sequenceSet>
                <derivedSeries><sequence><code code="MDC_ECG_LEAD_I"/><value><scale value="1"/><digits>1 2</digits></value></sequence></derivedSeries>
                </series></AnnotatedECG>
                """;
            const string Type = "<?xml version=\"1.0\"?><!DOCTYPE AnnotatedECG [<!ENTITY e \"1 2\"><!ENTITY f SYSTEM \"f\">]>";
            byte[] utf16 = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Text)];
            return [Encoding.UTF8.GetBytes(Text), Encoding.UTF8.GetBytes(Type + Text.Replace("1 -2 3", "1 &e; 3", StringComparison.Ordinal)), utf16];
        }
    }

    /// <summary>GE MUSE ECGs: an average beat and a recording of two leads, with a checksum and without one.</summary>
    public static IReadOnlyList<byte[]> Muse => [.. new[] { "", "<LeadDataCRC32>4223330638</LeadDataCRC32>" }.Select(checksum => Encoding.UTF8.GetBytes(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><!DOCTYPE RestingECG SYSTEM \"restecg.dtd\">\n<RestingECG><PatientDemographics><PatientID>7</PatientID>"
        + "</PatientDemographics><AcquisitionDate>07-28-2013</AcquisitionDate><AcquisitionTime>09:10:11</AcquisitionTime>"
        + Waveform("Median", "I", "") + Waveform("Rhythm", "II", checksum) + "</RestingECG>"))];

    private static string Waveform(string type, string lead, string checksum) =>
        $"<Waveform><WaveformType>{type}</WaveformType><SampleBase>5</SampleBase><SampleExponent>2</SampleExponent>"
        + $"{Lead("I", checksum)}{Lead(lead, checksum)}</Waveform>";

    private static string Lead(string name, string checksum) =>
        $"<LeadData><LeadSampleCountTotal>3</LeadSampleCountTotal><LeadAmplitudeUnitsPerBit>4.88</LeadAmplitudeUnitsPerBit><LeadAmplitudeUnits>MICROVOLTS"
        + $"</LeadAmplitudeUnits><LeadID>{name}</LeadID><LeadSampleSize>2</LeadSampleSize>{checksum}<WaveFormData>AQAC\nAAMA</WaveFormData></LeadData>";
}
