using System.Xml.Linq;
using Xunit;

namespace Mina.Host.Tests.Packages;

/// <summary>What <c>dotnet pack</c> makes.</summary>
public sealed class PackageTests
{
    [Theory]
    [InlineData("Mina.Preprocess/Mina.Preprocess.csproj")]
    [InlineData("Mina.Streaming/Mina.Streaming.csproj")]
    [InlineData("Mina.Model/Mina.Model.fsproj")]
    [InlineData("Mina.Host/Mina.Host.csproj")]
    public void A_package_has_a_description_and_a_readme(string project)
    {
        var text = XDocument.Load(Path.Combine(Places.Repository, project)).Descendants("Description").Single().Value;
        Assert.InRange(text.Length, 40, 300);
        Assert.True(File.Exists(Path.Combine(Places.Repository, Path.GetDirectoryName(project)!, "README.md")));
    }
}
