using System.CommandLine;

namespace Mina.Host.Shell;

/// <summary>The command line: one command a file in Commands/.</summary>
public static class CommandLine
{
    /// <summary>Parses and runs. A wrong input ends with one sentence on stderr and a non-zero exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Mina: from raw ECG recordings to a trained atrial-fibrillation detector (MINA, IJCAI 2019).");
        // The Generic Host handles Ctrl-C and SIGTERM.
        return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
    }

    /// <summary>Runs a command's job on the Generic Host and turns what went wrong into one sentence and an exit code.</summary>
    public static async Task<int> RunJobAsync(Func<CancellationToken, Task<int>> job)
    {
        try
        {
            return await JobHost.RunAsync(job).ConfigureAwait(false);
        }
        catch (UserException e)
        {
            await Console.Error.WriteLineAsync($"mina: {e.Message}").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("mina: stopped.").ConfigureAwait(false);
            return ExitCodes.Stopped;
        }
    }
}
