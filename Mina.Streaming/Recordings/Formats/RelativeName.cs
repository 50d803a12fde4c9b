using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>Names of files that other files give: they may lead into folders below, and never out of the folder that they are given in.</summary>
internal static class RelativeName
{
    /// <summary>Whether a name is one of a file beside or below the file that names it: <c>100.dat</c>, <c>a/b/100.dat</c>.</summary>
    public static bool IsInside(string name) =>
        PlainText.IsPlain(name) && !name.AsSpan().ContainsAny('\\', ':') && name.Split('/').All(part => part.Length > 0 && part[0] != '.');
}
