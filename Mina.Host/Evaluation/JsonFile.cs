using System.Text.Json;
using Mina.Streaming.Files;

namespace Mina.Host.Evaluation;

/// <summary>What the JSON files of evaluations share.</summary>
internal static class JsonFile
{
    /// <summary>Writes the file, as a whole or not at all, and makes the folders that are missing.</summary>
    public static void Save(string path, Action<Stream> write)
    {
        using var json = new MemoryStream();
        write(json);
        WholeFile.Write(path, json.ToArray());
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
