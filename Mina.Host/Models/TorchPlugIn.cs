using System.Reflection;
using System.Runtime.Loader;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Models;

/// <summary>
/// The TorchSharp engine, which is 475 MB and therefore no part of the program: it is loaded when a command asks for it, from the folder
/// <c>torch</c> beside the program or from the one that the environment variable MINA_TORCH names.
/// </summary>
internal static class TorchPlugIn
{
    private const string File = "Mina.Model.Torch.dll";

    /// <summary>Makes the engine known; loads nothing yet.</summary>
    public static void Register() => NetworkCatalog.AddPlugIn("torch", Load);

    /// <summary>Loads the engine; null when it is not installed.</summary>
    private static INetworkEngine? Load()
    {
        var named = Environment.GetEnvironmentVariable("MINA_TORCH");
        var path = Path.GetFullPath(Path.Combine(named ?? Path.Combine(AppContext.BaseDirectory, "torch"), File));
        if (!System.IO.File.Exists(path))
            return named is null ? null
                : throw new ProblemException(
                    $"MINA_TORCH names {named}, which holds no {File}; build Mina.Model/Torch and name its output folder, or unset MINA_TORCH.");
        try
        {
            var type = new Context(path).LoadFromAssemblyPath(path).GetExportedTypes()
                .First(type => !type.IsAbstract && typeof(INetworkEngine).IsAssignableFrom(type));
            return (INetworkEngine?)Activator.CreateInstance(type);
        }
        catch (Exception e) when (e is TargetInvocationException or TypeLoadException or BadImageFormatException or FileLoadException or DllNotFoundException)
        {
            throw new ProblemException($"the torch engine in {Path.GetDirectoryName(path)} cannot be loaded: {(e.InnerException ?? e).Message}");
        }
    }

    /// <summary>Shares with the program what the program has, so that the seam's types are the same; the rest comes from the plug-in's folder.</summary>
    private sealed class Context(string path) : AssemblyLoadContext("torch")
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            try
            {
                return Default.LoadFromAssemblyName(assemblyName);
            }
            catch (FileNotFoundException)
            {
                return _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
            }
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
    }
}
