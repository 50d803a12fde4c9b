using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mina.Benchmarks;

/// <summary>Runs rows, each in a process of its own, so that none meets what another left in the allocator or the JIT.</summary>
internal static class Suite
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly Dictionary<string, Func<Options, IEnumerable<Comparison>>> Rows = new()
    {
        ["preprocess"] = PreprocessRow.Run,
        ["inference"] = InferenceRow.Run,
        ["training"] = TrainingRow.Run,
        ["startup"] = StartUpRow.Run,
        ["ingest"] = IngestRow.Run,
        ["monitor"] = MonitorRow.Run,
    };

    public static int Help()
    {
        Console.WriteLine("""
            Measures Mina against its baselines, side by side, on this machine.

              dotnet build -c Release && dotnet run -c Release --no-build --project tests/Mina.Benchmarks -- all --recordings DIR --out FILE.md

            all | preprocess | inference | training | startup | ingest | monitor
              --recordings DIR  CinC 2017 recordings, unzipped (training2017/); preprocess and ingest are left out without
              --labels FILE     their labels (default: ../shared/cinc2017/REFERENCE-v3.csv, else found beside the recordings)
              --out FILE        also write the table as Markdown
              --threads N       of the training rows (default: the processor's)
              --model DIR       model of the start-up row (default: one with first weights)
              --python FILE     python_baseline.py (default: ../shared/reference's; left out where there is none, or no python3 with torch)
              --ingest N        recordings of the ingest row (default: all)
              --streams N,N     streams of the monitor row (default: 200,1500)
              --seconds N       of each of its runs (default: 300)

            JSON goes to the standard output, progress to stderr. Anything else is BenchmarkDotNet's: --filter '*'.
            """);
        return 0;
    }

    public static int Run(string[] args)
    {
        try
        {
            var options = Options.Parse(args[1..]);
            string[] names = args[0] == "all" ? [.. Rows.Keys] : [args[0]];
            var comparisons = new List<Comparison>();
            var omitted = new List<string>();
            foreach (var name in names)
            {
                Console.Error.WriteLine($"{name} ...");
                try
                {
                    var (_, _, output) = Measure.Command(Environment.ProcessPath!, ["row", name, .. args[1..]]);
                    comparisons.AddRange(JsonSerializer.Deserialize<Comparison[]>(output, Json)!);
                }
                catch (BenchmarkException e)
                {
                    Console.Error.WriteLine(e.Message);
                    omitted.Add($"{name}: {e.Message}");
                }
            }

            var machine = Machine.Describe();
            Console.WriteLine(JsonSerializer.Serialize(new { Machine = machine, Comparisons = comparisons, Omitted = omitted }, Json));
            if (options.Out is { } path)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, Report.Markdown(machine, comparisons, omitted, args));
            }

            return omitted.Count == 0 ? 0 : 1;
        }
        catch (BenchmarkException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }

    /// <summary>One row, in this process; JSON to the standard output.</summary>
    public static int RunRow(string name, string[] args)
    {
        try
        {
            if (!Rows.TryGetValue(name, out var row))
                throw new BenchmarkException($"{name} is no row; see --help");
            Console.WriteLine(JsonSerializer.Serialize(row(Options.Parse(args)), Json));
            return 0;
        }
        catch (BenchmarkException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }
}
