using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Recordings that another program is still writing.</summary>
public class GrowingRecordingTests
{
    [Property(MaxTest = 60)]
    public Property A_signal_file_that_grows_by_any_bytes_gives_the_samples_of_the_whole_file()
    {
        var cases =
            from format in Gen.Elements(WfdbEncoder.Formats)
            from perFrame in Gen.ListOf(Gen.Choose(1, 3), 3)
            from groups in Gen.Choose(1, 12)
            from signal in Gen.Choose(0, 2)
            from offset in Gen.Elements(0, 5, 24)
            from skew in Gen.Choose(0, 2)
            from most in Gen.Elements(1, 7, 1000)
            from seed in Gen.Choose(0, 1_000_000)
            select (format, perFrame: perFrame.ToArray(), frames: groups * 6, signal, offset, skew, most, seed);
        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new Random(c.seed);
            var limit = c.format.Bits >= 24 ? 1 << 22 : 1 << (c.format.Bits - 1);
            var samples = Enumerable.Range(0, c.perFrame.Sum() * c.frames).Select(_ => random.Next(-limit, limit)).ToArray();
            byte[] whole = [.. new byte[c.offset], .. WfdbEncoder.Encode(c.format.Format, samples)];
            var lines = c.perFrame.Select((n, i) => $"r.dat {c.format.Format}x{n}{(i == c.signal ? $":{c.skew}" : "")}+{c.offset} 3/mV");
            using var folder = new TemporaryFolder();
            // A length that the header was given beforehand is no bound.
            var header = folder.Write("r.hea", $"r 3 100 0\n{string.Join('\n', lines)}\n");
            var growing = RecordingFormats.All.Follow(header, new ReadOptions(c.signal.ToString(CultureInfo.InvariantCulture)));
            Assert.Empty(growing.Read(c.most).Millivolts);

            var got = new List<float>();
            foreach (var piece in Pieces(whole, random))
            {
                Append(folder, "r.dat", piece);
                Drain(growing, got, c.most);
            }

            Assert.True(WfdbHeader.TryParse(File.ReadAllText(header), out var parsed, out _));
            Assert.True(Decoding.TryDecode(parsed, c.signal, whole, out var expected, out var fault), fault?.Message);
            Assert.Equal(expected, got);
            Assert.Equal(0, growing.SecondsBehind());
        });
    }

    [Fact]
    public void A_line_of_units_after_a_comment_and_a_header_is_waited_for()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("r.csv", "# from a device\ntime,II\n");
        var growing = RecordingFormats.All.Follow(path, new ReadOptions());
        Assert.Empty(growing.Read(10_000).Millivolts);
        File.AppendAllText(path, "s,uV\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => FormattableString.Invariant($"{i / 200.0},{i}\n"))));
        Assert.Equal(0.999f, growing.Read(10_000).Millivolts[^1]);
    }

    [Property(MaxTest = 60)]
    public Property A_CSV_file_that_grows_by_any_bytes_gives_the_samples_of_the_whole_file()
    {
        var cases =
            from fs in Gen.Elements(100, 250, 300)
            from separator in Gen.Elements(",", ";", "\t")
            from end in Gen.Elements("\n", "\r\n")
            from units in Gen.Elements(true, false)
            from most in Gen.Elements(10, 1000)
            from seed in Gen.Choose(0, 1_000_000)
            select (fs, separator, end, units, most, seed);
        return Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new Random(c.seed);
            var text = new StringBuilder($"# from a device{c.end}time{c.separator}V1{c.separator}II{c.end}");
            if (c.units) text.Append($"s{c.separator}mV{c.separator}uV{c.end}");
            for (var i = 0; i < c.fs * 6; i++)
            {
                var value = random.Next(20) == 0 ? "" : $"{random.Next(-2000, 2000)}";
                text.Append(CultureInfo.InvariantCulture, $"{i / (double)c.fs:0.000}{c.separator}9{c.separator}{value}{c.end}");
            }

            var whole = Encoding.UTF8.GetBytes(text.ToString());
            using var folder = new TemporaryFolder();
            var path = System.IO.Path.Combine(folder.Path, "r.csv");
            var growing = RecordingFormats.All.Follow(path, new ReadOptions());
            Assert.Empty(growing.Read(c.most).Millivolts);

            var (got, fs) = (new List<float>(), 0.0);
            foreach (var piece in Pieces(whole, random))
            {
                Append(folder, "r.csv", piece);
                fs = Math.Max(fs, Drain(growing, got, c.most));
            }

            var expected = Decoding.ReadCsv("r", path, whole, new ReadOptions()).Recording!;
            Assert.Equal(expected.Samples, got);
            Assert.Equal(expected.Fs, fs);
        });
    }

    [Fact]
    public void Rows_that_are_missing_are_a_gap_and_many_of_them_are_skipped()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("r.csv", Rows(0, 500, withHeader: true));
        var growing = RecordingFormats.All.Follow(path, new ReadOptions());
        Assert.Equal(500, growing.Read(10_000).Millivolts.Length);

        Append(folder, "r.csv", Encoding.UTF8.GetBytes(Rows(510, 10)));
        var gap = growing.Read(10_000);
        Assert.Equal(Enumerable.Repeat(float.NaN, 10).Concat(Enumerable.Repeat(1f, 10)), gap.Millivolts);

        Append(folder, "r.csv", Encoding.UTF8.GetBytes(Rows(520, 10) + Rows(530 + 12_000, 10)));
        var before = growing.Read(10_000);
        Assert.Equal((10, 0.0, true), (before.Millivolts.Length, before.SkippedSeconds, before.HasMore));
        var after = growing.Read(10_000);
        Assert.Equal((10, 120.0, false), (after.Millivolts.Length, Math.Round(after.SkippedSeconds, 6), after.HasMore));
    }

    [Fact]
    public void A_file_that_is_begun_again_is_another_recording()
    {
        using var folder = new TemporaryFolder();
        var header = folder.Write("r.hea", "r 1 250\nr.dat 16 200 16 0 0 0 0 II\n");
        folder.Write("r.dat", new byte[100]);
        var growing = RecordingFormats.All.Follow(header, new ReadOptions());
        Assert.Equal((50, null), (growing.Read(1000).Millivolts.Length, growing.Read(1000).RestartReason));

        folder.Write("r.hea", "r 1 500\nr.dat 16 200 16 0 0 0 0 II\n");
        folder.Write("r.dat", new byte[10]);
        var restarted = growing.Read(1000);
        Assert.Equal((5, 500.0), (restarted.Millivolts.Length, restarted.Fs));
        Assert.EndsWith("r.dat was cut off or is being written from its start again.", restarted.RestartReason, StringComparison.Ordinal);
        Append(folder, "r.dat", new byte[3]);
        Assert.Equal((1, null), (growing.Read(1000) is var more ? more.Millivolts.Length : 0, more.RestartReason));
    }

    [Fact]
    public void A_step_back_in_time_begins_another_recording_and_loses_no_sample()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("r.csv", Rows(0, 500, withHeader: true) + Rows(475, 30));
        var growing = RecordingFormats.All.Follow(path, new ReadOptions());
        var before = growing.Read(10_000);
        Assert.Equal((500, null, true), (before.Millivolts.Length, before.RestartReason, before.HasMore));
        var after = growing.Read(10_000);
        Assert.Equal((30, before.Fs, false), (after.Millivolts.Length, after.Fs, after.HasMore));
        Assert.Contains("r.csv goes back, from ", after.RestartReason, StringComparison.Ordinal);

        Append(folder, "r.csv", Encoding.UTF8.GetBytes(Rows(505, 10)));
        Assert.Equal((10, null), (growing.Read(10_000) is var more ? more.Millivolts.Length : 0, more.RestartReason));
    }

    [Fact]
    public void A_step_back_before_the_sampling_frequency_is_known_leaves_out_what_came_before_it()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("r.csv", Rows(1000, 50, withHeader: true) + Rows(0, 600));
        var growth = RecordingFormats.All.Follow(path, new ReadOptions()).Read(10_000);
        Assert.Equal(600, growth.Millivolts.Length);
        Assert.Contains("r.csv goes back, from ", growth.RestartReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r.hea", "r 1 250\nr.dat 8 200 16 0 0 0 0 II\n", "format 8")]
    [InlineData("r.hea", "r two 250\n", "not a usable WFDB header")]
    [InlineData("r.csv", "1,2\n3,4\n5,6\n", "no header line")]
    [InlineData("r.csv", "V1,V2\n3,4\n5,6\n", "sampling frequency")]
    [InlineData("r.csv", "time,II\n0,1\n0.004,1\n0.008,1\n3,1\n5,1\n", "not sampled regularly")]
    public void A_recording_that_will_never_be_readable_gets_one_sentence(string name, string text, string says)
    {
        using var folder = new TemporaryFolder();
        var growing = RecordingFormats.All.Follow(folder.Write(name, text), new ReadOptions());
        var problem = Assert.Throws<ProblemException>(() =>
        {
            for (var looks = 0; looks < 20; looks++) growing.Read(1000);
        });
        Assert.Contains(says, problem.Message);
        Assert.DoesNotContain('\n', problem.Message);
    }

    private static string Rows(int from, int count, bool withHeader = false) =>
        (withHeader ? "time,II\n" : "") + string.Concat(Enumerable.Range(from, count).Select(i => FormattableString.Invariant($"{i / 100.0:0.00},1\n")));

    private static IEnumerable<byte[]> Pieces(byte[] whole, Random random)
    {
        for (var at = 0; at < whole.Length;)
        {
            var length = Math.Min(whole.Length - at, random.Next(1, 1 + (whole.Length / 3)));
            yield return whole[at..(at += length)];
        }
    }

    private static void Append(TemporaryFolder folder, string name, byte[] bytes)
    {
        using var file = new FileStream(System.IO.Path.Combine(folder.Path, name), FileMode.Append);
        file.Write(bytes);
    }

    /// <summary>Reads until nothing comes.</summary>
    /// <returns>The sampling frequency.</returns>
    private static double Drain(GrowingReader growing, List<float> to, int most)
    {
        var fs = 0.0;
        for (Growth growth; (growth = growing.Read(most)).Millivolts.Length > 0;)
        {
            to.AddRange(growth.Millivolts);
            fs = growth.Fs;
        }

        return fs;
    }
}
