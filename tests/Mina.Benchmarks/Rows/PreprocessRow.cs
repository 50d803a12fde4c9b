using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Mina.Preprocess;
using Mina.Streaming.Recordings;

namespace Mina.Benchmarks;

/// <summary>Recordings in memory to segments on one thread, at both strides, beside hsd1503/MINA's own code and the SciPy oracle.</summary>
internal static partial class PreprocessRow
{
    private const string Original = "hsd1503/MINA, Python";
    private const int Taken = 60;

    public static IEnumerable<Comparison> Run(Options options)
    {
        var path = options.Recordings ?? throw new BenchmarkException("needs --recordings, CinC 2017's unzipped");
        using var folder = RecordingFolder.Open(path);
        Recording[] recordings = [.. folder.Entries.OrderBy(entry => entry.Id, StringComparer.Ordinal).Take(Taken).Select(entry => entry.Read(new ReadOptions()).Recording).OfType<Recording>()];
        var python = options.Python is { } script ? Python(script, path) : [];
        var note = $"the first {recordings.Length} recordings, in memory; Python by python_baseline.py on the same files just before, at stride 500";
        foreach (var (name, label) in new[] { ("class 0, stride 500", Label.Normal), ("class 1, stride 50", Label.AF) })
        {
            yield return new Comparison(
                $"preprocess, {name}, 1 thread",
                "windows/s",
                true,
                python.Count > 0 ? Original : null,
                "60x hsd1503/MINA; aim 150x",
                [.. python, Rates(recordings, label)],
                note);
        }
    }

    private static Figure Rates(Recording[] recordings, Label label)
    {
        var preprocessor = new Preprocessor(PreprocessSettings.Default);
        var rows = new SegmentRows();
        var rates = new List<double>();
        for (var round = -3; round < 7; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var windows = 0;
            foreach (var recording in recordings)
            {
                preprocessor.Run(recording with { Label = label }, rows);
                windows += rows.Count;
            }

            if (round >= 0)
                rates.Add(windows / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Figure.Of("Mina", rates);
    }

    private static List<Figure> Python(string script, string recordings)
    {
        Environment.SetEnvironmentVariable("OMP_NUM_THREADS", "1");
        Environment.SetEnvironmentVariable("T", "1");
        foreach (var python in new[] { "/usr/bin/python3", "python3" })
        {
            try
            {
                var (_, _, output) = Measure.Command(python, script, recordings);
                return [.. Lines().Matches(output).Select(line => Figure.Of(
                    line.Groups[1].Value.StartsWith("hsd", StringComparison.Ordinal) ? Original : "SciPy oracle, Python",
                    [double.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture)]))];
            }
            catch (Exception e) when (e is BenchmarkException or System.ComponentModel.Win32Exception)
            {
                Console.Error.WriteLine($"{python}: {e.Message}");
            }
        }

        return [];
    }

    [GeneratedRegex(@"^(hsd1503/MINA|SciPy)[^:]*: ([0-9.]+) windows/s", RegexOptions.Multiline)]
    private static partial Regex Lines();
}
