using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Mina.Benchmarks;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    public static IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        ["processor"] = Processor(),
        ["cores"] = $"{Environment.ProcessorCount}",
        ["registers"] = Vector512.IsHardwareAccelerated ? "512 bits" : Vector256.IsHardwareAccelerated ? "256 bits" : "128 bits",
        ["memory"] = $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MB",
        ["system"] = RuntimeInformation.OSDescription,
        [".NET"] = Environment.Version.ToString(),
        ["TorchSharp"] = typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3) ?? "?",
        ["Parquet.Net"] = typeof(Parquet.ParquetWriter).Assembly.GetName().Version?.ToString(3) ?? "?",
        ["Mina"] = typeof(Model.Classifier).Assembly.GetName().Version?.ToString(3) ?? "?",
        ["measured"] = $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC",
        ["load before"] = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?",
    };

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
