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
    private const int Rounds = 7;

    public static IEnumerable<Comparison> Run(Options options)
    {
        var path = options.Recordings ?? throw new BenchmarkException("needs --recordings, CinC 2017's unzipped");
        var recordings = First(path);
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

        int[] threads = [.. Enumerable.Range(1, Environment.ProcessorCount)];
        yield return new Comparison(
            "preprocess, class 0",
            "windows/s",
            true,
            "1",
            "",
            [.. threads.Select(n => Figure.From($"{n}", Enumerable.Range(0, Rounds).Select(_ => RateOf(recordings, n)), n))],
            null,
            "threads");
    }

    /// <summary>Each thread takes all recordings a few times.</summary>
    private static double RateOf(Recording[] recordings, int threads)
    {
        const int times = 10;
        var windows = 0L;
        var start = 0L;
        using var ready = new Barrier(threads, _ => start = Stopwatch.GetTimestamp());
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            var preprocessor = new Preprocessor(PreprocessSettings.Default);
            var rows = new Segments();
            Pass(preprocessor, recordings, rows, Label.Normal);
            ready.SignalAndWait();
            for (var i = 0; i < times; i++)
                Interlocked.Add(ref windows, Pass(preprocessor, recordings, rows, Label.Normal));
        })).ToArray();
        foreach (var worker in workers)
            worker.Start();
        foreach (var worker in workers)
            worker.Join();
        return windows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Cuts all recordings once.</summary>
    /// <returns>Windows.</returns>
    public static int Pass(Preprocessor preprocessor, Recording[] recordings, Segments rows, Label label)
    {
        var windows = 0;
        foreach (var recording in recordings)
        {
            preprocessor.Run(recording with { Label = label }, rows);
            windows += rows.Count;
        }

        return windows;
    }

    /// <summary>The first recordings of a folder, those that python_baseline.py takes.</summary>
    public static Recording[] First(string path)
    {
        using var folder = RecordingFolder.Open(path);
        var entries = folder.Entries.OrderBy(entry => entry.Id, StringComparer.Ordinal).Take(Taken);
        return [.. entries.Select(entry => entry.Read(new ReadOptions()).Recording).OfType<Recording>()];
    }

    private static Figure Rates(Recording[] recordings, Label label)
    {
        var preprocessor = new Preprocessor(PreprocessSettings.Default);
        var rows = new Segments();
        var rates = new List<double>();
        for (var round = -5; round < 3 * Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var windows = Pass(preprocessor, recordings, rows, label);
            if (round >= 0)
                rates.Add(windows / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Figure.From("Mina", rates);
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
                return [.. Lines().Matches(output).Select(line => Figure.From(
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
