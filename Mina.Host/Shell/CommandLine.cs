using System.CommandLine;
using Mina.Host.Commands;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Spectre.Console;

namespace Mina.Host.Shell;

/// <summary>The command line. Each command is a file in Commands/.</summary>
public static class CommandLine
{
    private const int PipeWidth = 240;

    /// <summary>Parses and runs. A wrong input ends with one sentence on stderr and a non-zero exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        // A pipe or a log has no width at which a table would be wrapped.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = PipeWidth;
        var root = new RootCommand("Mina: from raw ECG recordings to a trained atrial-fibrillation detector (MINA, IJCAI 2019).")
        {
            SimulateCommand.Create(),
            IngestCommand.Create(),
            VerifyCommand.Create(),
            TrainCommand.Create(),
            TrainRhythmCommand.Create(),
            TrainRecordingsCommand.Create(),
            CalibrateCommand.Create(),
            EvaluateCommand.Create(),
            CompareCommand.Create(),
            ScoreCommand.Create(),
            RobustnessCommand.Create(),
            ClassifyCommand.Create(),
            ExplainCommand.Create(),
            MonitorCommand.Create(),
            TokenCommand.Create(),
            ReplayCommand.Create(),
            ReviewCommand.Create(),
            ReportCommand.Create(),
            InspectCommand.Create(),
            ConvertCommand.Create(),
            ExportCommand.Create(),
        };

        if (Misspellings.Find(root, args) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"mina: {PlainText.Clean(unknown)}").ConfigureAwait(false);
            return ExitCodes.Failed;
        }

        // The Generic Host handles Ctrl-C and SIGTERM.
        return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false })
            .ConfigureAwait(false);
    }

    /// <summary>Runs a command's job on the Generic Host, and turns a failure into one sentence and an exit code.</summary>
    public static Task<int> RunJobAsync(Func<CancellationToken, Task<int>> job) => RunGuardedAsync(() => JobHost.RunAsync(job));

    /// <summary>Runs a job that has its own host, and turns a failure into one sentence and an exit code.</summary>
    public static async Task<int> RunGuardedAsync(Func<Task<int>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("mina: stopped.").ConfigureAwait(false);
            return ExitCodes.Stopped;
        }
        catch (Exception e) when (Sentence(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync($"mina: {PlainText.Clean(sentence, keep: "\n\t")}").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
    }

    /// <summary>The sentence for the user where an exception is not a bug; null where it is one.</summary>
    private static string? Sentence(Exception e) => e switch
    {
        ProblemException => e.Message,
        IOException or UnauthorizedAccessException => e.Message,
        _ => null,
    };
}
