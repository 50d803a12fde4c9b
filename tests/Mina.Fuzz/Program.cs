using System.Globalization;
using System.Security.Cryptography;

namespace Mina.Fuzz;

/// <summary><c>dotnet run --project tests/Mina.Fuzz -- TARGET --seconds N --seed S</c>: fuzzes a target, or all of them.</summary>
internal static class Program
{
    private const string Usage = "usage: TARGET|all [--seconds N] [--seed S] [--found FOLDER], or: replay TARGET FILE...";

    public static int Main(string[] args)
    {
        if (args.Length >= 3 && args[0] == "replay" && Find(args[1]) is { } replayed)
            return args[2..].Sum(file => Replay(replayed, file)) == 0 ? 0 : 1;
        if (args.Length == 0 || (args[0] != "all" && Find(args[0]) is null))
        {
            Console.Error.WriteLine($"{Usage}\ntargets: {string.Join(", ", Targets.All.Select(target => target.Name))}");
            return 2;
        }

        var seconds = double.Parse(Option(args, "--seconds") ?? "60", CultureInfo.InvariantCulture);
        var seed = Option(args, "--seed") is { } given ? ulong.Parse(given, CultureInfo.InvariantCulture) : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        var folder = Option(args, "--found") ?? "found";
        var faults = 0;
        foreach (var target in Targets.All.Where(target => args[0] == "all" || target.Name == args[0]))
            faults += Fuzz(target, seed, TimeSpan.FromSeconds(seconds), folder);
        return faults == 0 ? 0 : 1;
    }

    private static int Fuzz(FuzzTarget target, ulong seed, TimeSpan length, string folder)
    {
        Console.WriteLine($"{target.Name}: seed {seed}");
        var end = DateTime.UtcNow + length;
        var result = Fuzzer.Run(
            target,
            seed,
            _ => DateTime.UtcNow < end,
            (input, taken) => Console.WriteLine($"  slow: {taken.TotalSeconds:0.0} s, {Keep(target, folder, input)}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {result.Inputs:N0} inputs, {result.Found.Count} kinds of faults"));
        foreach (var (input, fault) in result.Found)
            Console.WriteLine($"  {Keep(target, folder, input)}: {fault}");
        return result.Found.Count;
    }

    private static int Replay(FuzzTarget target, string file)
    {
        var fault = Fuzzer.Check(target, File.ReadAllBytes(file));
        Console.WriteLine($"{file}: {fault?.ToString() ?? "nothing"}");
        return fault is null ? 0 : 1;
    }

    private static string Keep(FuzzTarget target, string folder, byte[] input)
    {
        var path = Path.Combine(folder, target.Name, Convert.ToHexStringLower(SHA256.HashData(input))[..12]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, input);
        return path;
    }

    private static FuzzTarget? Find(string name) => Targets.All.FirstOrDefault(target => target.Name == name);

    private static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
