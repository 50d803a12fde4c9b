using System.Diagnostics;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Api;
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

        Assert.Equal(
            ["0 28 (AFIB", "9450 28 (N", "9600 28 (AFIB", "21000 28 (N", "12000000 28 (AFIB", "12030075 28 (N", "120000000 28 (AFIB", "120180000 28 (N"],
            seen.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(seen.Split('\n', StringSplitOptions.RemoveEmptyEntries), WfdbAnnotations.Decode(await File.ReadAllBytesAsync(folder["bed.atr"]))
            .Select(a => $"{a.Sample} {a.Code} {a.Aux}"));
    }

    private static EpisodeStatus Episode(double from, double to) => new("bed", Start.AddSeconds(from), Start.AddSeconds(to), false, 0.9);
}
