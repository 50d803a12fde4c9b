using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Mina.Preprocess;

namespace Mina.Streaming.Files;

/// <summary>
/// Writes a file as a whole or not at all: the bytes go to a temporary file in the same folder and reach the disk before the file gets its
/// name, so neither a crash nor a power cut leaves half a file under that name. Folders that are missing are made.
/// </summary>
/// <remarks>
/// Temporary names begin with a dot, end with <see cref="TemporarySuffix"/> and are unique, so two processes that write the same file do
/// not disturb each other: the file is then that of whichever renamed last.
/// </remarks>
public static class WholeFile
{
    /// <summary>The end of the name of a file that is still being written.</summary>
    public const string TemporarySuffix = ".tmp";

    private const int UniqueDigits = 12;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes text as UTF-8 without a byte order mark.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <param name="text">The whole content of the file.</param>
    /// <exception cref="ProblemException">The disk is full, or the file may not be written for another reason.</exception>
    public static void Write(string path, string text) => Write(path, Utf8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <param name="bytes">All that the file is to hold.</param>
    /// <exception cref="ProblemException">The disk is full, or the file may not be written for another reason.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            DiskFiles.Instance.WriteWhole(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, e);
        }
    }

    /// <summary>Writes a file that is too large to be held in memory.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <param name="write">Writes all that the file is to hold.</param>
    /// <exception cref="ProblemException">The disk is full, or the file may not be written for another reason.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            WriteWhole(DiskFiles.Instance, path, [], write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, e);
        }
    }

    /// <summary>Checks, before long work whose result goes there, that a file can be written; whatever has that name stays as it is.</summary>
    /// <param name="path">The file. Folders that are missing could be made.</param>
    /// <exception cref="ProblemException">The path is a folder's, or the nearest folder that is there may not be written to.</exception>
    public static void RequireWritable(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new ProblemException($"{path} cannot be written because it is a folder; name a file.");
        RequireWritableFolder(path, Path.GetDirectoryName(full) ?? full);
    }

    /// <summary>The same for files in a folder, which could be made where it is missing.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="ProblemException">The nearest folder that is there may not be written to.</exception>
    public static void RequireWritableFolder(string path) => RequireWritableFolder(path, Path.GetFullPath(path));

    private static void RequireWritableFolder(string path, string folder)
    {
        while (!Path.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
            folder = above;
        if (File.Exists(folder))
            throw new ProblemException($"{path} cannot be written because {folder} is a file, not a folder; choose another place for it.");
        var trial = Path.Combine(folder, $".mina.{RandomNumberGenerator.GetHexString(UniqueDigits, lowercase: true)}{TemporarySuffix}");
        try
        {
            using (DiskFiles.Instance.Create(trial))
            {
                // That it can be made is all that is asked.
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, e);
        }

        TryDelete(DiskFiles.Instance, trial);
    }

    /// <summary>Writes bytes through a file store, whose exceptions pass through: for callers that have a sentence of their own for them.</summary>
    /// <param name="files">Where the file is written.</param>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <param name="bytes">All that the file is to hold.</param>
    /// <exception cref="IOException">The disk is full, gone or not writable.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void WriteWhole(this IFileStore files, string path, ReadOnlySpan<byte> bytes) => WriteWhole(files, path, bytes, null);

    // Writes the bytes, and then what the action writes.
    private static void WriteWhole(IFileStore files, string path, ReadOnlySpan<byte> bytes, Action<Stream>? write)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? throw new IOException($"{full} is not the name of a file.");
        files.CreateDirectory(folder);
        var unique = RandomNumberGenerator.GetHexString(UniqueDigits, lowercase: true);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{unique}{TemporarySuffix}");
        try
        {
            using (var file = files.Create(temporary))
            {
                file.Write(bytes);
                write?.Invoke(file);
                files.Sync(file);
            }

            files.Rename(temporary, full);
        }
        catch
        {
            TryDelete(files, temporary);
            throw;
        }

        files.SyncDirectory(folder);
    }

    private static ProblemException Unwritable(string path, Exception e) =>
        new($"{path} cannot be written because {DiskFailure.Reason(e)}; choose another place for it.", e);

    /// <summary>Whether a file has a temporary name of this class: it is being written, or a crash left it.</summary>
    public static bool IsTemporary(string path)
    {
        var name = Path.GetFileName(path.AsSpan());
        if (!name.StartsWith(".") || !name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
            return false;
        name = name[1..^TemporarySuffix.Length];
        return name.LastIndexOf('.') is > 0 and var dot && name.Length - dot - 1 == UniqueDigits && !name[(dot + 1)..].ContainsAnyExcept(HexDigits);
    }

    private static void TryDelete(IFileStore files, string temporary)
    {
        try
        {
            files.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk has failed already, and that failure is the one to report.
        }
    }
}
