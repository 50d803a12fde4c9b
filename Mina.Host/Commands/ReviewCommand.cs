using System.CommandLine;
using System.Globalization;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Recordings;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store.Sqlite;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Commands;

/// <summary><c>mina review DIR</c>: the monitor's page on recordings, to say what their episodes were.</summary>
internal static class ReviewCommand
{
    private const int UsualPort = 5080;
    private const string UsualDatabase = "mina-reviews.db";

    public static Command Create()
    {
        var recordings = new Argument<string>("DIR")
        {
            Description = $"A folder of recordings ({RecordingFormats.All.MainExtensions(", ")}), or one recording.",
        };
        var model = CommonOptions.Model();
        var threshold = CommonOptions.Threshold();
        var noRhythm = CommonOptions.NoRhythm();
        var lead = CommonOptions.Lead();
        var fs = CommonOptions.Fs();
        var port = new Option<int>("--port") { Description = "The port of the page on this machine.", DefaultValueFactory = _ => UsualPort };
        var database = new Option<string?>("--database")
        {
            Description = $"The file that keeps every review. Default: {UsualDatabase} beside the recordings.",
            HelpName = "file",
        };
        var command = new Command(
            "review", "Classify recordings, and say on a page what their episodes were. Reviews become annotations (.atr) beside them, which ingest takes.")
        {
            recordings, model, threshold, noRhythm, lead, fs, port, database,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(stop => RunAsync(
            parsed.GetRequiredValue(recordings),
            parsed.DetectorOf(model, threshold, noRhythm),
            parsed.ReadOptionsOf(lead, fs),
            PortOf(parsed.GetValue(port)),
            parsed.GetValue(database),
            stop)));
        return command;
    }

    private static int PortOf(int port) =>
        port is >= 0 and <= 65535 ? port : throw new ProblemException($"--port {port} is no port; give one from 0 (any that is free) to 65535.");

    private static async Task<int> RunAsync(string path, Detector detector, ReadOptions read, int port, string? database, CancellationToken stop)
    {
        using var folder = RecordingFolder.Open(path);
        var file = database ?? Path.Combine(Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!, UsualDatabase);
        await using var store = new SqliteStore(file, TimeProvider.System);
        await store.OpenAsync(stop).ConfigureAwait(false);
        var streams = await ClassifyAsync(folder, detector, read, stop).ConfigureAwait(false);
        if (streams.Count == 0)
            throw new ProblemException($"none of the recordings of {path} can be used.");
        var episodes = streams.Sum(stream => stream.Episodes.Count);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{streams.Count:N0} of {folder.Entries.Count:N0} recordings, {episodes:N0} episodes; reviews are kept in {file}"));
        var rules = new MonitorOptions().RulesAt(detector.Thresholds.Uniform, detector.Rhythm?.Model);
        using var book = new ReviewBook(store, changes => store.WriteAsync(changes), TimeProvider.System);
        using var monitor = new RecordingsMonitor(streams, new RecordingSamples(read), book, new ReviewFiles(), detector, rules);
        await using var app = RecordingsHost.Build(monitor, port);
        await RecordingsHost.RunAsync(app, stop).ConfigureAwait(false);
        return ExitCodes.Done;
    }

    private static async Task<IReadOnlyList<RecordingStream>> ClassifyAsync(
        RecordingFolder folder, Detector detector, ReadOptions read, CancellationToken stop)
    {
        var streams = new Dictionary<string, RecordingStream>(StringComparer.Ordinal);
        var rejections = new List<Rejection>();
        await ProgressView.RunAsync("classify", TimeProvider.System, report =>
        {
            // In the order of the folder, whichever core is done first, so that names are the same every time.
            var classified = folder.Entries.AsParallel().AsOrdered().WithDegreeOfParallelism(Environment.ProcessorCount)
                .WithMergeOptions(ParallelMergeOptions.NotBuffered).WithCancellation(stop)
                .Select(entry => (Stream: RecordingStream.TryClassify(entry, detector, read, out var rejection), Rejection: rejection));
            var done = 0;
            foreach (var (stream, rejection) in classified)
            {
                if (stream is not null)
                    Add(streams, stream);
                else
                    rejections.Add(rejection!);
                done++;
                report(new ProgressState(
                    done, folder.Entries.Count, string.Create(CultureInfo.InvariantCulture, $"{done:N0}/{folder.Entries.Count:N0} recordings")));
            }

            return Task.FromResult(done);
        }).ConfigureAwait(false);
        foreach (var rejection in rejections)
            await Console.Error.WriteLineAsync($"mina: {rejection.Message}").ConfigureAwait(false);
        return [.. streams.Values];
    }

    private static void Add(Dictionary<string, RecordingStream> streams, RecordingStream stream)
    {
        var name = stream.Status.Name;
        for (var i = 2; !streams.TryAdd(name, name == stream.Status.Name ? stream : stream.Named(name)); i++)
            name = $"{stream.Status.Name}-{i.ToString(CultureInfo.InvariantCulture)}";
    }
}
