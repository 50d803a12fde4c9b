using System.Diagnostics;

namespace Mina.Host.Tests.Samples;

/// <summary>A program of samples/, built beside the tests, or a Python script of it.</summary>
internal static class SampleProgram
{
    /// <summary>A python3 that can import PyTorch. It is null on a machine that has none.</summary>
    public static string? Python { get; } = PythonWith("torch, numpy");

    /// <summary>A python3 that can import these modules. It is null on a machine that has none. Debian's packages belong to /usr/bin/python3.</summary>
    public static string? PythonWith(string modules) => new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(python => Imports(python, modules));

    /// <summary>Whether a Python imports these modules.</summary>
    public static bool Imports(string python, string modules)
    {
        try
        {
            return RunAsync(python, null, "-c", $"import {modules}").GetAwaiter().GetResult().ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>The folder of a sample's sources.</summary>
    public static string Folder(string name) => Path.Combine(Places.Repository, "samples", name);

    /// <summary>Runs a C# sample to its end.</summary>
    public static Task<MinaResult> RunDotnetAsync(string name, params string[] arguments)
    {
        // .../tests/Mina.Host.Tests/bin/Debug/net10.0
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(Folder(name), "bin", output.Parent!.Name, output.Name, $"{name}.dll");
        return RunAsync("dotnet", null, [program, .. arguments]);
    }

    /// <summary>Runs a Python script of samples/Python to its end.</summary>
    /// <param name="modules">A folder of modules that are found before the installed ones; null: none.</param>
    /// <param name="arguments">The script and its arguments.</param>
    public static Task<MinaResult> RunPythonAsync(string? modules, params string[] arguments) => RunAsync(Python!, modules, arguments);

    /// <summary>Runs a program in the repository's folder to its end.</summary>
    /// <param name="program">The program, such as <see cref="Python"/>.</param>
    /// <param name="modules">A folder of Python modules that are found before the installed ones; null: none.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<MinaResult> RunAsync(string program, string? modules, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            program, arguments)
        { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Places.Repository };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        if (modules is not null)
            start.Environment["PYTHONPATH"] = modules;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new MinaResult(process.ExitCode, output, await error);
    }
}
