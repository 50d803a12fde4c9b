using System.Runtime.InteropServices;
using System.Text;

namespace Mina.Streaming.Files;

/// <summary>
/// Reads whole small files whose names came from outside. Opening a pipe waits for its writer, and a device never ends, so neither is opened. A
/// file that is larger than its kind can be is not read.
/// </summary>
public static class PlainFile
{
    private const string Pipe = "a pipe";

    /// <summary>Reads all bytes of a file. A pipe or a device looks empty and gives none.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <param name="maxBytes">The largest size of a file of this kind, in bytes.</param>
    /// <exception cref="IOException">The file does not exist, cannot be read, or is larger.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static byte[] ReadAllBytes(string path, long maxBytes)
    {
        if (LooksEmpty(path))
            return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        RequireAtMost(path, file.Length, maxBytes);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Reads a file's text like <see cref="ReadAllBytes"/>, as UTF-8 unless a byte order mark says otherwise.</summary>
    /// <inheritdoc cref="ReadAllBytes"/>
    public static string ReadAllText(string path, long maxBytes)
    {
        using var reader = new StreamReader(new MemoryStream(ReadAllBytes(path, maxBytes)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Whether a file exists and has no bytes, which pipes and devices seem to have.</summary>
    /// <exception cref="IOException">Links lead round in a circle.</exception>
    public static bool LooksEmpty(string path) => TargetOf(new FileInfo(path)) is { Exists: true, Length: 0 };

    /// <summary>The rest of a sentence that begins with a path: "is a pipe, and no file", for example; null where nothing speaks against a file.</summary>
    public static string? FindWhyNoFile(string path) => FindKindOtherThanFile(path) is { } kind ? IsNoFile(kind) : null;

    private static string IsNoFile(string kind) => $"is {kind}, and no file";

    /// <summary>What lies at a path, for a sentence, where it is no file: "a pipe", "a device" or "a socket". It is not opened.</summary>
    /// <returns>Null: it is a file or a folder, or there is nothing, or this system does not say.</returns>
    public static string? FindKindOtherThanFile(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var status = new byte[StatusBytes];
        try
        {
            if (Native.Statx(CurrentFolder, path, 0, TypeOnly, status) != 0)
                return null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // A C library of before 2018.
        }

        return (BitConverter.ToUInt16(status, ModeOffset) & TypeBits) switch
        {
            0x1000 => Pipe,
            0x2000 or 0x6000 => "a device",
            0xC000 => "a socket",
            _ => null,
        };
    }

    /// <summary>Refuses a pipe where a file is to be written: opening one may wait for ever. A device such as /dev/stdout is taken.</summary>
    /// <exception cref="IOException">It is a pipe.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void RequireNoPipe(string path)
    {
        if (!LooksEmpty(path))
            return;
        // A pipe that is opened for reading and writing does not wait.
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            _ = RandomAccess.GetLength(handle);
        }
        catch (NotSupportedException e)
        {
            throw new IOException($"{path} {IsNoFile(Pipe)}", e);
        }
    }

    /// <summary>Refuses a file that is larger than its kind can be.</summary>
    /// <exception cref="IOException">The file is larger.</exception>
    internal static void RequireAtMost(string path, long bytes, long maxBytes)
    {
        if (bytes > maxBytes)
            throw new IOException(FormattableString.Invariant($"{path} has {bytes} bytes, more than the {maxBytes} that such a file may have"));
    }

    /// <summary>The file that a symbolic link leads to, or the file itself where it is no link.</summary>
    /// <exception cref="IOException">The links lead round in a circle.</exception>
    internal static FileInfo TargetOf(FileInfo file) =>
        file.Exists && (file.Attributes & FileAttributes.ReparsePoint) != 0 && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target
            ? target : file;

    // .NET does not tell pipes and devices from files. The layout is the kernel's, the same on every processor (statx(2), Linux 4.11).
    private const int CurrentFolder = -100;
    private const uint TypeOnly = 1;
    private const int StatusBytes = 256;
    private const int ModeOffset = 28;
    private const int TypeBits = 0xF000;

    private static class Native
    {
        [DllImport("libc", EntryPoint = "statx", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
        internal static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);
    }
}
