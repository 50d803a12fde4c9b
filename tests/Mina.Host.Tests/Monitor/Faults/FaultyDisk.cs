using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Mina.Host.Tests.Monitor.Faults;

/// <summary>What a disk does wrong.</summary>
public enum DiskFault
{
    /// <summary>A flush fails (EIO): what was written since the last one may or may not be on disk.</summary>
    FlushFails,

    /// <summary>Writing fails (EIO).</summary>
    WriteFails,

    /// <summary>Every second write fails (EIO), so that a row is written in part.</summary>
    WriteFailsInTheMiddle,

    /// <summary>No byte more fits (ENOSPC).</summary>
    IsFull,

    /// <summary>The file system became read-only (EROFS): open files cannot be written, and files can only be opened for reading.</summary>
    IsReadOnly,
}

/// <summary>
/// The disk under SQLite, which fails within a folder when a test says so. It is SQLite's own file layer with some of its calls replaced, so
/// that everything above it, SQLite included, is what the monitor runs on.
/// </summary>
/// <remarks>
/// The layout of both structures is that of sqlite3.h on 64 bits: https://sqlite.org/c3ref/vfs.html and https://sqlite.org/c3ref/io_methods.html.
/// </remarks>
internal static class FaultyDisk
{
    private const int VfsBytes = 168;
    private const int NameAt = 24;
    private const int OpenAt = 40;
    private const int MethodsBytes = 152;
    private const int WriteAt = 24;
    private const int SyncAt = 40;
    private const int ForWriting = 0x2 | 0x4;

    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int WriteError = 10 | (3 << 8);
    private const int FlushError = 10 | (4 << 8);

    private static readonly ConcurrentDictionary<string, DiskFault> Faults = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<nint, OpenFile> Files = new();
    private static readonly ConcurrentDictionary<nint, nint> Replaced = new();
    private static readonly OpenCall OpenInstead = Open;
    private static readonly WriteCall WriteInstead = Write;
    private static readonly SyncCall SyncInstead = Sync;
    private static readonly Lazy<nint> System = new(Install);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int OpenCall(nint vfs, nint name, nint file, int flags, nint outFlags);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int WriteCall(nint file, nint bytes, int count, long offset);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SyncCall(nint file, int flags);

    /// <summary>Puts itself under all of SQLite's files of this process that are opened from now on. Without a fault they are as before.</summary>
    public static void Use()
    {
        using (var any = new Microsoft.Data.Sqlite.SqliteConnection("Data Source=:memory:"))
            any.Open();
        _ = System.Value;
    }

    /// <summary>Lets the disk fail for all files of a folder, until <see cref="Mend"/>.</summary>
    public static void Break(string folder, DiskFault fault) => Faults[Path.GetFullPath(folder)] = fault;

    /// <summary>Lets the disk of a folder work again.</summary>
    public static void Mend(string folder) => Faults.TryRemove(Path.GetFullPath(folder), out _);

    [DllImport("e_sqlite3")]
    private static extern nint sqlite3_vfs_find(nint name);

    [DllImport("e_sqlite3")]
    private static extern int sqlite3_vfs_register(nint vfs, int isDefault);

    private static nint Install()
    {
        var before = sqlite3_vfs_find(0);
        var vfs = Copy(before, VfsBytes);
        Marshal.WriteIntPtr(vfs, NameAt, Marshal.StringToCoTaskMemUTF8("faulty"));
        Marshal.WriteIntPtr(vfs, OpenAt, Marshal.GetFunctionPointerForDelegate(OpenInstead));
        return sqlite3_vfs_register(vfs, 1) == 0 ? before : throw new InvalidOperationException("SQLite does not take another file layer");
    }

    private static nint Copy(nint from, int bytes)
    {
        var content = new byte[bytes];
        Marshal.Copy(from, content, 0, bytes);
        var to = Marshal.AllocHGlobal(bytes);
        Marshal.Copy(content, 0, to, bytes);
        return to;
    }

    private static int Open(nint vfs, nint name, nint file, int flags, nint outFlags)
    {
        // A temporary file has no name.
        var path = name == 0 ? "" : Marshal.PtrToStringUTF8(name)!;
        if ((flags & ForWriting) != 0 && FaultOf(path) == DiskFault.IsReadOnly)
            return CannotOpen;
        var before = System.Value;
        var open = Marshal.GetDelegateForFunctionPointer<OpenCall>(Marshal.ReadIntPtr(before, OpenAt));
        var result = open(before, name, file, flags, outFlags);
        if (result != 0 || name == 0)
            return result;
        var methods = Marshal.ReadIntPtr(file);
        Files[file] = new OpenFile(
            path,
            Marshal.GetDelegateForFunctionPointer<WriteCall>(Marshal.ReadIntPtr(methods, WriteAt)),
            Marshal.GetDelegateForFunctionPointer<SyncCall>(Marshal.ReadIntPtr(methods, SyncAt)));
        Marshal.WriteIntPtr(file, Replaced.GetOrAdd(methods, Replace));
        return result;
    }

    private static nint Replace(nint methods)
    {
        var replaced = Copy(methods, MethodsBytes);
        Marshal.WriteIntPtr(replaced, WriteAt, Marshal.GetFunctionPointerForDelegate(WriteInstead));
        Marshal.WriteIntPtr(replaced, SyncAt, Marshal.GetFunctionPointerForDelegate(SyncInstead));
        return replaced;
    }

    private static int Write(nint file, nint bytes, int count, long offset)
    {
        var open = Files[file];
        return FaultOf(open.Path) switch
        {
            DiskFault.WriteFails or DiskFault.IsReadOnly => WriteError,
            DiskFault.WriteFailsInTheMiddle when Interlocked.Increment(ref open.Writes) % 2 == 0 => WriteError,
            DiskFault.IsFull => Full,
            _ => open.Write(file, bytes, count, offset),
        };
    }

    private static int Sync(nint file, int flags)
    {
        var open = Files[file];
        return FaultOf(open.Path) == DiskFault.FlushFails ? FlushError : open.Sync(file, flags);
    }

    private static DiskFault? FaultOf(string path)
    {
        foreach (var (folder, fault) in Faults)
        {
            if (path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                return fault;
        }

        return null;
    }

    private sealed class OpenFile(string path, WriteCall write, SyncCall sync)
    {
        public int Writes;

        public string Path => path;

        public WriteCall Write => write;

        public SyncCall Sync => sync;
    }
}
