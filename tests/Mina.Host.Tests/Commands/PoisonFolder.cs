using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace Mina.Host.Tests.Commands;

/// <summary>A folder of recordings that nobody should be given, with two good ones among them.</summary>
internal static class PoisonFolder
{
    /// <summary>The good ones, of 26 s or more.</summary>
    public static readonly string[] Good = ["sim00001", "sim00002"];

    private const string Rest = " 16 1000/mV 16 0 0 0 0 I";

    /// <summary>Writes it.</summary>
    /// <returns>How many hostile recordings there are.</returns>
    public static int Make(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var name in Good.SelectMany(id => new[] { id + ".hea", id + ".dat", id + ".atr" }).Where(name => File.Exists(InData(name))))
            File.Copy(InData(name), Path.Combine(folder, name));
        var made = 0;
        WriteHeaders();
        WriteSignals();
        WriteTables();
        WriteZips();
        WriteNamesAndLinks();
        File.WriteAllLines(
            Path.Combine(folder, "REFERENCE.csv"),
            Directory.GetFiles(folder)
                .Select(Path.GetFileNameWithoutExtension)
                .Where(id => id!.All(char.IsAsciiLetterOrDigit))
                .Distinct()
                .Select(id => $"{id},N"));
        return made;

        void WriteHeaders()
        {
            foreach (var (id, text) in new[]
            {
                ("empty", ""), ("nul", "nul 1 300 7800\nn\0l.dat" + Rest), ("fast", "fast 1 10000000 7800\nd.dat" + Rest),
                ("slow", "slow 1 0.016666667 7800\nd.dat" + Rest), ("tiny", "tiny 1 1e-300 7800\nd.dat" + Rest),
                ("nan", "nan 1 NaN 7800\nd.dat" + Rest), ("many", "many 2147483647 300 7800\nd.dat" + Rest),
                ("wide", "wide 1 300 7800\nd.dat 16x2147483647 1000/mV"), ("long", $"long 1 300 {1L << 62}\nd.dat" + Rest),
                ("negative", "negative 1 300 -5\nd.dat" + Rest), ("gain", "gain 1 300 7800\nd.dat 16 1e-400/mV"),
                ("base", "base 1 300 7800\nd.dat 16 1000(1e308)/mV"), ("format", "format 1 300 7800\nd.dat 999 1000/mV"),
                ("skew", "skew 1 300 7800\nd.dat 16:2147483647 1000/mV"), ("offset", "offset 1 300 7800\nd.dat 16+2147483647 1000/mV"),
                ("above", "above 1 300 7800\n../../etc/passwd" + Rest), ("segments", "segments/3 1 300 7800\na 2600\nb 2600\nc 2600"),
                ("layout", "layout 1 300 0\n~ 0 1000/mV"), ("missing", "missing 1 300 7800\nnowhere.dat" + Rest),
                ("short", "short 1 300 99999\nd.dat" + Rest), ("nosignal", "nosignal 0 300 7800"), ("self", "self 1 300 7800\nself.hea" + Rest),
                ("control", "control 1 300 7800\nd.dat 16 1000/mV 16 0 0 0 0 \u001b[31mI\n# subject: \u001b[2J"),
            })
                Write(id + ".hea", Encoding.UTF8.GetBytes(text));
            var noise = new byte[100_000];
            new Random(1).NextBytes(noise);
            Write("noise.hea", noise);
            Write("huge.hea", new byte[17 << 20]);
            // Samples for those that would be read; constant, so that the few that can be are rejected as flat.
            File.WriteAllBytes(Path.Combine(folder, "d.dat"), new byte[2 * 7800]);
        }

        void WriteSignals()
        {
            Write("flat.hea", "flat 1 300 7800\nd.dat" + Rest);
            Write("odd.mat", new byte[] { 1, 2, 3 });
            Write("flac.hea", "flac 1 300 7800\nd.dat 516 1000/mV 16 0 0 0 0 I");
            Write("holter.ecg", "ISHNE1.0" + new string('\0', 1000));
            Write("level5.mat", "MATLAB 5.0 MAT-file".PadRight(124) + "\0\u0001IM\u000E\0\0\0\u007F\u007F\u007F\u007F");
            Write("records.edf", Encoding.ASCII.GetBytes("0".PadRight(252) + "9999"));
            Write("nothing.bdf", "");
            if (!OperatingSystem.IsLinux())
                return;
            Process.Start("mkfifo", [Path.Combine(folder, "pipe.hea"), Path.Combine(folder, "p.dat")]).WaitForExit();
            made++;
            Write("piped.hea", "piped 1 300 7800\np.dat" + Rest);
            File.CreateSymbolicLink(Path.Combine(folder, "zero.hea"), "/dev/zero");
            made++;
        }

        void WriteTables()
        {
            Write("none.csv", "");
            Write("regex.csv", ",a(" + new string(' ', 20_000) + "x\n1,2\n");
            Write("back.csv", "time,I\n" + Rows(i => $"{(i == 3000 ? 1 : i / 300.0):0.####},{i % 7}"));
            Write("line.csv", "time,I\n0," + new string('1', 5 << 20) + "\n");
            Write("infinite.csv", "time,I\n" + Rows(i => $"{i / 300.0:0.####},inf"));
            Write("words.csv", "time,I\n" + Rows(i => $"{i / 300.0:0.####},=cmd|' /C calc'!A0"));
            Write("cells.csv", "time,I\n0\n1\n");
            Write("quotes.csv", "time,I\n\"0,1\n");
            var noise = new byte[100_000];
            new Random(2).NextBytes(noise);
            Write("noise.csv", noise);
        }

        void WriteZips()
        {
            Write("broken.zip", new byte[] { 0x50, 0x4B, 3, 4, 0, 0, 0 });
            using (var zip = ZipFile.Open(Path.Combine(folder, "bomb.zip"), ZipArchiveMode.Create))
            {
                using var entry = zip.CreateEntry("bomb.hea").Open();
                var lines = new byte[1 << 20];
                for (var i = 0; i < 70; i++)
                    entry.Write(lines);
            }

            made++;
        }

        void WriteNamesAndLinks()
        {
            if (OperatingSystem.IsWindows())
                return;
            Write("esc\u001b[31m.csv", "time,I\n0,1\n");
            Directory.CreateDirectory(Path.Combine(folder, "sub"));
            Directory.CreateSymbolicLink(Path.Combine(folder, "sub", "up"), "..");
            Directory.CreateSymbolicLink(Path.Combine(folder, "again"), ".");
        }

        void Write(string name, object content)
        {
            File.WriteAllBytes(Path.Combine(folder, name), content as byte[] ?? Encoding.UTF8.GetBytes((string)content));
            made++;
        }

        static string Rows(Func<int, string> row) => string.Concat(Enumerable.Range(0, 6000).Select(i => row(i) + "\n"));
    }

    private static string InData(string name) => Path.Combine(Places.DataRaw, name);
}
