using System.Diagnostics;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Api;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>Exported rhythm annotations, as other software reads them.</summary>
public sealed class AnnotationExportTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    // The package wfdb where there is one; else the format as annot(5) has it, by hand.
    private const string Reader = """
        import struct, sys
        def read(path):
            try:
                import wfdb
                a = wfdb.rdann(path[:-4], "atr")
                return [(int(s), {"+": 28}.get(c, c), x.rstrip("\0")) for s, c, x in zip(a.sample, a.symbol, a.aux_note)]
            except ImportError:
                pass
            data, at, i, found = open(path, "rb").read(), 0, 0, []
            while True:
                word, = struct.unpack_from("<H", data, i); i += 2
                code, value = word >> 10, word & 1023
                if word == 0:
                    assert i == len(data), "bytes after the end"
                    return found
                if code == 59:
                    high, low = struct.unpack_from("<hH", data, i); i += 4; at += (high << 16) + low
                elif code == 63:
                    found[-1] = found[-1][:2] + (data[i:i + value].decode(),); i += value + value % 2
                else:
                    at += value; found.append((at, code, ""))
        for row in read(sys.argv[1]): print(*row)
        """;

    [SkippableFact]
    public async Task Other_software_reads_the_rhythms_where_they_are()
    {
        Skip.If(!File.Exists("/usr/bin/python3"), "python3 is not on this machine");
        using var folder = new TemporaryFolder();
        // Near to each other, and so far apart that the format needs its long interval.
        EpisodeStatus[] episodes = [Episode(0, 31.5), Episode(32, 70), Episode(40_000, 40_100.25), Episode(400_000, 400_600)];
        await File.WriteAllBytesAsync(folder["bed.atr"], Exports.Atr(Start, episodes));
        await File.WriteAllTextAsync(folder["read.py"], Reader);
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [folder["read.py"], folder["bed.atr"]]) { RedirectStandardOutput = true })!;
        var seen = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();

        // The package takes the note of the resolution out of the list that it gives.
        Assert.Equal(
            ["0 28 (AFIB", "9450 28 (N", "9600 28 (AFIB", "21000 28 (N", "12000000 28 (AFIB", "12030075 28 (N", "120000000 28 (AFIB", "120180000 28 (N"],
            seen.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(row => row != "0 22 ## time resolution: 300"));
        Assert.Equal(seen.Split('\n', StringSplitOptions.RemoveEmptyEntries), WfdbAnnotations.Decode(await File.ReadAllBytesAsync(folder["bed.atr"]))
            .Select(a => $"{a.Sample} {a.Code} {a.Aux}"));
    }

    [Theory]
    [InlineData(250)]
    [InlineData(300)]
    [InlineData(1000)]
    public async Task Beside_a_record_of_any_frequency_the_episodes_are_where_they_were(double fs)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["in"]);
        await File.WriteAllTextAsync(folder["in/bed.hea"], FormattableString.Invariant($"bed 1 {fs} 3000\nbed.dat 16 1000/mV 16 0 0 0 0 ECG\n"));
        await File.WriteAllBytesAsync(folder["in/bed.dat"], new byte[6000]);
        await File.WriteAllBytesAsync(folder["in/bed.atr"], Exports.Atr(Start, [Episode(100.8, 199.2), Episode(400, 500)]));
        using var recordings = RecordingFolder.Open(folder["in"]);
        var rhythms = Assert.Single(recordings.Entries).ReadRhythms()!.Where(span => span.Rhythm == "AFIB");
        Assert.Equal([(100.8, 199.2), (400, 500)], rhythms.Select(span => (Math.Round(span.StartSeconds, 2), Math.Round(span.EndSeconds, 2))));
    }

    private static EpisodeStatus Episode(double from, double to) => new("bed", Start.AddSeconds(from), Start.AddSeconds(to), false, 0.9);
}
