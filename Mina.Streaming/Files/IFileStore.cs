namespace Mina.Streaming.Files;

/// <summary>
/// The steps of writing files to a disk. Each step between two possible crashes is one method, so that tests can let each of them fail;
/// <see cref="DiskFiles"/> is the real disk.
/// </summary>
/// <exception cref="IOException">In any method, the disk is full, gone or not writable.</exception>
/// <exception cref="UnauthorizedAccessException">In any method, the access is not allowed.</exception>
public interface IFileStore
{
    /// <summary>Makes a folder and those above it, unless it is there. The folders are on disk when it returns.</summary>
    void CreateDirectory(string directory);

    /// <summary>Holds a file that no other process can hold until it is disposed.</summary>
    /// <exception cref="IOException">Another process holds it.</exception>
    IDisposable Lock(string path);

    /// <summary>Creates a file, or empties one, for writing from its start to its end.</summary>
    Stream Create(string path);

    /// <summary>Flushes a stream of <see cref="Create"/>, so that all that was written is on disk when it returns.</summary>
    void Sync(Stream file);

    /// <summary>Renames a file in one atomic step, replacing the file that had the name.</summary>
    void Rename(string from, string to);

    /// <summary>Flushes the names in a folder, which are on disk when it returns.</summary>
    void SyncDirectory(string directory);

    /// <summary>Adds bytes to the end of a file, which is made if it does not exist. They are on disk when it returns.</summary>
    void Append(string path, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts a file to its first bytes, which is done on disk when it returns.</summary>
    void Truncate(string path, long length);

    /// <summary>Removes a file, if it is there.</summary>
    void Delete(string path);

    /// <summary>Reads a file's bytes, or null where it does not exist.</summary>
    byte[]? Read(string path);

    /// <summary>Returns a file's length in bytes, or null where it does not exist.</summary>
    long? LengthOf(string path);

    /// <summary>Lists the paths of the files directly in a folder; the list is empty where there is no folder.</summary>
    IReadOnlyList<string> List(string directory);
}
