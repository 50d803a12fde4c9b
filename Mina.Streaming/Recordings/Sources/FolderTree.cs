namespace Mina.Streaming.Recordings.Sources;

/// <summary>
/// The folders below a folder. A symbolic link to a folder is followed unless its target is listed already, or holds the folder that is
/// being listed: so links that lead back up end, and each file is found once, by its own path rather than a link's.
/// </summary>
internal static class FolderTree
{
    private const int MaxLinks = 40;

    /// <summary>Lists the folder itself and all folders below it.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="options">Which folders count.</param>
    /// <returns>Each folder with its path relative to <paramref name="root"/>: '/' between names, empty for the folder itself.</returns>
    public static IEnumerable<(string Path, DirectoryInfo Folder)> Walk(string root, EnumerationOptions options)
    {
        var realRoot = RealPath(Path.GetFullPath(root)) ?? Path.GetFullPath(root);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var folders = new Stack<(string Path, string Real)>([("", realRoot)]);
        var links = new Queue<(string Path, string Link)>();
        while (folders.Count > 0 || links.Count > 0)
        {
            // Links wait until the folders that are there by themselves have been listed.
            if (folders.Count == 0 && !TryFollow(links.Dequeue(), realRoot, folders)) continue;
            var (path, real) = folders.Pop();
            if (!seen.Add(real)) continue;
            var folder = new DirectoryInfo(real);
            yield return (path, folder);
            foreach (var inner in Inside(folder, options, isRoot: path.Length == 0).OrderBy(inner => inner.Name, StringComparer.Ordinal))
            {
                var innerPath = path.Length == 0 ? inner.Name : $"{path}/{inner.Name}";
                if ((inner.Attributes & FileAttributes.ReparsePoint) != 0) links.Enqueue((innerPath, inner.FullName));
                else folders.Push((innerPath, inner.FullName));
            }
        }
    }

    private static bool TryFollow((string Path, string Link) link, string realRoot, Stack<(string Path, string Real)> folders)
    {
        if (RealPath(link.Link) is not { } real || !Directory.Exists(real) || IsWithin(realRoot, real)) return false;
        folders.Push((link.Path, real));
        return true;
    }

    private static List<DirectoryInfo> Inside(DirectoryInfo folder, EnumerationOptions options, bool isRoot)
    {
        try
        {
            return [.. folder.EnumerateDirectories("*", options)];
        }
        catch (DirectoryNotFoundException) when (!isRoot)
        {
            return []; // It is gone since it was listed.
        }
    }

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || folder == Path.GetPathRoot(path);

    /// <summary>A full path without any symbolic link in it; null where links lead round in a circle or cannot be read.</summary>
    private static string? RealPath(string path)
    {
        var root = Path.GetPathRoot(path) ?? "";
        var rest = new Stack<string>(Names(path, root).Reverse());
        var (real, hops) = (root, 0);
        while (rest.Count > 0)
        {
            var next = Path.Combine(real, rest.Pop());
            if (LinkTarget(next) is not { } target)
            {
                real = next;
                continue;
            }

            if (++hops > MaxLinks) return null;
            var full = Path.GetFullPath(target, real);
            real = Path.GetPathRoot(full) ?? "";
            foreach (var name in Names(full, real).Reverse()) rest.Push(name);
        }

        return real;
    }

    private static string[] Names(string path, string root) =>
        path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);

    private static string? LinkTarget(string path)
    {
        try
        {
            return new DirectoryInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
