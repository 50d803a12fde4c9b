using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mina.Benchmarks;

/// <summary>Runs rows, each in a process of its own, so that none meets what another left in the allocator or the JIT.</summary>
internal static class Suite
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly Dictionary<string, Func<Options, IEnumerable<Comparison>>> Rows = new()
    {
        ["preprocess"] = PreprocessRow.Run,
        ["inference"] = InferenceRow.Run,
        ["rhythm"] = RhythmRow.Run,
        ["training"] = TrainingRow.Run,
        ["startup"] = StartUpRow.Run,
        ["day"] = DayRow.Run,
        ["ingest"] = IngestRow.Run,
        ["reading"] = ReadingRow.Run,
        ["limits"] = LimitsRow.Run,
        ["monitor"] = MonitorRow.Run,
        ["restart"] = RestartRow.Run,
        ["soak"] = SoakRow.Run,
        ["log"] = LogRow.Run,
    };

    /// <summary>Whether these are rows: "all", or names with commas between.</summary>
    public static bool Knows(string rows) => rows == "all" || rows.Split(',').All(Rows.ContainsKey);

    public static int Help()
    {
        Console.WriteLine("""
            Measures Mina against its baselines, side by side, on this machine.

              dotnet build -c Release && dotnet run -c Release --no-build --project tests/Mina.Benchmarks -- all --recordings DIR --out FILE.md

            all, or some, as in "preprocess,inference": preprocess inference rhythm training startup day ingest reading limits monitor
            restart soak log
              --recordings DIR  CinC 2017 recordings, unzipped (training2017/); preprocess and ingest are left out without
              --shards DIR      shards for reading (default: made of the first 1,500 recordings)
              --labels FILE     their labels (default: ../shared/cinc2017/REFERENCE-v3.csv, else found beside the recordings)
              --out FILE.md     also write the table as Markdown, its figures as FILE.json, and scaling.png beside them; rows that
                                are not measured now stay as FILE.json has them
              --threads N       of the training rows (default: the processor's)
              --model DIR       model of the rows startup and day (default: one with first weights, the shipped one)
              --python FILE     python_baseline.py (default: ../shared/reference's; left out without it, or without python3 and torch)
              --ingest N        recordings of the ingest row (default: all)
              --streams N,N     streams of the monitor row (default: 200,1500); the rows restart, soak and log take the last
              --seconds N       of each of their runs (default: 300)

            JSON goes to the standard output, progress to stderr. Anything else is BenchmarkDotNet's: --filter '*'.
            """);
        return 0;
    }

    public static int Run(string[] args)
    {
        try
        {
            var options = Options.Parse(args[1..]);
            string[] names = args[0] == "all" ? [.. Rows.Keys] : args[0].Split(',');
            var kept = Earlier(options.Out);
            var omitted = new List<string>();
            foreach (var name in names)
            {
                Console.Error.WriteLine($"{name} ...");
                try
                {
                    var (_, _, output) = Measure.Command(Environment.ProcessPath!, ["row", name, .. args[1..]]);
                    kept[name] = JsonSerializer.Deserialize<Comparison[]>(output, Json)!;
                }
                catch (BenchmarkException e)
                {
                    Console.Error.WriteLine(e.Message);
                    omitted.Add($"{name}: {e.Message}");
                }
            }

            var machine = Machine.Describe();
            // In one order, whichever row was measured last.
            var rows = Rows.Keys.Concat(kept.Keys).Distinct().Where(kept.ContainsKey).ToDictionary(name => name, name => kept[name]);
            var results = new Results(machine, rows, omitted);
            var json = JsonSerializer.Serialize(results, Json);
            Console.WriteLine(json);
            if (options.Out is { } path)
            {
                var folder = Path.GetDirectoryName(path)!;
                Directory.CreateDirectory(folder);
                var comparisons = rows.Values.SelectMany(row => row).ToArray();
                File.WriteAllText(path, Report.Markdown(machine, comparisons, omitted, args));
                File.WriteAllText(Path.ChangeExtension(path, ".json"), json + "\n");
                ScalingPicture.Save(Path.Combine(folder, "scaling.png"), comparisons);
            }

            return omitted.Count == 0 ? 0 : 1;
        }
        catch (BenchmarkException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }

    /// <summary>The rows of a file that an earlier run left.</summary>
    private static Dictionary<string, Comparison[]> Earlier(string? path)
    {
        if (path is null || Path.ChangeExtension(path, ".json") is var file && !File.Exists(file))
            return [];
        return JsonSerializer.Deserialize<Results>(File.ReadAllText(file), Json)?.Rows ?? [];
    }

    private sealed record Results(IReadOnlyDictionary<string, string> Machine, Dictionary<string, Comparison[]> Rows, IReadOnlyList<string> Omitted);

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
