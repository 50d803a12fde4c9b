using System.Runtime.InteropServices;

namespace Mina.Streaming.Files;

/// <summary>Files on this machine's disk.</summary>
public sealed class DiskFiles : IFileStore
{
    // Parquet.Net writes a column chunk in a few large pieces; the buffer only gathers the small ones (headers, the footer).
    private const int BufferBytes = 64 * 1024;

    /// <summary>The only instance, which has no state.</summary>
    public static DiskFiles Instance { get; } = new();

    private DiskFiles()
    {
    }

    /// <inheritdoc/>
    public void CreateDirectory(string directory)
    {
        var full = Path.GetFullPath(directory);
        if (Directory.Exists(full))
            return;
        if (Path.GetDirectoryName(full) is { } parent)
        {
            CreateDirectory(parent);
            Directory.CreateDirectory(full);
            SyncDirectory(parent);
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock(string path) =>
        new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);

    /// <inheritdoc/>
    public Stream Create(string path)
    {
        PlainFile.RequireNoPipe(path);
        return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes);
    }

    /// <inheritdoc/>
    public void Sync(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void SyncDirectory(string directory)
    {
        // Windows journals names itself, and cannot open a directory to flush it.
        if (OperatingSystem.IsWindows())
            return;
        var handle = Native.Open(directory, 0);
        if (handle < 0)
            throw Failure(directory);
        try
        {
            // EINVAL comes from a file system that cannot sync a directory, and nothing more can be done there.
            const int invalid = 22;
            if (Native.Fsync(handle) != 0 && Marshal.GetLastPInvokeError() != invalid)
                throw Failure(directory);
        }
        finally
        {
            _ = Native.Close(handle);
        }
    }

    /// <inheritdoc/>
    public void Append(string path, ReadOnlySpan<byte> bytes)
    {
        PlainFile.RequireNoPipe(path);
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, 0);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Truncate(string path, long length)
    {
        PlainFile.RequireNoPipe(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, 0);
        file.SetLength(length);
        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    public byte[]? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        PlainFile.RequireNoPipe(path);
        return PlainFile.ReadAllBytes(path, Array.MaxLength);
    }

    /// <inheritdoc/>
    public long? LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : null;

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) => Directory.Exists(directory) ? Directory.GetFiles(directory) : [];

    private static IOException Failure(string directory) =>
        new($"{directory}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}", Marshal.GetLastPInvokeError());

    // .NET cannot open a directory, so it cannot fsync one.
    private static class Native
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
        internal static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        internal static extern int Fsync(int handle);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        internal static extern int Close(int handle);
    }
}
