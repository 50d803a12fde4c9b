using System.Globalization;
using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

public class CsvRecordingTests
{
    [FsCheck.Xunit.Property(MaxTest = 2000)]
    public void Plain_numbers_have_the_bits_that_the_general_parser_gives(long number, byte digits, byte kind)
    {
        var text = (number % 1_000_000_000_000_000L).ToString(CultureInfo.InvariantCulture);
        var whole = text.TrimStart('-');
        var point = digits % (whole.Length + 1);
        var written = (text[0] == '-' ? "-" : kind % 3 == 0 ? "+" : "") + whole[..point] + (point == whole.Length && kind % 2 == 0 ? "" : ".") + whole[point..];
        Assert.True(Numbers.TryPlain(Encoding.ASCII.GetBytes(written), out var value), written);
        Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(written, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("1.2.3")]
    [InlineData(" 1")]
    [InlineData("nan")]
    [InlineData("1234567890123456")]
    public void What_is_not_plainly_written_is_left_to_the_general_parser(string text) => Assert.False(Numbers.TryPlain(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("time,MLII (mV)\n0,1\n0.004,2\n0.008,3\n", 250, "MLII", new[] { 1f, 2, 3 })]
    [InlineData("t;ecg [uV]\r\n0;1000,5\r\n0,01;-2000\r\n", 100, "ecg", new[] { 1.0005f, -2 })]
    [InlineData("time_ms\tlead_uV\n0\t500\n5\t1500\n", 200, "lead", new[] { 0.5f, 1.5f })]
    [InlineData("'Elapsed time','V1','ECG'\n'seconds','mV','uV'\n0,9,1000\n0.5,9,2000\n", 2, "ECG", new[] { 1f, 2 })]
    [InlineData("\uFEFF# made by hand\n,seconds,I,II\n0,0,1,4\n1,0.1,2,5\n", 10, "I", new[] { 1f, 2 })]
    [InlineData("Time (ms),x\n0,1\n2,\n4,NaN\n6,na\n8,inf\n10,5\n", 500, "x", new[] { 1f, float.NaN, float.NaN, float.NaN, float.NaN, 5 })]
    public void Header_units_delimiter_and_time_are_understood(string text, double fs, string lead, float[] samples)
    {
        var recording = Read(text).Recording;
        Assert.NotNull(recording);
        Assert.Equal((fs, lead), (recording.Fs, recording.Lead));
        Assert.Equal(samples, recording.Samples);
    }

    [Fact]
    public void Without_a_time_column_fs_is_what_the_caller_says()
    {
        var recording = Read("I,II\n1,4\n2,5\n", new ReadOptions("ii", 360)).Recording;
        Assert.Equal((360.0, "II"), (recording!.Fs, recording.Lead));
        Assert.Equal([4, 5], recording.Samples);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(360)]
    [InlineData(128)]
    [InlineData(1000)]
    public void Times_rounded_to_milliseconds_still_give_the_exact_frequency(int fs)
    {
        var text = new StringBuilder("time,ecg\n");
        for (var i = 0; i < 20 * fs; i++) text.Append(CultureInfo.InvariantCulture, $"{(double)i / fs:0.000},{i % 7}\n");
        Assert.Equal(fs, Read(text.ToString()).Recording!.Fs);
    }

    [Theory]
    [InlineData("", RejectionReason.UnreadableHeader, "x.csv is empty")]
    [InlineData("0,1\n0.1,2\n", RejectionReason.UnreadableHeader, "x.csv has no header line: name the columns in line 1, e.g. 'time,MLII (mV)'")]
    [InlineData("time\n0\n1\n", RejectionReason.UnreadableHeader, "x.csv has no lead: line 1 should name at least one column that is not the time")]
    [InlineData(
        "ecg\n1\n2\n",
        RejectionReason.UnreadableHeader,
        "x.csv does not say its sampling frequency: add a time column ('time' in seconds, or 'time_ms') or give --fs")]
    [InlineData("time,ecg\n", RejectionReason.UnreadableSignal, "x.csv has a header line but no samples")]
    [InlineData("time,ecg\n0,1\n", RejectionReason.UnreadableSignal, "x.csv has a single sample, so that its time column does not tell the sampling frequency")]
    [InlineData("time,ecg\n0,1\n1,oops\n", RejectionReason.UnreadableSignal, "x.csv has 'oops' in line 3, column 'ecg', where a number should be")]
    [InlineData(
        "time,ecg\n# noon\n0,1\nlater,2\n",
        RejectionReason.UnreadableSignal,
        "x.csv has 'later' in line 4, column 'time', where a number or a time like 2026-01-01T12:00:00.004Z should be")]
    [InlineData("time,ecg\n0,1\n1\n", RejectionReason.UnreadableSignal, "x.csv has only 1 cells in line 3, where line 1 names 2 columns")]
    [InlineData(
        "time,ecg\n0,1\n1,2\n2,3\n4,5\n",
        RejectionReason.UnreadableSignal,
        "x.csv is not sampled regularly: the time goes from 2 s to 4 s at sample 4, where 1 s is usual; "
            + "write a row with an empty cell for each missing sample, or drop the time column and give --fs")]
    [InlineData(
        "time,ecg\n0,1\n1,2\n1,3\n",
        RejectionReason.UnreadableSignal,
        "x.csv is not sampled regularly: the time goes from 1 s to 1 s at sample 3, where 1 s is usual; "
            + "write a row with an empty cell for each missing sample, or drop the time column and give --fs")]
    public void What_cannot_be_read_is_rejected_with_the_line_and_what_to_do(string text, RejectionReason reason, string message)
    {
        var rejection = Read(text).Rejection;
        Assert.Equal((reason, message), (rejection!.Reason, rejection.Message));
    }

    [Fact]
    public void An_unknown_lead_is_rejected_with_the_leads_there_are() =>
        Assert.Equal("x.csv has no lead 'aVR': choose one of 0: I, 1: II", Read("time,I,II\n0,1,2\n1,1,2\n", new ReadOptions("aVR")).Rejection!.Message);

    [Theory]
    [InlineData(null, "II")]
    [InlineData("v5", "V5")]
    [InlineData("0", "ABP")]
    [InlineData("2", "II")]
    public void A_lead_is_chosen_by_name_or_index_and_by_default_a_known_one(string? wanted, string expected)
    {
        (string, string)[] leads = [("ABP", "mmHg"), ("V5", "mV"), ("II", "mV")];
        Assert.True(LeadChoice.TryChoose(leads, wanted, out var index, out _));
        Assert.Equal(expected, leads[index].Item1);
    }

    [Fact]
    public void By_default_a_voltage_goes_before_a_pressure()
    {
        Assert.True(LeadChoice.TryChoose([("ABP", "mmHg"), ("V5", "mV")], null, out var index, out _));
        Assert.Equal(1, index);
    }

    private static ReadOutcome Read(string text, ReadOptions? options = null) =>
        Decoding.ReadCsv("x", "x.csv", Encoding.UTF8.GetBytes(text), options ?? new ReadOptions());
}
