using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>The real data sets, in <c>shared/</c> beside the repository where a machine has them. Never committed.</summary>
internal static class SharedData
{
    /// <summary>A path under <c>shared/</c>; skips the test where there is none.</summary>
    public static string PathOf(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.FullName, "shared");
            if (File.Exists(Path.Combine(shared, "DESIGN.md"))) return Path.Combine([shared, .. parts]);
        }

        throw new SkipException("the real recordings (../shared) are not on this machine");
    }
}
