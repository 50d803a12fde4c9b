using System.Reflection;

namespace Mina.Host.Shell;

/// <summary>The version that <c>mina --version</c> prints.</summary>
internal static class ProductVersion
{
    /// <summary>Version and commit: <c>0.1.0+c052ca1...</c>.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
