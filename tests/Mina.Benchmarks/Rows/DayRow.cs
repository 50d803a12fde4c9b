using System.Globalization;

namespace Mina.Benchmarks;

/// <summary>A Release build's <c>mina classify</c> of 24 h of two leads at 360 Hz: time and peak memory.</summary>
internal static class DayRow
{
    private const int Rounds = 3;
    private const int Fs = 360;
    private const int Samples = 24 * 3600 * Fs;

    public static IEnumerable<Comparison> Run(Options options)
    {
        var mina = File.Exists(Options.Mina) ? Options.Mina : throw new BenchmarkException($"{Options.Mina} is not there; run 'dotnet build -c Release'");
        var temporary = Directory.CreateTempSubdirectory("mina-benchmark-");
        try
        {
            var header = Write(temporary.FullName);
            string[] arguments = options.Model is { } model ? ["classify", header, "--model", model] : ["classify", header];
            var runs = Enumerable.Range(0, Rounds).Select(_ => Measure.Command(mina, arguments)).ToList();
            var note = $"format 16, {Environment.ProcessorCount} cores";
            yield return new Comparison(
                "classify of a day of two leads at 360 Hz", "s", false, null, "15 s", [Figure.From("Release build", runs.Select(run => run.Seconds))], note);
            yield return new Comparison(
                "classify of that day, peak memory", "MB", false, null, "200 MB", [Figure.From("Release build", runs.Select(run => run.PeakMB))], note);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    /// <summary>A record whose leads are the sample recordings, one after the other, as often as they fit.</summary>
    private static string Write(string folder)
    {
        var samples = Directory.EnumerateFiles(Path.Combine(Options.Root, "data", "raw"), "*.dat").Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)
            .Chunk(2).ToArray();
        if (samples.Length == 0) throw new BenchmarkException("data/raw holds no recordings");
        using (var signals = new BufferedStream(File.Create(Path.Combine(folder, "day.dat"))))
        {
            for (var i = 0; i < Samples; i++)
            {
                signals.Write(samples[i % samples.Length]);
                signals.Write(samples[i % samples.Length]);
            }
        }

        var header = Path.Combine(folder, "day.hea");
        var lead = "day.dat 16 1000/mV 16 0 0 0 0";
        File.WriteAllText(header, string.Create(CultureInfo.InvariantCulture, $"day 2 {Fs} {Samples}\n{lead} II\n{lead} V5\n"));
        return header;
    }
}
