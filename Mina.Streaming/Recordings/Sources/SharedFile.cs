using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Sources;

/// <summary>Opens files on disk that other programs may be writing, moving or removing.</summary>
internal static class SharedFile
{
    /// <summary>Opens a file for reading. A file that looks empty is not opened, but read as empty.</summary>
    /// <exception cref="IOException">The file cannot be read, or is a pipe or a device, which might never end.</exception>
    public static Stream OpenRead(string path)
    {
        try
        {
            if (!PlainFile.LooksEmpty(path))
                return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return PlainFile.FindWhyNoFile(path) is { } why ? throw new IOException($"it {why}") : Stream.Null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} may not be read: check its permissions", e);
        }
    }
}
