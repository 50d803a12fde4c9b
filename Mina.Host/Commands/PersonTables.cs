using System.CommandLine;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Labels;

namespace Mina.Host.Commands;

/// <summary><c>--persons</c>: the person of each recording, from a table or a folder with a table for each data set.</summary>
internal static class PersonTables
{
    /// <summary>The option.</summary>
    /// <param name="condition">The beginning of the description, such as "With --recordings, "; or empty.</param>
    /// <param name="purpose">The purpose of the option, after "which".</param>
    public static Option<string?> Option(string condition, string purpose) => new("--persons")
    {
        Description = CommonOptions.Describe(condition, $"the person of each recording, which {purpose}: a csv of id,person, ")
            + "or a folder with one for each folder of recordings, by its name (mitdb.csv). "
            + "Default: groups.csv beside the recordings, else the persons in their headers.",
    };

    /// <summary>The table for the recordings at a path, or null if no table covers them.</summary>
    /// <param name="persons">The option's value.</param>
    /// <param name="path">The recordings.</param>
    /// <exception cref="ProblemException">There is no such file, or it has a bad line.</exception>
    public static GroupTable? Find(string? persons, string path) => InFolder(persons, SetOf(path)) ?? GroupTable.FindBeside(path);

    /// <summary>The table for a data set, or null if no table covers it.</summary>
    /// <param name="persons">The option's value.</param>
    /// <param name="set">The data set's name.</param>
    /// <exception cref="ProblemException">There is no such file, or it has a bad line.</exception>
    public static GroupTable? InFolder(string? persons, string set)
    {
        if (persons is null)
            return null;
        if (!Directory.Exists(persons))
            return GroupTable.Load(persons);
        var file = Path.Combine(persons, $"{set}.csv");
        return File.Exists(file) ? GroupTable.Load(file) : null;
    }

    /// <summary>The name of the data set at a path: the name of the folder or the file.</summary>
    public static string SetOf(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return File.Exists(path) ? Path.GetFileNameWithoutExtension(name) : name;
    }
}
