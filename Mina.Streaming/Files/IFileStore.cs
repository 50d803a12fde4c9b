namespace Mina.Streaming.Files;

/// <summary>
/// The steps that writing files takes on a disk, one method a step that a crash can fall between. Tests let each of
/// them fail; <see cref="DiskFiles"/> is the real one.
/// </summary>
/// <exception cref="IOException">Any method: the disk is full, gone or not writable.</exception>
/// <exception cref="UnauthorizedAccessException">Any method: not allowed.</exception>
public interface IFileStore
{
    /// <summary>Makes a folder and those above it; nothing when it is there. On disk when it returns.</summary>
    void CreateDirectory(string directory);

    /// <summary>Holds a file that no other process can hold until it is disposed.</summary>
    /// <exception cref="IOException">Another process holds it.</exception>
    IDisposable Lock(string path);

    /// <summary>Creates a file, or empties one, for writing from its start to its end.</summary>
    Stream Create(string path);

    /// <summary>What was written to a stream of <see cref="Create"/> is on disk when it returns.</summary>
    void Sync(Stream file);

    /// <summary>Gives a file its name at once and whole, in place of whatever had it.</summary>
    void Rename(string from, string to);

    /// <summary>The names in a folder are on disk when it returns.</summary>
    void SyncDirectory(string directory);

    /// <summary>Adds bytes to the end of a file, which is made if it does not exist. On disk when it returns.</summary>
    void Append(string path, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts a file to its first bytes. On disk when it returns.</summary>
    void Truncate(string path, long length);

    /// <summary>Removes a file; nothing when it is not there.</summary>
    void Delete(string path);

    /// <summary>A file's bytes, or null where it does not exist.</summary>
    byte[]? Read(string path);

    /// <summary>A file's length in bytes, or null where it does not exist.</summary>
    long? LengthOf(string path);

    /// <summary>Paths of the files of a folder itself (not below); none where there is no folder.</summary>
    IReadOnlyList<string> List(string directory);
}
