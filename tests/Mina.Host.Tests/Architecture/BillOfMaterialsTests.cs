using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Mina.Host.Tests.Architecture;

/// <summary>The list of packages that <c>dotnet publish</c> writes beside the program.</summary>
public sealed class BillOfMaterialsTests
{
    [Fact]
    public async Task The_bill_of_materials_names_each_package_of_the_program_with_its_version_and_hash()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Path.Combine(Places.Repository, "Mina.Host"),
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "msbuild", "-target:WriteBillOfMaterials", $"-property:PublishDir={folder.Path}{Path.DirectorySeparatorChar}", "-nodeReuse:false",
            },
        };
        using var build = Process.Start(start)!;
        var output = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        Assert.True(build.ExitCode == 0, output);

        using var bill = JsonDocument.Parse(await File.ReadAllTextAsync(folder["mina.cdx.json"]));
        Assert.Equal("CycloneDX", bill.RootElement.GetProperty("bomFormat").GetString());
        var listed = bill.RootElement.GetProperty("components").EnumerateArray().Where(component => component.TryGetProperty("hashes", out _))
            .Select(component => $"{component.GetProperty("name").GetString()} {component.GetProperty("version").GetString()}").ToHashSet();
        using var locked = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Places.Repository, "Mina.Host", "packages.lock.json")));
        var packages = locked.RootElement.GetProperty("dependencies").EnumerateObject().First().Value.EnumerateObject()
            .Where(package => package.Value.TryGetProperty("resolved", out _))
            .Select(package => $"{package.Name} {package.Value.GetProperty("resolved").GetString()}").ToList();
        Assert.NotEmpty(packages);
        Assert.Empty(packages.Except(listed, StringComparer.OrdinalIgnoreCase));
    }
}
