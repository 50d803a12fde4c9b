using System.Diagnostics;

namespace Mina.Benchmarks;

/// <summary>Times variants of the same work in turn, so that whatever else the machine does meets all of them.</summary>
internal static class Measure
{
    /// <summary>
    /// Rates of each variant, in units of work a second. Warms up for <paramref name="warmUp"/> rounds (the JIT settles, allocators find
    /// their sizes), then measures <paramref name="rounds"/>.
    /// </summary>
    public static IReadOnlyList<Figure> Rates(double work, int warmUp, int rounds, params (string Name, Action Step)[] variants)
    {
        var rates = variants.Select(_ => new List<double>()).ToArray();
        for (var i = -warmUp; i < rounds; i++)
        {
            for (var v = 0; v < variants.Length; v++)
            {
                var start = Stopwatch.GetTimestamp();
                variants[v].Step();
                if (i >= 0)
                    rates[v].Add(work / Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return [.. variants.Zip(rates, (variant, measured) => Figure.From(variant.Name, measured))];
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Seconds, peak resident memory in MB (Linux, else 0), and what it printed.</returns>
    /// <exception cref="BenchmarkException">It failed.</exception>
    public static (double Seconds, double PeakMB, string Output) Command(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new BenchmarkException($"{program} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var peak = 0.0;
        while (!process.WaitForExit(20))
            peak = Math.Max(peak, PeakOf(process.Id));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return process.ExitCode == 0
            ? (seconds, peak, output.Result)
            : throw new BenchmarkException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result.Trim()}");
    }

    private static double PeakOf(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null
                ? 0
                : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) / 1024.0;
        }
        catch (IOException)
        {
            return 0; // it has just ended, or there is no /proc
        }
    }
}
