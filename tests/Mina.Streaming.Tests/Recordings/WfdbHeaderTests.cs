using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

public class WfdbHeaderTests
{
    [Fact]
    public void A_cinc_header_with_crlf_and_trailing_blanks_is_read()
    {
        var header = Parse("A00001 1 300 9000 05:05:15 1/05/2000 \r\nA00001.mat 16+24 1000/mV 16 0 -127 0 0 ECG \r\n");
        Assert.Equal(("A00001", 300.0, 9000L), (header.Name, header.Fs, header.Length!.Value));
        var signal = Assert.Single(header.Signals);
        Assert.Equal(
            ("A00001.mat", 16, 24L, 1000.0, 0.0, "mV", "ECG"),
            (signal.FileName, signal.Format, signal.ByteOffset, signal.Gain, signal.Baseline, signal.Units, signal.Description));
    }

    [Theory]
    [InlineData("r 1")]
    [InlineData("r 1 250")]
    [InlineData("r 1 250 0")]
    public void Fields_left_out_have_their_defaults(string record)
    {
        var header = Parse($"# a comment first\n\n{record}\nr.dat 212\n");
        Assert.Equal((250.0, (long?)null, (string?)null), (header.Fs, header.Length, header.Subject));
        Assert.Equal(new WfdbSignalSpec("r.dat", 212, ""), header.Signals[0]);
        var signal = header.Signals[0];
        Assert.Equal((200.0, 0.0, "mV", 1, 0, 0L), (signal.Gain, signal.Baseline, signal.Units, signal.SamplesPerFrame, signal.Skew, signal.ByteOffset));
    }

    [Theory]
    [InlineData("200", 200, 7, "mV")]
    [InlineData("0", 200, 7, "mV")]
    [InlineData("200(1024)", 200, 1024, "mV")]
    [InlineData("2.5e1(-3)/uV", 25, -3, "uV")]
    [InlineData("100/V", 100, 7, "V")]
    [InlineData("38180.879946031266(-2839)/mV", 38180.879946031266, -2839, "mV")]
    public void Gain_baseline_and_units_are_optional_and_the_adc_zero_is_the_default_baseline(string field, double gain, double baseline, string units)
    {
        var signal = Parse($"r 1 360 10\nr.dat 16 {field} 11 7 1 2 3 lead  with words\n").Signals[0];
        Assert.Equal((gain, baseline, units, "lead  with words"), (signal.Gain, signal.Baseline, signal.Units, signal.Description));
    }

    [Fact]
    public void A_format_may_carry_samples_per_frame_skew_and_offset()
    {
        var signal = Parse("r 1 100/25(3) 10\nr.dat 212x4:2+512 200\n").Signals[0];
        Assert.Equal((212, 4, 2, 512L), (signal.Format, signal.SamplesPerFrame, signal.Skew, signal.ByteOffset));
    }

    [Theory]
    [InlineData("# Subject: p17\nr 1 250 5\nr.dat 16\n", "p17")]
    [InlineData("r 1 250 5\nr.dat 16\n#subject_id: 42\n", "42")]
    [InlineData("r 1 250 5\nr.dat 16\n# Patient ID = x9 and more\n", "x9")]
    [InlineData("r 1 250 5\nr.dat 16\n# 69 M 1085 1629 x1\n", null)]
    public void A_comment_may_name_the_subject(string text, string? subject) => Assert.Equal(subject, Parse(text).Subject);

    [Theory]
    [InlineData("#Dx: 164889003", Label.AF)]
    [InlineData("# Dx: 426177001,164889003", Label.AF)]
    [InlineData("#Dx: 426783006", Label.Normal)]
    [InlineData("#Dx: 426783006,284470004", Label.Other)]
    [InlineData("#Dx: 164890007", Label.Other)]
    [InlineData("#Dx: Unknown", null)]
    [InlineData("#Rx: 164889003", null)]
    public void A_comment_may_hold_the_diagnoses_of_the_challenges(string comment, Label? label) =>
        Assert.Equal(label, Parse($"r 1 250 5\nr.dat 16\n#Age: 60\n{comment}\n").Label);

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("# only a comment\n", "it is empty")]
    [InlineData("hello", "line 1 should read 'name signals fs length', but reads 'hello'")]
    [InlineData("\u0001\u0002 3 4", "line 1 should read 'name signals fs length', but reads '?? 3 4'")]
    [InlineData("r 0 250 5", "line 1 says that the record has no signals")]
    [InlineData("r/3 1 250 5", "line 1 is that of a multi-segment record, which holds no samples itself: name one of its segments")]
    [InlineData("r/x 1 250 5", "line 1 should name the record and how many segments it has, like 'a/3', but reads 'r/x'")]
    [InlineData("r 1 -2 5", "line 1 gives '-2' as the sampling frequency, which should be a number above 0")]
    [InlineData("r 1 250 many", "line 1 gives 'many' as the number of samples, which should be a whole number")]
    [InlineData("r 2 250 5\nr.dat 16\n", "line 1 promises 2 signals, but only 1 signal lines follow")]
    [InlineData("r 1 250 5\nr.dat\n", "line 2 should read 'file format gain ...', but reads 'r.dat'")]
    [InlineData("r 1 250 5\n../secret 16\n", "line 2 names the signal file '../secret', which should be a file beside the header")]
    [InlineData("r 1 250 5\nr.dat 16 high\n", "line 2 gives 'high' as the gain, which should read like '200', '200/mV' or '200(1024)/mV'")]
    [InlineData("r 1 250 5\nr.dat 16x99999999999 200\n", "line 2 gives '16x99999999999' as the format, where a number is out of range")]
    public void What_is_no_header_is_refused_with_the_line_and_the_reason(string text, string expected)
    {
        Assert.False(WfdbHeader.TryParse(text, out _, out var error));
        Assert.Equal(expected, error);
    }

    private static WfdbHeader Parse(string text)
    {
        Assert.True(WfdbHeader.TryParse(text, out var header, out var error), error);
        return header;
    }
}
