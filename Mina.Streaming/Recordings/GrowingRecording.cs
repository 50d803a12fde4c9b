using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>What has come of a growing recording.</summary>
/// <param name="Fs">Hz; 0 while it is not known.</param>
/// <param name="Millivolts">The samples after those of the growth before; NaN: missing. Empty: nothing has come.</param>
/// <param name="SkippedSeconds">Signal that is not there before them, by the recording's own clock.</param>
/// <param name="Anew">The file was cut off or begun again: these are the first samples of another recording.</param>
/// <param name="More">There is more to be had at once.</param>
public readonly record struct Growth(double Fs, float[] Millivolts, double SkippedSeconds = 0, bool Anew = false, bool More = false)
{
    /// <summary>Nothing has come.</summary>
    public static Growth None { get; } = new(0, []);
}

/// <summary>
/// A recording that another program is still writing: each <see cref="Read"/> gives what has come since. A line or a sample of which only
/// a part has been written waits for its rest. The number of samples that a header may name does not matter.
/// </summary>
/// <remarks>No clock of its own: the caller says when to look. One thread at a time.</remarks>
public abstract class GrowingRecording
{
    /// <summary>Its id: the file's name without extension.</summary>
    public required string Id { get; init; }

    /// <summary>The file to be named to the user.</summary>
    public required string Location { get; init; }

    /// <summary>The file that grows; null while that is not known.</summary>
    public abstract string? SignalFile { get; }

    /// <summary>Whether a file can be followed, by its name: a WFDB header or a CSV file.</summary>
    public static bool IsKnown(string path) => Has(path, ".hea") || Has(path, ".csv");

    /// <summary>Begins to follow; the file need not be there yet.</summary>
    /// <param name="path">A WFDB header, whose signal file grows, or a CSV file.</param>
    /// <param name="options">The lead, and the fs of a CSV file without a time column.</param>
    /// <exception cref="ProblemException">It is neither.</exception>
    public static GrowingRecording Open(string path, ReadOptions options)
    {
        var id = Path.GetFileNameWithoutExtension(path);
        return Has(path, ".hea") ? new GrowingWfdb(path, options) { Id = id, Location = path }
            : Has(path, ".csv") ? new GrowingCsv(path, options) { Id = id, Location = path }
            : throw new ProblemException($"{path} is neither a WFDB header (.hea) nor a CSV file (.csv): name one that is being written");
    }

    /// <summary>What has come since.</summary>
    /// <param name="most">Samples to give at once, at most; about as many.</param>
    /// <exception cref="ProblemException">It will never be readable: its header, its format or its lead is wrong.</exception>
    /// <exception cref="IOException">It cannot be read at present.</exception>
    public abstract Growth Read(int most);

    /// <summary>Seconds of signal that are there and have not been given yet; before <see cref="Read"/> has given some: 0.</summary>
    /// <exception cref="IOException">It cannot be read at present.</exception>
    public abstract double SecondsBehind();

    /// <summary>Opens a file that others write, move and remove.</summary>
    private protected static FileStream OpenShared(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private static bool Has(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
