namespace Mina.Streaming.Recordings.Sources;

/// <summary>Opens files on disk that other programs may be writing, moving or removing.</summary>
internal static class SharedFile
{
    /// <summary>Opens a file for reading. A file that looks empty is not opened, but read as empty.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Stream OpenRead(string path)
    {
        try
        {
            return LooksEmpty(path) ? Stream.Null
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} may not be read: check its permissions", e);
        }
    }

    /// <summary>Whether a file is there and has no bytes. Pipes and devices look like that, and opening one may wait for ever.</summary>
    /// <exception cref="IOException">Links lead round in a circle.</exception>
    public static bool LooksEmpty(string path) => TargetOf(new FileInfo(path)) is { Exists: true, Length: 0 };

    /// <summary>The file that a symbolic link leads to, or the file itself where it is no link.</summary>
    /// <exception cref="IOException">The links lead round in a circle.</exception>
    public static FileInfo TargetOf(FileInfo file) =>
        file.Exists && (file.Attributes & FileAttributes.ReparsePoint) != 0 && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target
            ? target : file;
}
