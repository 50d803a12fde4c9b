using System.Globalization;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Recordings that are read part by part, from a folder and from a zip.</summary>
public class ReadingInPartsTests
{
    [Property(MaxTest = 80)]
    public Property Parts_of_any_size_are_the_whole_WFDB_signal()
    {
        var cases =
            from format in Gen.Elements(WfdbEncoder.Formats)
            from perFrame in Gen.ListOf(Gen.Choose(1, 4), 3)
            from frames in Gen.Elements(1, 7, 40, 20_000)
            from signal in Gen.Choose(0, 2)
            from offset in Gen.Elements(0, 5, 24)
            from skew in Gen.Choose(0, 2)
            from part in Gen.Elements(1, 2, 7, 300, 4097, 1_000_000)
            from zipped in Gen.Elements(true, false)
            from seed in Gen.Choose(0, 1_000_000)
            select (format, perFrame: perFrame.ToArray(), frames, signal, offset, skew: Math.Min(skew, frames - 1), part, zipped, seed);
        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new Random(c.seed);
            var limit = c.format.Bits >= 24 ? 1 << 22 : 1 << (c.format.Bits - 1);
            var samples = Enumerable.Range(0, c.perFrame.Sum() * c.frames).Select(_ => random.Next(-limit, limit)).ToArray();
            byte[] signal = [.. new byte[c.offset], .. WfdbEncoder.Encode(c.format.Format, samples)];
            var lines = c.perFrame.Select((n, i) => $"r.dat {c.format.Format}x{n}{(i == c.signal ? $":{c.skew}" : "")}+{c.offset} 3/mV");
            var header = $"r 3 100 {c.frames} 10:11:12.5 24/12/2001\n{string.Join('\n', lines)}\n";

            using var folder = Folder(c.zipped, ("r.hea", Encoding.UTF8.GetBytes(header)), ("r.dat", signal));
            var entry = folder.Recordings.Entries.Single();
            var options = new ReadOptions(c.signal.ToString(CultureInfo.InvariantCulture));
            using var reader = entry.Open(options).Reader!;
            Assert.Equal(c.perFrame.Select(n => 100.0 * n), reader.Leads.Select(lead => lead.Fs));
            Assert.Equal(new DateTime(2001, 12, 24, 10, 11, 12, 500), reader.Start);
            Assert.Equal((c.frames - c.skew) * c.perFrame[c.signal], reader.Length);

            var missing = c.format.Bits >= 24 ? int.MinValue : -limit;
            var first = c.perFrame.Take(c.signal).Sum();
            var expected = Enumerable.Range(c.skew, c.frames - c.skew)
                .SelectMany(frame => samples.Skip((frame * c.perFrame.Sum()) + first).Take(c.frames > 1000 ? 0 : c.perFrame[c.signal]))
                .Select(adc => adc == missing ? float.NaN : (float)(adc / 3.0));
            var got = Decoding.ReadAll(reader, c.part);
            if (c.frames <= 1000) Assert.Equal(expected, got);
            Assert.Equal(entry.Read(options).Recording!.Samples, got);
        });
    }

    [Property(MaxTest = 40)]
    public Property Parts_of_any_size_are_the_whole_CSV_lead()
    {
        var cases =
            from rows in Gen.Elements(2, 1000, 300_000)
            from part in Gen.Elements(1, 7, 300, 4097, 1_000_000)
            from hasTime in Gen.Elements(true, false)
            from zipped in Gen.Elements(true, false)
            from seed in Gen.Choose(0, 1_000_000)
            select (rows, part, hasTime, zipped, seed);
        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new Random(c.seed);
            var values = Enumerable.Range(0, c.rows).Select(_ => random.Next(20) == 0 ? float.NaN : random.Next(-2000, 2000)).ToArray();
            var text = new StringBuilder(c.hasTime ? "time,V1,II\n" : "no,V1,II\n");
            for (var i = 0; i < c.rows; i++)
            {
                if (i % 1000 == 500) text.Append("# a comment\n");
                text.Append(CultureInfo.InvariantCulture, $"{(c.hasTime ? i / 250.0 : i):0.000},9,{(float.IsNaN(values[i]) ? "" : values[i])}\n");
            }

            using var folder = Folder(c.zipped, ("r.csv", Encoding.UTF8.GetBytes(text.ToString())));
            var entry = folder.Recordings.Entries.Single();
            var options = new ReadOptions(null, c.hasTime ? null : 250);
            using var reader = entry.Open(options).Reader!;
            Assert.Equal(("II", 250.0, c.rows), (reader.Lead.Name, reader.Lead.Fs, (int)reader.Length));
            Assert.Equal(["V1", "II"], reader.Leads.Select(lead => lead.Name));
            var got = Decoding.ReadAll(reader, c.part);
            Assert.Equal(values, got);
            Assert.Equal(entry.Read(options).Recording!.Samples, got);
        });
    }

    [Theory]
    [InlineData("wfdb", false)]
    [InlineData("wfdb", true)]
    [InlineData("csv", false)]
    [InlineData("csv", true)]
    public void Memory_does_not_depend_on_how_long_the_recording_is(string format, bool zipped)
    {
        using var shorter = Folder(zipped, Long(format, 400_000));
        using var longer = Folder(zipped, Long(format, 1_600_000));
        Allocated(shorter.Recordings); // What is made once, such as compiled code, is made now.
        var (less, more) = (Allocated(shorter.Recordings), Allocated(longer.Recordings));
        // Read whole, the longer one would take 4.8 MB more for its samples alone.
        Assert.True(more < less + 200_000, $"{more:N0} bytes were allocated for the longer recording, {less:N0} for the shorter one");
    }

    private static long Allocated(RecordingFolder recordings)
    {
        var part = new float[4096];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var samples = 0L;
        using (var reader = recordings.Entries.Single().Open(new ReadOptions()).Reader!)
        {
            for (int count; (count = reader.Read(part)) > 0;) samples += count;
            Assert.Equal(reader.Length, samples);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static (string, byte[])[] Long(string format, int samples)
    {
        if (format == "wfdb") return [("r.hea", Encoding.UTF8.GetBytes($"r 1 300 {samples}\nr.dat 16 200\n")), ("r.dat", new byte[2 * samples])];
        var text = new StringBuilder("time_ms,II\n");
        for (var i = 0; i < samples; i++) text.Append(CultureInfo.InvariantCulture, $"{i * 10 / 3},{i % 7}\n");
        return [("r.csv", Encoding.UTF8.GetBytes(text.ToString()))];
    }

    private static OpenFolder Folder(bool zipped, params (string Name, byte[] Bytes)[] files)
    {
        var temp = new TemporaryFolder();
        if (!zipped)
        {
            foreach (var (name, bytes) in files) temp.Write(name, bytes);
            return new OpenFolder(temp, RecordingFolder.Open(temp.Path));
        }

        var path = System.IO.Path.Combine(temp.Path, "r.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (var (name, bytes) in files)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(bytes);
            }
        }

        return new OpenFolder(temp, RecordingFolder.Open(path));
    }

    private sealed record OpenFolder(TemporaryFolder Temp, RecordingFolder Recordings) : IDisposable
    {
        public void Dispose()
        {
            Recordings.Dispose();
            Temp.Dispose();
        }
    }
}
