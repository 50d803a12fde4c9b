using System.Globalization;

namespace Mina.Benchmarks;

/// <summary>What the command line says.</summary>
internal sealed record Options
{
    /// <summary>Threads of the training rows; the others use one, or what the commands they run use.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>CinC 2017 recordings as PhysioNet ships them, unzipped; null: the rows that need them are left out.</summary>
    public string? Recordings { get; init; }

    /// <summary>Their labels; null: found beside them.</summary>
    public string? Labels { get; init; }

    /// <summary>Shards for the reading row; null: made of the first recordings.</summary>
    public string? Shards { get; init; }

    /// <summary>A model for the start-up row; null: one with first weights is made.</summary>
    public string? Model { get; init; }

    /// <summary>python_baseline.py; null: not run.</summary>
    public string? Python { get; init; }

    /// <summary>Where the table goes; null: nowhere.</summary>
    public string? Out { get; init; }

    /// <summary>Recordings of the ingest row; 0: all.</summary>
    public int IngestRecordings { get; init; }

    /// <summary>Numbers of streams of the monitor row, one run each.</summary>
    public IReadOnlyList<int> MonitorStreams { get; init; } = [200, 1500];

    /// <summary>Seconds of each of its runs.</summary>
    public int MonitorSeconds { get; init; } = 300;

    /// <summary>Seconds over which the streams of the monitor row begin; devices of a ward are not switched on in the same one. 0: all in one.</summary>
    public int MonitorSpread { get; init; } = 5;

    /// <summary>Streams that share a connection in the monitor row: 100 as of a gateway, 1 as of devices of their own.</summary>
    public int MonitorSharing { get; init; } = MonitorLoad.StreamsAConnection;

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The command that a Release build left.</summary>
    public static string Mina => Path.Combine(Root, "Mina.Host", "bin", "Release", "net10.0", OperatingSystem.IsWindows() ? "mina.exe" : "mina");

    /// <summary>Parses; whatever stands beside the repository in ../shared is the default.</summary>
    public static Options Parse(string[] args)
    {
        var shared = Path.Combine(Root, "..", "shared");
        var python = Path.Combine(shared, "reference", "python_baseline.py");
        var labels = Path.Combine(shared, "cinc2017", "REFERENCE-v3.csv");
        var options = new Options
        {
            Python = File.Exists(python) ? Path.GetFullPath(python) : null,
            Labels = File.Exists(labels) ? Path.GetFullPath(labels) : null,
        };
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length)
                throw new BenchmarkException($"{args[i]} needs a value");
            var value = args[i + 1];
            options = args[i] switch
            {
                "--threads" => options with { Threads = Number(value) },
                "--recordings" => options with { Recordings = Path.GetFullPath(value) },
                "--labels" => options with { Labels = Path.GetFullPath(value) },
                "--shards" => options with { Shards = Path.GetFullPath(value) },
                "--model" => options with { Model = Path.GetFullPath(value) },
                "--python" => options with { Python = Path.GetFullPath(value) },
                "--out" => options with { Out = Path.GetFullPath(value) },
                "--ingest" => options with { IngestRecordings = Number(value) },
                "--streams" => options with { MonitorStreams = [.. value.Split(',').Select(Number)] },
                "--seconds" => options with { MonitorSeconds = Number(value) },
                "--sharing" => options with { MonitorSharing = Number(value) },
                "--spread" => options with { MonitorSpread = Number(value) },
                _ => throw new BenchmarkException($"{args[i]} is no option; see --help"),
            };
        }

        return options;
    }

    private static int Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : throw new BenchmarkException($"{value} is no whole number");

    private static string FindRoot()
    {
        for (var dir = new DirectoryInfo(AppContext.BaseDirectory); dir is not null; dir = dir.Parent)
        {
            if (File.Exists(Path.Combine(dir.FullName, "Mina.sln")))
                return dir.FullName;
        }

        throw new BenchmarkException("the benchmarks must run inside the repository");
    }
}
