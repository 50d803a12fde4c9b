using System.Text;

namespace Mina.Tests;

/// <summary>Writes Philips Sierra ECGs: second differences, upper bytes before lower ones, packed by LZW with codes of ten bits.</summary>
internal static class XliEncoder
{
    private const int MaxCode = 1022;
    private const int End = 1023;

    /// <summary>A document of the leads I, II, III, aVR, aVL, aVF, V1, ...: four of them as differences from what follows from I and II.</summary>
    public static byte[] Document(int[][] leads, string version = "1.03", int fs = 500)
    {
        var text = Convert.ToBase64String(Encode(leads), Base64FormattingOptions.InsertLineBreaks);
        var milliseconds = leads[0].Length * 1000 / fs;
        var waveform = version == "1.03"
            ? $"<parsedwaveforms compressmethod=\"XLI\" dataencoding=\"Base64\" durationperchannel=\"{milliseconds}\">{text}</parsedwaveforms>"
            : $"<parsedwaveforms dataencoding=\"Base64\" compression=\"XLI\" leadlabels=\"I II III aVR aVL aVF\" durationperchannel=\"{milliseconds}\" "
                + $"samplespersecond=\"{fs}\" resolution=\"5\">{text}</parsedwaveforms>";
        return Encoding.UTF8.GetBytes($"""
            <?xml version="1.0" encoding="UTF-8"?>
            <restingecgdata xmlns="http://www3.medical.philips.com"><documentinfo><documentversion>{version}</documentversion></documentinfo>
            <dataacquisition date="2011-12-01" time="07:27:34"><signalcharacteristics><samplingrate>{fs}</samplingrate><signalresolution>5</signalresolution>
            <acquisitiontype>STD-12</acquisitiontype></signalcharacteristics></dataacquisition>
            <patient><generalpatientdata><patientid>P-7</patientid></generalpatientdata></patient>
            <waveforms>{waveform}</waveforms></restingecgdata>
            """);
    }

    /// <summary>The chunks of leads, one behind the other.</summary>
    public static byte[] Encode(int[][] leads) => [.. leads.SelectMany(lead =>
    {
        var (stored, first) = Differences(lead);
        byte[] bytes = [.. stored.Select(value => (byte)(value >> 8)), .. stored.Select(value => (byte)value)];
        var packed = Pack(bytes);
        return (byte[])[.. BitConverter.GetBytes(packed.Length), 1, 0, .. BitConverter.GetBytes((short)first), .. packed];
    })];

    /// <summary>Each stored value is the second difference that its successor has, with 64 added; that of the third sample stands in the header.</summary>
    private static (int[] Stored, int First) Differences(int[] lead)
    {
        var second = Enumerable.Range(2, lead.Length - 2).Select(i => (2 * lead[i - 1]) - lead[i - 2] - lead[i]).ToArray();
        return ([lead[0], lead[1], .. second.Skip(1).Select(value => value + 64), 64], second[0]);
    }

    private static byte[] Pack(byte[] bytes)
    {
        var strings = Enumerable.Range(0, 256).ToDictionary(code => ((char)code).ToString(), code => code, StringComparer.Ordinal);
        var (codes, current) = (new List<int>(), "");
        foreach (var value in bytes)
        {
            var longer = current + (char)value;
            if (!strings.ContainsKey(longer))
            {
                codes.Add(strings[current]);
                if (strings.Count <= MaxCode) strings[longer] = strings.Count;
                longer = ((char)value).ToString();
            }

            current = longer;
        }

        codes.AddRange([strings[current], End]);
        var bits = string.Concat(codes.Select(code => Convert.ToString(code, 2).PadLeft(10, '0')));
        return [.. bits.Chunk(8).Select(part => Convert.ToByte(new string(part).PadRight(8, '0'), 2))];
    }
}
