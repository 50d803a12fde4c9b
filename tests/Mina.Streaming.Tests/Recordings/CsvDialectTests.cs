using System.Globalization;
using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Mina.Streaming.Recordings.Formats.Csv;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>CSV as telephones, devices, numpy and PhysioBank write it.</summary>
public class CsvDialectTests
{
    private const string DecimalCommas = "numbers with decimal commas need semicolons between the cells";

    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("timestamp", "seconds since 1970")]
    [InlineData("timestamp", "milliseconds since 1970")]
    [InlineData("timestamp", "microseconds since 1970")]
    [InlineData("timestamp", "nanoseconds since 1970")]
    [InlineData("timestamp", "nanoseconds since 2000")]
    [InlineData("Time", "milliseconds")]
    [InlineData("t", "microseconds")]
    [InlineData("time_ns", "nanoseconds")]
    [InlineData("Timestamp [us]", "microseconds")]
    [InlineData("timestamp", "ISO with Z")]
    [InlineData("datetime", "ISO with an offset")]
    [InlineData("date_time", "ISO without a zone")]
    [InlineData("time", "ISO with nanoseconds")]
    [InlineData("time", "clock")]
    [InlineData("'Elapsed time'", "PhysioBank")]
    [InlineData("Time and date", "PhysioBank with the date")]
    public void The_sampling_frequency_comes_from_times_however_they_are_written(string name, string kind)
    {
        foreach (var fs in new[] { 125, 130, 256, 512, 1000 })
        {
            var text = new StringBuilder($"{name},ecg\n");
            // Over midnight, for the clock.
            var noon = kind == "clock" ? Noon.AddHours(12).AddSeconds(-5) : Noon;
            for (var i = 0; i < 12 * fs; i++) text.Append(CultureInfo.InvariantCulture, $"{Write(kind, noon, i / (decimal)fs)},{i % 7}\n");
            var (recording, rejection) = Read(text.ToString());
            Assert.True(rejection is null, rejection?.Message);
            Assert.Equal((fs, "ecg", 12 * fs), (recording!.Fs, recording.Lead, recording.Samples.Length));
            Assert.Equal(fs, Followed(text.ToString()));
        }
    }

    [Theory]
    [InlineData("0,010\n0,032\n", "ecg\n", "x.csv has 2 cells in line 2, where 1 column is named: " + DecimalCommas)]
    [InlineData("0,0,010\n4,0,032\n", "time_ms,ecg\n", "x.csv has 3 cells in line 2, where 2 columns are named: " + DecimalCommas)]
    [InlineData("1;2\n1;2;3\n", "I;II\n", "x.csv has 3 cells in line 3, where 2 columns are named: name every column")]
    public void A_row_with_more_cells_than_names_is_refused(string rows, string header, string message)
    {
        Assert.Equal((RejectionReason.UnreadableSignal, message), ReasonOf(header + rows));
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.csv", header + rows + rows);
        var growing = RecordingFormats.All.Follow(path, new ReadOptions(Fs: 250));
        Assert.Equal(message, Assert.Throws<ProblemException>(() => growing.Read(100)).Message.Replace(path, "x.csv", StringComparison.Ordinal));
    }

    [Fact]
    public void Empty_cells_at_the_end_of_a_row_need_no_names() =>
        Assert.Equal([1, 2], Read("I,II\n1,5,\n2,6,,\n", new ReadOptions(Fs: 250)).Recording!.Samples);

    [Fact]
    public void The_names_that_numpy_writes_as_a_comment_are_the_header()
    {
        var (recording, _) = Read("# time,ecg\n0.000000000000000000e+00,1e-1\n4.000000000000000083e-03,2e-1\n8.000000000000000167e-03,3e-1\n");
        Assert.Equal((250, "ecg"), (recording!.Fs, recording.Lead));
        Assert.Equal([0.1f, 0.2f, 0.3f], recording.Samples);
    }

    [Theory]
    [InlineData("# made by hand\n0,1\n")]
    [InlineData("# time,ecg\n\n0,1\n1,2\n")]
    [InlineData("# 1,2\n0,1\n")]
    public void Another_comment_is_none(string text) =>
        Assert.Equal((RejectionReason.UnreadableHeader, "x.csv has no header line: name the columns in line 1, e.g. 'time,MLII (mV)'"), ReasonOf(text));

    [Theory]
    [InlineData("Name,\"A, Person\"\nRecorded Date,2026-01-01 12:00:00 +0100\nDevice,\"Watch6,1\"\nSample Rate,512 hertz\n\n\nLead,Lead I\nUnit,µV\n\n", 512)]
    [InlineData("Name,X\nAbtastrate,499.2 Hertz\nAbleitung,Ableitung I\nEinheit,µV\n\n", 499.2)]
    public void The_export_of_a_watch_is_read_by_what_stands_ahead_of_its_samples(string head, double fs)
    {
        var (recording, rejection) = Read(head + "23.302\n-28.76\n");
        Assert.True(rejection is null, rejection?.Message);
        Assert.Equal((fs, "µV"), (recording!.Fs, recording.Unit));
        Assert.Equal("I", LeadNames.LeadOf(recording.Lead));
        Assert.Equal([0.023302f, -0.02876f], recording.Samples);
    }

    [Fact]
    public void A_micro_sign_in_Latin1_is_one()
    {
        var text = "time;ecg [µV]\n0;1000\n0,004;2000\n";
        Assert.Equal(Read(text).Recording!.Samples, Decoding.ReadCsv("x", "x.csv", Encoding.Latin1.GetBytes(text), new ReadOptions()).Recording!.Samples);
    }

    [Fact]
    public void UTF16_is_refused_by_name() => Assert.Equal(
        "x.csv is UTF-16 text: save it as UTF-8",
        Decoding.ReadCsv("x", "x.csv", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("time,ecg\n0,1\n1,2\n")], new ReadOptions()).Rejection!.Message);

    [Fact]
    public void Of_several_times_the_one_with_a_unit_counts_and_none_is_a_lead()
    {
        var text = new StringBuilder("Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]\n");
        for (var i = 0; i < 260; i++)
        {
            // The telephone receives ten samples at once.
            text.Append(CultureInfo.InvariantCulture, $"{Noon.AddSeconds(i / 10 / 13.0):yyyy-MM-ddTHH:mm:ss.fff};");
            text.Append(CultureInfo.InvariantCulture, $"{808517651478952192L + (long)(i / 130m * 1e9m)};{i / 0.13m};{i}\n");
        }

        var recording = Read(text.ToString()).Recording!;
        Assert.Equal((130, "ecg", 0.259f), (recording.Fs, recording.Lead, recording.Samples[^1]));
    }

    [Theory]
    [InlineData("2026-01-01T12:00:00Z", 1767268800.0)]
    [InlineData("2026-01-01 13:00:00.5+01:00", 1767268800.5)]
    [InlineData("2026-01-01T06:30:00,25-0530", 1767268800.25)]
    [InlineData("2026-01-01 13:00:00 +01", 1767268800.0)]
    [InlineData("[12:00:00.125 01/01/2026]", 1767268800.125)]
    [InlineData("1:02:03.5", 3723.5)]
    [InlineData("0:03.125", 3.125)]
    [InlineData("2026-13-01T12:00:00Z", null)]
    [InlineData("2026-01-01T12:00:00+99:00", null)]
    [InlineData("2026-01-01", null)]
    [InlineData("12:61:00", null)]
    [InlineData("12:00:-5", null)]
    [InlineData("1:2:3:4", null)]
    [InlineData(":::", null)]
    public void A_time_is_read_exactly_or_not_at_all(string text, double? seconds)
    {
        Assert.Equal(seconds is not null, TimeText.TryParse(Encoding.UTF8.GetBytes(text), out var time));
        if (seconds is { } expected) Assert.Equal(expected, time.Seconds);
    }

    [SkippableTheory]
    [InlineData("11-apple-health-csv", "ecg_2026-01-01", 512, "Lead I")]
    [InlineData("13-savetxt-header", "numpy", 250, "ecg")]
    [InlineData("15-epoch-timestamps", "epoch_s", 130, "ecg")]
    [InlineData("15-epoch-timestamps", "epoch_ms", 130, "ecg")]
    [InlineData("15-epoch-timestamps", "epoch_ns", 130, "ecg")]
    [InlineData("15-epoch-timestamps", "iso", 130, "ecg")]
    [InlineData("15-epoch-timestamps", "polar", 130, "ecg")]
    public void The_cases_of_the_field_give_their_frequency(string folder, string id, double fs, string lead)
    {
        using var recordings = RecordingFolder.Open(SharedData.PathOf("cases", folder, "in"));
        var (recording, rejection) = recordings.Entries.Single(entry => entry.Id == id).Read(new ReadOptions());
        Assert.True(rejection is null, rejection?.Message);
        Assert.Equal((fs, lead), (recording!.Fs, recording.Lead));
    }

    private static string Write(string kind, DateTime noon, decimal seconds)
    {
        var epoch = (decimal)(noon - DateTime.UnixEpoch).TotalSeconds + seconds;
        var instant = noon.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return kind switch
        {
            "seconds since 1970" => epoch.ToString("0.000000", CultureInfo.InvariantCulture),
            "milliseconds since 1970" => ((long)(epoch * 1000)).ToString(CultureInfo.InvariantCulture),
            "microseconds since 1970" => ((long)(epoch * 1_000_000)).ToString(CultureInfo.InvariantCulture),
            "nanoseconds since 1970" => ((long)(epoch * 1_000_000_000)).ToString(CultureInfo.InvariantCulture),
            "nanoseconds since 2000" => ((long)((epoch - 946684800) * 1_000_000_000)).ToString(CultureInfo.InvariantCulture),
            "milliseconds" => (seconds * 1000).ToString("0.###", CultureInfo.InvariantCulture),
            "microseconds" => (seconds * 1_000_000).ToString("0", CultureInfo.InvariantCulture),
            "nanoseconds" => (seconds * 1_000_000_000).ToString("0", CultureInfo.InvariantCulture),
            "ISO with Z" => instant.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
            "ISO with an offset" => instant.ToString("yyyy-MM-dd HH:mm:ss.fff+01:00", CultureInfo.InvariantCulture),
            "ISO without a zone" => instant.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
            "ISO with nanoseconds" => instant.ToString("yyyy-MM-ddTHH:mm:ss.fffffff00Z", CultureInfo.InvariantCulture),
            "clock" => instant.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture),
            "PhysioBank" => $"'0:{instant.ToString("ss.fff", CultureInfo.InvariantCulture)}'",
            "PhysioBank with the date" => instant.ToString("'['HH:mm:ss.fff dd/MM/yyyy']'", CultureInfo.InvariantCulture),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    private static double Followed(string text)
    {
        using var folder = new TemporaryFolder();
        return RecordingFormats.All.Follow(folder.Write("x.csv", text), new ReadOptions()).Read(100_000).Fs;
    }

    private static (RejectionReason Reason, string Message) ReasonOf(string text) =>
        Read(text, new ReadOptions(Fs: 250)).Rejection is { } rejection
            ? (rejection.Reason, rejection.Message)
            : throw new InvalidOperationException("it was read");

    private static ReadOutcome Read(string text, ReadOptions? options = null) =>
        Decoding.ReadCsv("x", "x.csv", Encoding.UTF8.GetBytes(text), options ?? new ReadOptions());
}
