using System.Diagnostics;

namespace Mina.Host.Tests;

/// <summary>The real <c>mina</c> in a process of its own, as a user starts it.</summary>
internal sealed class MinaProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private MinaProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public static MinaProcess Start(string workingDirectory, params string[] arguments) => StartWith([], workingDirectory, arguments);

    /// <summary>Starts it with settings from the environment.</summary>
    public static MinaProcess StartWith(Dictionary<string, string> environment, string workingDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What it keeps is the test's, and not the user's.
        start.Environment["XDG_STATE_HOME"] = workingDirectory;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "mina.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return new MinaProcess(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start"));
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<MinaResult> RunAsync(string workingDirectory, params string[] arguments)
    {
        using var process = Start(workingDirectory, arguments);
        return await process.WaitAsync();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>SIGKILL: no handler runs.</summary>
    public void Kill() => _process.Kill();

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Process.Start("kill", ["-INT", _process.Id.ToString()]).WaitForExit();

    public async Task<MinaResult> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return new MinaResult(_process.ExitCode, await _output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}

internal sealed record MinaResult(int ExitCode, string Output, string Error)
{
    public MinaResult ShouldSucceed() =>
        ExitCode == 0 ? this : throw new Xunit.Sdk.XunitException($"exit code {ExitCode}\nstdout:\n{Output}\nstderr:\n{Error}");
}

/// <summary>Where things are on this machine.</summary>
internal static class Places
{
    /// <summary>The repository's root: the folder with Mina.sln.</summary>
    public static string Repository { get; } = Up(AppContext.BaseDirectory, folder => File.Exists(Path.Combine(folder, "Mina.sln")))
        ?? throw new InvalidOperationException("Mina.sln is not above the tests");

    /// <summary>The simulated recordings that the repository holds.</summary>
    public static string DataRaw => Path.Combine(Repository, "data", "raw");

    /// <summary>The folder with real recordings beside the repository, or null.</summary>
    public static string? Shared { get; } = Path.GetDirectoryName(Repository) is { } above && File.Exists(Path.Combine(above, "shared", "DESIGN.md"))
        ? Path.Combine(above, "shared")
        : null;

    private static string? Up(string folder, Func<string, bool> found)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (found(at.FullName))
                return at.FullName;
        }

        return null;
    }
}
