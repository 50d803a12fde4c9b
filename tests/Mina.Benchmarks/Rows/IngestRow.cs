using System.Diagnostics;
using Mina.Streaming.Files;
using Mina.Streaming.Shards;
using Parquet;

namespace Mina.Benchmarks;

/// <summary><c>mina ingest</c> of real recordings, beside Parquet.Net alone writing as many of the same row groups from memory.</summary>
internal static class IngestRow
{
    /// <summary>Row groups kept in memory to be written over and over: 100 MB.</summary>
    private const int Kept = 32;

    /// <summary>Recordings that ingest is timed on for the scaling picture, and the first of them by threads.</summary>
    private static readonly int[] Counts = [1000, 2000, 4000];

    public static IEnumerable<Comparison> Run(Options options)
    {
        var raw = options.Recordings ?? throw new BenchmarkException("needs --recordings, CinC 2017's unzipped");
        var all = Directory.EnumerateFiles(raw, "*.hea").Count();
        if (options.IngestRecordings > 0)
            all = Math.Min(all, options.IngestRecordings);
        var temporary = Directory.CreateTempSubdirectory("mina-benchmark-");
        try
        {
            var shards = Path.Combine(temporary.FullName, "shards");
            var from = options.IngestRecordings > 0 ? Some(raw, all, temporary) : raw;
            var (seconds, peak) = Ingest(options, from, shards, Environment.ProcessorCount);
            var set = ShardSet.Open(shards);
            var rows = set.Shards.Sum(shard => (long)shard.Rows);
            var bytes = set.Shards.Sum(shard => shard.Bytes);
            var (alone, written) = ParquetAlone(set, rows, Path.Combine(temporary.FullName, "alone"));
            var note = $"{rows:N0} windows; {bytes >> 20:N0} MB of shards by ingest, {written >> 20:N0} MB by Parquet.Net alone, which writes {Kept} of "
                + $"ingest's row groups from memory over and over on one thread, with hash and fsync as ingest; ingest packs row groups on all cores";
            yield return new Comparison(
                "ingest, wall clock",
                "s",
                false,
                "Parquet.Net alone",
                "within 1.5x; aim 1.1x",
                [Figure.From("Parquet.Net alone", [alone]), Figure.From("mina ingest", [seconds])],
                note);
            yield return new Comparison("ingest, peak memory", "MB", false, null, "< 600 MB", [Figure.From("mina ingest", [peak])]);
            yield return new Comparison(
                "share of the packing limit of all cores, ingest",
                "%",
                true,
                null,
                "",
                [Figure.From("mina ingest", [100 * alone / Environment.ProcessorCount / seconds])],
                "ingest can be no faster than Parquet.Net packing the same bytes on every core: levels and zstd; what is left is reading, preprocessing "
                    + "and waiting for the disk");
            Directory.Delete(Path.Combine(temporary.FullName, "alone"), recursive: true);
            Directory.Delete(shards, recursive: true);

            List<Figure> times = [], peaks = [], rates = [];
            foreach (var count in Counts.Where(count => count < all))
            {
                var some = Some(raw, count, temporary);
                var (s, mb) = Ingest(options, some, shards, Environment.ProcessorCount);
                times.Add(Figure.From($"{count:N0}", [s], count));
                peaks.Add(Figure.From($"{count:N0}", [mb], count));
                for (var cores = 1; count == Counts[0] && cores <= Environment.ProcessorCount; cores++)
                {
                    Directory.Delete(shards, recursive: true);
                    var (elapsed, _) = Ingest(options, some, shards, cores);
                    rates.Add(Figure.From($"{cores}", [ShardSet.Open(shards).Shards.Sum(shard => (long)shard.Rows) / elapsed], cores));
                }

                Directory.Delete(shards, recursive: true);
                Directory.Delete(some, recursive: true);
            }

            times.Add(Figure.From($"{all:N0}", [seconds], all));
            peaks.Add(Figure.From($"{all:N0}", [peak], all));
            if (rates.Count > 0)
                yield return new Comparison(
                    "ingest",
                    "windows/s",
                    true,
                    "1",
                    "",
                    rates,
                    $"ingest against threads: {Counts[0]:N0} recordings; on Linux held to as many cores by taskset",
                    "threads");
            yield return new Comparison("ingest, wall clock", "s", false, null, "linear", times, null, "recordings");
            yield return new Comparison("ingest, peak memory", "MB", false, null, "flat", peaks, null, "recordings");
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    /// <summary>Runs <c>mina ingest</c> on so many cores.</summary>
    public static (double Seconds, double PeakMB) Ingest(Options options, string from, string into, int cores)
    {
        var mina = File.Exists(Options.Mina) ? Options.Mina : throw new BenchmarkException($"{Options.Mina} is not there; run 'dotnet build -c Release'");
        string[] labels = options.Labels is { } file ? ["--labels", file] : [];
        string[] arguments = ["ingest", from, "--out", into, "--threads", $"{cores}", .. labels];
        var (seconds, peak, _) = cores < Environment.ProcessorCount && OperatingSystem.IsLinux()
            ? Measure.Command("taskset", ["-c", $"0-{cores - 1}", mina, .. arguments])
            : Measure.Command(mina, arguments);
        return (seconds, peak);
    }

    /// <summary>As many rows, by one Parquet.Net writer a shard on this thread, hashed and brought to the disk as ingest does.</summary>
    private static (double Seconds, long Bytes) ParquetAlone(ShardSet set, long rows, string folder)
    {
        var kept = Read(set);
        Directory.CreateDirectory(folder);
        var bytes = 0L;
        var next = 0;
        var start = Stopwatch.GetTimestamp();
        for (var shard = 0; rows > 0; shard++)
        {
            using var file = DiskFiles.Instance.Create(Path.Combine(folder, $"{shard}.parquet"));
            using var output = new HashingStream(file);
            var parquet = ParquetWriter.CreateAsync(ShardSchema.Schema, output, ShardFormat.WriteOptions()).GetAwaiter().GetResult();
            for (var inShard = 0; inShard < ShardFormat.RowsPerShard && rows > 0;)
            {
                var group = kept[next++ % kept.Count];
                EncodedRowGroup.Write(parquet, group);
                inShard += group.Count;
                rows -= group.Count;
            }

            parquet.DisposeAsync().AsTask().GetAwaiter().GetResult();
            DiskFiles.Instance.Sync(file);
            output.Hash();
            bytes += output.Length;
        }

        return (Stopwatch.GetElapsedTime(start).TotalSeconds, bytes);
    }

    /// <summary>Row groups from all over the set.</summary>
    private static List<RowGroup> Read(ShardSet set)
    {
        var kept = new List<RowGroup>();
        var levels = new int[ShardReader.LevelScratch];
        var step = Math.Max(1, set.Shards.Count / Kept);
        for (var i = 0; i < set.Shards.Count && kept.Count < Kept; i += step)
        {
            using var reader = new ShardReader(ShardDirectory.FullPath(set.Directory, set.Shards[i].Name), set.Settings.Preprocess.Fingerprint, levels);
            for (var group = 0; group < reader.Groups && kept.Count < Kept; group += Math.Max(1, reader.Groups * set.Shards.Count / Kept))
            {
                var rows = new RowGroup(ShardFormat.RowsPerGroup);
                reader.Read(group, rows);
                kept.Add(rows);
            }
        }

        return kept;
    }

    /// <summary>A folder of the first recordings, with labels where there are some beside them.</summary>
    public static string Some(string raw, int count, DirectoryInfo temporary)
    {
        var into = temporary.CreateSubdirectory($"raw-{count}").FullName;
        var ids = Directory.EnumerateFiles(raw, "*.hea").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).Take(count).ToHashSet();
        foreach (var file in Directory.EnumerateFiles(raw))
        {
            if (ids.Contains(Path.GetFileNameWithoutExtension(file)) || Path.GetFileName(file).StartsWith("REFERENCE", StringComparison.Ordinal))
                File.Copy(file, Path.Combine(into, Path.GetFileName(file)));
        }

        return into;
    }
}
