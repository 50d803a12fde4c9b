using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Streaming.Recordings.Labels;

/// <summary>
/// The table of the China Physiological Signal Challenge 2018: up to three classes a recording, numbered 1 to 9, of which 1 is normal and 2 atrial
/// fibrillation. AF among them is AF; normal alone is Normal; all else is Other.
/// </summary>
internal static class Cpsc2018Reference
{
    private const string FirstLabel = "First_label";
    private const int Normal = 1;
    private const int AtrialFibrillation = 2;
    private const int MaxClass = 9;
    private const string Expected = "it should be 1 to 9, as CPSC 2018 numbers them";

    /// <summary>Whether a text's first line names the columns of that table.</summary>
    public static bool IsOne(string text)
    {
        var line = text.AsSpan();
        line = line[..(line.IndexOf('\n') is var end and >= 0 ? end : line.Length)];
        return line.Contains($",{FirstLabel}", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The same table as lines of <c>id,label</c>; each line keeps its number.</summary>
    /// <param name="location">The file, for messages.</param>
    /// <param name="text">Its whole text.</param>
    /// <exception cref="ProblemException">A line has no class, or one that is not 1 to 9.</exception>
    public static string ToLabels(string location, string text)
    {
        var (labels, number) = (new StringBuilder(), 0);
        foreach (var line in text.Split('\n'))
        {
            number++;
            var cells = line.Trim().Split(',', StringSplitOptions.TrimEntries);
            if (number == 1) labels.Append("id,label");
            else if (cells[0].Length > 0) labels.Append(cells[0]).Append(',').Append(CodeOf(location, number, cells[1..]));
            labels.Append('\n');
        }

        return labels.ToString();
    }

    private static string CodeOf(string location, int number, string[] cells)
    {
        var classes = new List<int>();
        foreach (var cell in cells.Where(cell => cell.Length > 0))
        {
            if (!Numbers.TryInt(cell, out var value) || value is < 1 or > MaxClass)
                throw new ProblemException($"{location}, line {number}: '{Quote.Short(cell)}' is no class; {Expected}");
            classes.Add(value);
        }

        if (classes.Count == 0) throw new ProblemException($"{location}, line {number}: there is no class; {Expected}");
        var label = classes.Contains(AtrialFibrillation) ? Label.AF : classes.All(value => value == Normal) ? Label.Normal : Label.Other;
        return Preprocess.Labels.CodeOf(label);
    }
}
