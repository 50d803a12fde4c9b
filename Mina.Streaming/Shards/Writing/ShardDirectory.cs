using System.Globalization;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Shards;

/// <summary>
/// A directory of shards to which only this process may add. Opening it removes what an interrupted run left unfinished. A shard that is added
/// is either listed and whole, or not there.
/// </summary>
public sealed class ShardDirectory : IDisposable
{
    private const string LockName = ".lock";

    private readonly IDisposable _lock;
    private readonly List<ShardEntry> _shards = [];
    private readonly int[] _next = new int[3];

    private ShardDirectory(IFileStore files, string path, ShardSettings settings, IDisposable held)
    {
        Files = files;
        Path = path;
        Settings = settings;
        _lock = held;
    }

    /// <summary>The full path of the directory.</summary>
    public string Path { get; }

    /// <summary>The settings that its shards are made with.</summary>
    public ShardSettings Settings { get; }

    /// <summary>The shards that are listed, in the order in which they were finished.</summary>
    public IReadOnlyList<ShardEntry> Shards => _shards;

    internal IFileStore Files { get; }

    /// <summary>Opens a directory for adding shards, and makes it if it does not exist.</summary>
    /// <exception cref="ProblemException">
    /// The directory holds shards of other settings, files that are not shards, or less than its manifest says; or another process is adding to it.
    /// </exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written to.</exception>
    public static ShardDirectory Open(string path, ShardSettings settings, IFileStore? files = null)
    {
        files ??= DiskFiles.Instance;
        path = System.IO.Path.GetFullPath(path);
        files.CreateDirectory(path);
        var directory = new ShardDirectory(files, path, settings, Hold(files, path));
        try
        {
            directory.Prepare();
            return directory;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Begins a shard of a split. Its file has the final name and a suffix until the shard is added.</summary>
    internal ShardWriter Begin(Split split)
    {
        Files.CreateDirectory(FolderOf(split));
        return new ShardWriter(Files, FullPath(NextName(split)) + WholeFile.TemporarySuffix);
    }

    /// <summary>Finishes a shard: first all of it reaches the disk, then it gets its name, and then its line in the manifest.</summary>
    internal ShardEntry Add(ShardWriter writer, Split split, int rows, IReadOnlyList<string> recordings, IReadOnlyDictionary<string, LabelCount> labels)
    {
        var name = NextName(split);
        var path = FullPath(name);
        var (sha256, bytes) = writer.Finish();
        writer.Dispose();
        KeepOther(path, sha256);
        Files.Rename(path + WholeFile.TemporarySuffix, path);
        Files.SyncDirectory(FolderOf(split));
        var entry = new ShardEntry(name, Splits.NameOf(split), rows, labels, bytes, sha256, recordings);
        Files.Append(FullPath(Manifest.FileName), Manifest.LineOf(entry));
        _shards.Add(entry);
        _next[(int)split]++;
        return entry;
    }

    /// <summary>Removes a shard that was begun.</summary>
    internal void Discard(ShardWriter writer, Split split)
    {
        writer.Dispose();
        Files.Delete(FullPath(NextName(split)) + WholeFile.TemporarySuffix);
    }

    /// <summary>Releases the directory, so that another process may add to it.</summary>
    public void Dispose() => _lock.Dispose();

    private static IDisposable Hold(IFileStore files, string path)
    {
        try
        {
            return files.Lock(System.IO.Path.Combine(path, LockName));
        }
        catch (IOException e) when (!IsDiskFailure(e))
        {
            throw new ProblemException($"{path} is being written by another process; wait for it to end, or choose another directory.", e);
        }
    }

    // The lock is refused with EWOULDBLOCK or a sharing violation; everything else (full, read-only, too many links) is a failure of the disk.
    private static bool IsDiskFailure(IOException e) =>
        e is DirectoryNotFoundException or FileNotFoundException or PathTooLongException || DiskFailure.Explain(e) is not null;

    private void Prepare()
    {
        var settingsPath = FullPath(ShardSettings.FileName);
        var manifestPath = FullPath(Manifest.FileName);
        var found = Files.Read(settingsPath);
        if (found is not null)
        {
            if (ShardSettings.FromJson(found, settingsPath).DifferenceFrom(Settings) is { } difference)
                throw new ProblemException($"{Path} holds shards made with {difference}; choose another output directory, or the same settings.");
        }
        else if (Files.LengthOf(manifestPath) is > 0)
        {
            throw new ProblemException($"{Path} has a {Manifest.FileName} and no {ShardSettings.FileName}; restore it, or choose another output directory.");
        }

        var manifest = Files.Read(manifestPath) ?? [];
        var (shards, whole) = Manifest.Parse(manifest, manifestPath);
        foreach (var shard in shards)
        {
            RequireWhole(Files, Path, shard);
            _shards.Add(shard);
            _next[(int)shard.Split]++;
        }

        RequireListed();
        RemoveUnfinished();
        if (whole < manifest.Length)
            Files.Truncate(manifestPath, whole);
        if (found is null)
            Files.WriteWhole(settingsPath, Settings.ToJson());
    }

    /// <summary>Checks that a listed shard is there and has its length.</summary>
    /// <exception cref="ProblemException">It is not.</exception>
    internal static void RequireWhole(IFileStore files, string directory, ShardEntry shard)
    {
        var length = files.LengthOf(FullPath(directory, shard.Name));
        if (length is null)
            throw new ProblemException($"{Manifest.FileName} in {directory} lists {shard.Name}, which is not there; restore it, or make the shards "
                + $"again in another directory.");
        if (length != shard.Bytes)
            throw new ProblemException(string.Create(
                CultureInfo.InvariantCulture,
                $"{shard.Name} in {directory} has {length} bytes, and {Manifest.FileName} says {shard.Bytes}; restore it, or make the shards again in "
                    + $"another directory."));
    }

    internal static string FullPath(string directory, string name) =>
        System.IO.Path.Combine(directory, name.Replace('/', System.IO.Path.DirectorySeparatorChar));

    /// <summary>
    /// Refuses a directory that holds more shards than its manifest lists. A crash leaves one at most, the next of its split, between its
    /// name and its line; with more the manifest is not the one that was written with them, and the shards are not this run's to replace.
    /// </summary>
    private void RequireListed()
    {
        var unlisted = ShardFiles.Unlisted(Files, Path, _shards);
        var next = Enum.GetValues<Split>().Select(NextName).ToHashSet(StringComparer.Ordinal);
        if (unlisted.Count == 0 || (unlisted.Count == 1 && next.Contains(unlisted[0])))
            return;
        throw new ProblemException(string.Create(
            CultureInfo.InvariantCulture,
            $"{Path} holds {unlisted.Count} shards that its {Manifest.FileName} does not list, {unlisted[0]} among them; restore the {Manifest.FileName} "
                + $"that was written with them, move them away, or choose another output directory."));
    }

    // Unfinished shards have temporary names that this program gives. Anything else is not ours to delete.
    private void RemoveUnfinished()
    {
        foreach (var file in Enum.GetValues<Split>().SelectMany(split => Files.List(FolderOf(split))))
        {
            var name = System.IO.Path.GetFileName(file);
            if (name.StartsWith("part-", StringComparison.Ordinal) && name.EndsWith(".parquet" + WholeFile.TemporarySuffix, StringComparison.Ordinal))
                Files.Delete(file);
        }

        foreach (var file in Files.List(Path).Where(WholeFile.IsTemporary))
            Files.Delete(file);
    }

    /// <summary>Moves an unlisted shard out of the way, unless the new one has the same bytes.</summary>
    private void KeepOther(string path, string sha256)
    {
        if (Files.LengthOf(path) is null || ShardFiles.HashOf(path) == sha256)
            return;
        Files.Rename(path, path + ".unlisted");
    }

    private string NextName(Split split) =>
        string.Create(CultureInfo.InvariantCulture, $"split={Splits.NameOf(split)}/part-{_next[(int)split]:00000}.parquet");

    private string FolderOf(Split split) => System.IO.Path.Combine(Path, $"split={Splits.NameOf(split)}");

    private string FullPath(string name) => FullPath(Path, name);
}
