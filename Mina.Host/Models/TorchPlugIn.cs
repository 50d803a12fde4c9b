using System.Reflection;
using System.Runtime.Loader;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Models;

/// <summary>
/// Loads the TorchSharp engine. It is 475 MB and therefore no part of the program. When a command needs it, it is loaded from the folder
/// <c>torch</c> beside the program or from the folder that the environment variable MINA_TORCH names.
/// </summary>
internal static class TorchPlugIn
{
    private const string File = "Mina.Model.Torch.dll";

    /// <summary>Adds the engine to the catalog without loading it.</summary>
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

    /// <summary>
    /// The plug-in's load context. It shares the assemblies of the program, so that the types of the seam are the same, and takes all others from
    /// the plug-in's folder.
    /// </summary>
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
