using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Mina.Host.Tests.Architecture;

/// <summary>What an assembly names of others, as its metadata says it: a name in unused code counts too.</summary>
internal sealed class AssemblyReferences
{
    private AssemblyReferences(string assembly, HashSet<string> assemblies, HashSet<string> types, HashSet<string> members) =>
        (Assembly, Assemblies, Types, Members) = (assembly, assemblies, types, members);

    /// <summary>The assembly's own name.</summary>
    public string Assembly { get; }

    /// <summary>Assemblies that it references.</summary>
    public IReadOnlySet<string> Assemblies { get; }

    /// <summary>Full names of types of other assemblies: <c>System.IO.File</c>.</summary>
    public IReadOnlySet<string> Types { get; }

    /// <summary>Members of those: <c>System.DateTime.get_Now</c>.</summary>
    public IReadOnlySet<string> Members { get; }

    /// <summary>Reads the assembly of this name, which lies beside the tests.</summary>
    public static AssemblyReferences Read(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"));
        using var executable = new PEReader(file);
        var metadata = executable.GetMetadataReader();
        var types = new Dictionary<TypeReferenceHandle, string>();
        foreach (var handle in metadata.TypeReferences)
            types[handle] = FullName(metadata, handle);
        var members = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => $"{types[(TypeReferenceHandle)member.Parent]}.{metadata.GetString(member.Name)}");
        var assemblies = metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name));
        return new AssemblyReferences(assembly, [.. assemblies], [.. types.Values], [.. members]);
    }

    /// <summary>What of this it names: types and members by their full name, namespaces with a dot and a star at the end.</summary>
    public IEnumerable<string> Named(params IEnumerable<string> patterns) =>
        patterns.SelectMany(pattern => pattern.EndsWith(".*", StringComparison.Ordinal)
            ? Types.Where(type => type.StartsWith(pattern[..^1], StringComparison.Ordinal))
            : Types.Concat(Members).Where(name => name == pattern));

    private static string FullName(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
            return $"{FullName(metadata, (TypeReferenceHandle)type.ResolutionScope)}.{name}";
        var space = metadata.GetString(type.Namespace);
        return space.Length == 0 ? name : $"{space}.{name}";
    }
}
