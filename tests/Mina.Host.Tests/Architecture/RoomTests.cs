using Xunit;

namespace Mina.Host.Tests.Architecture;

/// <summary>The rooms know each other in one direction only, and none names what its README says it never does.</summary>
public sealed class RoomTests
{
    private const string Preprocess = "Mina.Preprocess";
    private const string Streaming = "Mina.Streaming";
    private const string Model = "Mina.Model";
    private const string Host = "mina";

    private static readonly string[] Rooms = [Preprocess, Streaming, Model, Host];

    private const string File = "System.IO.File";

    private static readonly string[] Files =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.StreamReader",
        "System.IO.StreamWriter",
    ];

    private static readonly string[] Clock =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Diagnostics.Stopwatch", "System.TimeProvider", "System.Threading.Timer",
    ];

    private static readonly string[] Threads =
    [
        "System.Threading.Thread", "System.Threading.ThreadPool", "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.Parallel",
    ];

    private static readonly string[] Randomness = ["System.Random", "System.Guid.NewGuid", "System.Security.Cryptography.RandomNumberGenerator"];

    private static readonly string[] Network = ["System.Net.*", "MQTTnet.*"];

    private static readonly string[] CommandLine = ["System.Console", "System.CommandLine.*", "Spectre.*", "System.Environment.Exit"];

    private static readonly string[] Web = ["Microsoft.AspNetCore.*", "Microsoft.Extensions.*", "MudBlazor.*"];

    private static readonly string[] Vectors =
    [
        "System.Numerics.Vector", "System.Numerics.Vector`1", "System.Numerics.Tensors.*", "System.Runtime.Intrinsics.*",
    ];

    private static readonly string[] DataFormats = ["Parquet.*", "CsvHelper.*", "System.IO.Compression.ZipArchive"];

    [Theory]
    [InlineData(Preprocess)]
    [InlineData(Streaming, Preprocess)]
    [InlineData(Model, Preprocess)]
    [InlineData(Host, Preprocess, Streaming, Model)]
    public void A_room_references_only_the_rooms_below_it(string room, params string[] below) =>
        Assert.Subset(below.ToHashSet(), AssemblyReferences.Read(room).Assemblies.Where(Rooms.Contains).ToHashSet());

    [Fact]
    public void Preprocessing_names_no_files_clock_threads_randomness_network_or_console() =>
        AssertNamesNone(Preprocess, [.. Files, .. Clock, .. Threads, .. Randomness, .. Network, .. CommandLine, .. Web, .. DataFormats]);

    [Fact]
    public void Preprocessing_takes_no_package_but_numerics() =>
        Assert.All(AssemblyReferences.Read(Preprocess).Assemblies, name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    [Fact]
    public void Streaming_names_neither_a_network_that_learns_nor_the_console() =>
        AssertNamesNone(Streaming, ["Mina.Model.*", .. CommandLine, .. Web]);

    [Fact]
    public void The_model_names_no_files_but_its_own_and_no_clock_threads_randomness_network_or_console() =>
        AssertNamesNone(
            Model,
            [
                .. Files.Where(name => name is not (File or "System.IO.FileInfo")), .. Clock, .. Threads, .. Randomness, .. Network, .. CommandLine, .. Web,
                .. DataFormats,
            ]);

    [Fact]
    public void The_only_files_that_the_model_touches_are_the_two_of_a_model_which_it_reads() => Assert.Equal(
        [$"{File}.Exists", $"{File}.ReadAllBytes", $"{File}.ResolveLinkTarget"],
        AssemblyReferences.Read(Model).Members.Where(name => name.StartsWith($"{File}.", StringComparison.Ordinal)).Distinct().Order());

    [Fact]
    public void The_shell_names_no_numerics_and_no_data_format() =>
        AssertNamesNone(Host, [.. Vectors, .. DataFormats]);

    [Theory]
    [InlineData(Preprocess)]
    [InlineData(Streaming)]
    [InlineData(Model)]
    [InlineData(Host)]
    public void No_room_references_TorchSharp_which_is_a_plug_in(string room) =>
        Assert.DoesNotContain(AssemblyReferences.Read(room).Assemblies, name => name.StartsWith("TorchSharp", StringComparison.Ordinal)
            || name == "Mina.Model.Torch");

    [Fact]
    public void The_references_of_an_assembly_are_read_from_its_metadata()
    {
        var host = AssemblyReferences.Read(Host);
        Assert.NotEmpty(host.Named("System.CommandLine.*"));
        Assert.NotEmpty(host.Named("System.Console"));
        Assert.Contains("System.Console.get_Error", host.Members);
    }

    private static void AssertNamesNone(string room, IEnumerable<string> never)
    {
        var named = AssemblyReferences.Read(room).Named(never).Distinct().ToList();
        Assert.True(named.Count == 0, $"{room} names {string.Join(", ", named)}, which its README says it never does");
    }
}
