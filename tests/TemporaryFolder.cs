using System.Security.Cryptography;
using System.Text;

namespace Mina.Tests;

/// <summary>A test's own folder, which is deleted when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mina-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>The SHA-256 of all files below a folder, by their relative paths.</summary>
    public static SortedDictionary<string, string> Contents(string directory)
    {
        var contents = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
            contents[System.IO.Path.GetRelativePath(directory, file)] = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        return contents;
    }

    /// <summary>Writes a file of UTF-8 text, and the folders that its name has.</summary>
    /// <returns>The full path of the file.</returns>
    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file, and the folders that its name has.</summary>
    /// <returns>The full path of the file.</returns>
    public string Write(string name, byte[] bytes)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
