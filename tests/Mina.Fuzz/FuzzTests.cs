using Xunit;

namespace Mina.Fuzz;

/// <summary>Some thousands of changed inputs a parser, the same each time; hours of others are a command (README).</summary>
public sealed class FuzzTests
{
    private const ulong Seed = 16;

    // So that each target takes a second or two: lives of streams and zips are slow, lines of text are fast.
    private static readonly Dictionary<string, int> Inputs = new()
    {
        ["stream"] = 60,
        ["zip"] = 1500,
        ["records"] = 3000,
        ["snapshot"] = 3000,
        ["wfdb-record"] = 3000,
    };

    public static TheoryData<string> Names => new(Targets.All.Select(target => target.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Changed_inputs_break_nothing(string name)
    {
        var inputs = Inputs.GetValueOrDefault(name, 10_000);
        var result = Fuzzer.Run(Find(name), Seed, done => done < inputs);
        Assert.True(
            result.Found.Count == 0,
            $"{name}, seed {Seed}: " + string.Join("\n\n", result.Found.Select(found => $"{Convert.ToBase64String(found.Input)}\n{found.Fault}")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_broke_a_parser_once_breaks_it_no_more(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Found", name);
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
            Assert.True(Fuzzer.Check(Find(name), File.ReadAllBytes(file)) is null, file);
    }

    private static FuzzTarget Find(string name) => Targets.All.Single(target => target.Name == name);
}
