using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Xunit;

namespace Mina.Host.Tests.Packages;

/// <summary>The libraries' public surface changes only on purpose: tests/PublicApi holds it as text.</summary>
public sealed class PublicApiTests
{
    /// <summary>Set it to 1 to write the files again after a change that is meant.</summary>
    private const string Renew = "MINA_WRITE_PUBLIC_API";

    public static TheoryData<Type> Libraries => [typeof(Preprocessor), typeof(ShardSet), typeof(Classifier)];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_surface_of_a_library_is_the_one_on_file(Type oneOfIts)
    {
        var name = oneOfIts.Assembly.GetName().Name;
        var path = Path.Combine(Places.Repository, "tests", "PublicApi", $"{name}.txt");
        var surface = PublicSurface.Write(oneOfIts.Assembly);
        if (Environment.GetEnvironmentVariable(Renew) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, surface);
        }

        var kept = File.Exists(path) ? File.ReadAllText(path) : "";
        var added = surface.Split('\n').Except(kept.Split('\n')).Select(line => $"+ {line}");
        var removed = kept.Split('\n').Except(surface.Split('\n')).Select(line => $"- {line}");
        Assert.True(
            surface == kept,
            $"the public surface of {name} is not that of tests/PublicApi/{name}.txt; if that is meant, run this test once with {Renew}=1 and commit the "
                + $"file:\n"
            + string.Join('\n', added.Concat(removed).Take(40)));
    }
}
