using System.CommandLine;
using System.Globalization;
using Mina.Host.Models;
using Mina.Host.Shell;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Shards;

namespace Mina.Host.Commands;

/// <summary><c>mina verify SHARDS|MODEL</c>: checks that files are, bit for bit, those that were written.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Folders of shards (ingest) or of models (train).",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("verify", "Compare every file of shards or models with the hash that was written with it, and name each that differs.")
        {
            paths,
        };
        command.SetAction(parsed => CommandLine.RunJobAsync(async stop =>
        {
            var faults = 0;
            foreach (var path in parsed.GetRequiredValue(paths))
                faults += await RunAsync(Path.GetFullPath(path), stop).ConfigureAwait(false);
            return faults == 0 ? ExitCodes.Done : ExitCodes.Failed;
        }));
        return command;
    }

    /// <summary>Verifies what a folder holds.</summary>
    /// <returns>The number of files that are not what they should be.</returns>
    private static async Task<int> RunAsync(string path, CancellationToken stop)
    {
        var model = new ModelDirectory(path);
        var isShards = File.Exists(Path.Combine(path, ShardSettings.FileName));
        var isModel = File.Exists(model.Info) || File.Exists(model.Weights);
        if (!isShards && !isModel)
        {
            throw new ProblemException(
                $"{path} holds neither shards ({ShardSettings.FileName}) nor a model ({ModelFiles.InfoName}); give a folder that ingest or train wrote.");
        }

        return (isShards ? await VerifyShardsAsync(path, stop).ConfigureAwait(false) : 0) + (isModel ? VerifyModel(model) : 0);
    }

    private static async Task<int> VerifyShardsAsync(string path, CancellationToken stop)
    {
        var found = await ProgressView.RunAsync("verify", TimeProvider.System, report => Task.FromResult(ShardVerification.Run(
            path,
            (done, total) => report(new ProgressState(done, total, string.Create(CultureInfo.InvariantCulture, $"{done / 1e6:N0} MB"))),
            stop))).ConfigureAwait(false);
        foreach (var fault in found.Faults)
            Report(fault);
        foreach (var name in found.Unlisted)
            Note($"{name} in {path} is not listed in {Manifest.FileName}, so nothing reads it.");
        if (found.Faults.Count == 0)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{path}: {found.Shards:N0} shards, {found.Bytes / 1e6:N1} MB, each as it was written"));
        }

        return found.Faults.Count;
    }

    private static int VerifyModel(ModelDirectory model)
    {
        var faults = 0;
        if (ReadOrReport(() => ModelFiles.Read(model.Path)) is { } stored)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{model.Path}: {stored.Info.Network}, {stored.Weights.Length:N0} weights, as they were written"));
            if (!ModelFiles.IsSealed(model.Path))
                NoteUnsealed(ModelFiles.InfoName);
        }

        if (RhythmFiles.ExistIn(model.Path) && ReadOrReport(() => RhythmFiles.Read(model.Path)) is not null)
            ReportLevel("rhythm level", RhythmFiles.InfoName, RhythmFiles.IsSealed(model.Path));
        if (RecordingLevelFiles.ExistIn(model.Path) && ReadOrReport(() => RecordingLevelFiles.Read(model.Path)) is not null)
            ReportLevel("recording level", RecordingLevelFiles.Name, RecordingLevelFiles.IsSealed(model.Path));
        ReadOrReport(() => TrainedOnFiles.OfNetwork(model.Path));
        ReadOrReport(() => TrainedOnFiles.OfRhythm(model.Path));
        if (File.Exists(model.Checkpoint))
            ReadOrReport(model.LoadCheckpoint);
        return faults;

        void ReportLevel(string level, string file, bool isSealed)
        {
            if (isSealed)
                Console.WriteLine($"{model.Path}: {level}, as it was written");
            else
                NoteUnsealed(file);
        }

        void NoteUnsealed(string file) =>
            Note($"{file} in {model.Path} has no hash of its own: it was changed by hand or by an earlier version, and only its form was checked.");

        T? ReadOrReport<T>(Func<T> read)
            where T : class
        {
            try
            {
                return read();
            }
            catch (ProblemException e)
            {
                Report(e.Message);
                faults++;
                return null;
            }
        }
    }

    private static void Report(string sentence) => Console.Error.WriteLine($"mina: {PlainText.Clean(sentence)}");

    private static void Note(string sentence) => Console.WriteLine($"note: {PlainText.Clean(sentence)}");
}
