using System.Buffers.Binary;
using System.Text;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Scp;

/// <summary>Whose ECG it is and when it was taken (section 1).</summary>
/// <param name="Id">The patient's ID; null where there is none.</param>
/// <param name="Start">The time of acquisition, by the recorder's clock; null where the file does not say.</param>
internal sealed record ScpPatient(string? Id, DateTime? Start)
{
    private const int IdTag = 2;
    private const int DateTag = 25;
    private const int TimeTag = 26;
    private const int EndTag = 255;

    /// <summary>Reads the section. Where it is damaged, as by a program that took out the names, nothing is known.</summary>
    public static ScpPatient Read(ScpFile file)
    {
        try
        {
            return file.Section(1) is { } section ? Parse(section.Span) : new(null, null);
        }
        catch (IOException)
        {
            return new(null, null);
        }
    }

    private static ScpPatient Parse(ReadOnlySpan<byte> fields)
    {
        var (id, day, time) = ((string?)null, (DateTime?)null, TimeSpan.Zero);
        while (fields.Length >= 3 && fields[0] != EndTag)
        {
            var (tag, length) = (fields[0], BinaryPrimitives.ReadUInt16LittleEndian(fields[1..]));
            if (length > fields.Length - 3) break;
            var value = fields.Slice(3, length);
            if (tag == IdTag && Encoding.Latin1.GetString(value).Trim('\0', ' ') is { Length: > 0 } text) id = PlainText.Clean(text);
            else if (tag == DateTag && length >= 4) day = DayOf(BinaryPrimitives.ReadUInt16LittleEndian(value), value[2], value[3]);
            else if (tag == TimeTag && length >= 3 && value[0] < 24 && value[1] < 60 && value[2] < 60) time = new TimeSpan(value[0], value[1], value[2]);
            fields = fields[(3 + length)..];
        }

        return new(id, day?.Add(time));
    }

    private static DateTime? DayOf(int year, int month, int day) =>
        year is >= 1900 and < 2200 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) ? new DateTime(year, month, day) : null;
}
