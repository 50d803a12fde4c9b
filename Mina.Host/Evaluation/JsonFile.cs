using System.Text.Json;

namespace Mina.Host.Evaluation;

/// <summary>What the JSON files of evaluations share.</summary>
internal static class JsonFile
{
    /// <summary>Writes the file, as a whole or not at all, and makes the folders that are missing.</summary>
    public static void Save(string path, Action<Stream> write)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(directory);
        var temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
        using (var stream = File.Create(temporary))
            write(stream);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>A number, or null where it is undefined.</summary>
    public static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
