using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Sources;

/// <summary>Opens files on disk that other programs may be writing, moving or removing.</summary>
internal static class SharedFile
{
    /// <summary>Opens a file for reading. A file that looks empty, as pipes and devices do, is not opened, but read as empty.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Stream OpenRead(string path)
    {
        try
        {
            return PlainFile.LooksEmpty(path) ? Stream.Null
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} may not be read: check its permissions", e);
        }
    }
}
