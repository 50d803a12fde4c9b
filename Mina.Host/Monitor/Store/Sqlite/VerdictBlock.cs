using System.IO.Compression;

namespace Mina.Host.Monitor.Store.Sqlite;

/// <summary>
/// Verdicts of one stream as one value of a few bytes each: starts and times of arrival as differences, probabilities as they are, a table of
/// verdicts and reasons, and Brotli over all of it. A row of its own takes a verdict some 100 bytes with its indexes.
/// </summary>
internal static class VerdictBlock
{
    /// <summary>A verdict as it is stored: times in microseconds, heart rate in beats a minute.</summary>
    public readonly record struct Row(long Start, double? Probability, string Verdict, string? Reason, double? HeartRate, long Seen);

    private const byte Version = 1;
    private const int Quality = 5;

    /// <summary>Packs verdicts.</summary>
    /// <param name="rows">In order of start.</param>
    public static byte[] Write(IReadOnlyList<Row> rows)
    {
        using var bytes = new MemoryStream();
        bytes.WriteByte(Version);
        using (var brotli = new BrotliStream(bytes, new BrotliCompressionOptions { Quality = Quality }, leaveOpen: true))
        using (var writer = new BinaryWriter(brotli))
        {
            writer.Write7BitEncodedInt(rows.Count);
            List<(string Verdict, string? Reason)> names = [.. rows.Select(row => (row.Verdict, row.Reason)).Distinct()];
            writer.Write7BitEncodedInt(names.Count);
            foreach (var (verdict, reason) in names)
            {
                writer.Write(verdict);
                writer.Write(reason is not null);
                writer.Write(reason ?? "");
            }

            // Column by column, since like things compress well beside each other.
            WriteDifferences(writer, rows.Select(row => row.Start));
            WriteDifferences(writer, rows.Select(row => row.Seen));
            foreach (var row in rows)
                writer.Write7BitEncodedInt(names.IndexOf((row.Verdict, row.Reason)));
            WriteNumbers(writer, rows.Select(row => row.Probability));
            WriteNumbers(writer, rows.Select(row => row.HeartRate));
        }

        return bytes.ToArray();
    }

    /// <summary>Unpacks verdicts, in order of start.</summary>
    /// <exception cref="InvalidDataException">The value is damaged, or of a later version.</exception>
    public static List<Row> Read(byte[] block)
    {
        if (block is not [Version, ..])
            throw new InvalidDataException("packed verdicts are of a version that this program does not know");
        try
        {
            using var reader = new BinaryReader(new BrotliStream(new MemoryStream(block, 1, block.Length - 1), CompressionMode.Decompress));
            var count = reader.Read7BitEncodedInt();
            if (count is < 0 or > VerdictPacker.MaxRows)
                throw new InvalidDataException("packed verdicts are damaged");
            var names = new (string, string?)[reader.Read7BitEncodedInt()];
            for (var i = 0; i < names.Length; i++)
            {
                var (verdict, hasReason, reason) = (reader.ReadString(), reader.ReadBoolean(), reader.ReadString());
                names[i] = (verdict, hasReason ? reason : null);
            }

            var (starts, seen) = (ReadDifferences(reader, count), ReadDifferences(reader, count));
            var said = new (string Verdict, string? Reason)[count];
            for (var i = 0; i < count; i++)
                said[i] = names[reader.Read7BitEncodedInt()];
            var (probabilities, rates) = (ReadNumbers(reader, count), ReadNumbers(reader, count));
            return [.. Enumerable.Range(0, count).Select(i => new Row(starts[i], probabilities[i], said[i].Verdict, said[i].Reason, rates[i], seen[i]))];
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or IndexOutOfRangeException or OverflowException or InvalidOperationException)
        {
            throw new InvalidDataException("packed verdicts are damaged", e);
        }
    }

    /// <summary>Unpacks verdicts; false where the value is damaged, or of a later version.</summary>
    public static bool TryRead(byte[] block, out List<Row> rows)
    {
        try
        {
            rows = Read(block);
            return true;
        }
        catch (InvalidDataException)
        {
            rows = [];
            return false;
        }
    }

    private static void WriteDifferences(BinaryWriter writer, IEnumerable<long> values)
    {
        long last = 0, step = 0;
        foreach (var value in values)
        {
            // Windows follow each other by one stride, so that the difference of differences is mostly zero.
            var difference = value - last;
            var change = difference - step;
            writer.Write7BitEncodedInt64((change << 1) ^ (change >> 63));
            (last, step) = (value, difference);
        }
    }

    private static long[] ReadDifferences(BinaryReader reader, int count)
    {
        var values = new long[count];
        long last = 0, step = 0;
        for (var i = 0; i < count; i++)
        {
            var change = (ulong)reader.Read7BitEncodedInt64();
            step += (long)(change >> 1) ^ -(long)(change & 1);
            values[i] = last += step;
        }

        return values;
    }

    // The network's probabilities are single precision, and heart rates are tenths; what an earlier version stored may be neither.
    private static void WriteNumbers(BinaryWriter writer, IEnumerable<double?> numbers)
    {
        var all = numbers.ToList();
        var form = all.TrueForAll(number => number is null || IsTenths(number.Value)) ? Form.Tenths
            : all.TrueForAll(number => number is null || (float)number.Value == number.Value) ? Form.Single
            : Form.Double;
        writer.Write((byte)form);
        foreach (var number in all)
            writer.Write(number is not null);
        foreach (var value in all.OfType<double>())
        {
            if (form == Form.Tenths)
                writer.Write7BitEncodedInt((int)Math.Round(value * 10));
            else if (form == Form.Single)
                writer.Write((float)value);
            else
                writer.Write(value);
        }
    }

    private static double?[] ReadNumbers(BinaryReader reader, int count)
    {
        var form = (Form)reader.ReadByte();
        var there = new bool[count];
        for (var i = 0; i < count; i++)
            there[i] = reader.ReadBoolean();
        var numbers = new double?[count];
        for (var i = 0; i < count; i++)
        {
            if (there[i])
                numbers[i] = form switch
                {
                    Form.Tenths => reader.Read7BitEncodedInt() / 10.0,
                    Form.Single => reader.ReadSingle(),
                    Form.Double => reader.ReadDouble(),
                    _ => throw new InvalidDataException("packed verdicts are damaged"),
                };
        }

        return numbers;
    }

    private static bool IsTenths(double value) => value is >= 0 and < 10_000 && Math.Round(value * 10) / 10.0 == value;

    private enum Form : byte
    {
        Double,
        Single,
        Tenths,
    }
}
