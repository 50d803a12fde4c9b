using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>What has come of a recording that is being written.</summary>
/// <param name="Fs">Sampling frequency in Hz; 0 while it is not known.</param>
/// <param name="Millivolts">The samples that follow those given before, in mV; NaN: missing. Empty: nothing has come.</param>
/// <param name="SkippedSeconds">Length of the gap before these samples, by the recording's own clock.</param>
/// <param name="RestartReason">
/// Why these are the first samples of another recording, as a sentence: the file was cut off or written from its start again, or its time went
/// back. Null where they follow the samples given before.
/// </param>
/// <param name="HasMore">More samples can be had at once.</param>
public readonly record struct Growth(double Fs, float[] Millivolts, double SkippedSeconds = 0, string? RestartReason = null, bool HasMore = false)
{
    /// <summary>Nothing has come.</summary>
    public static Growth None { get; } = new(0, []);
}

/// <summary>
/// Follows a recording that another program is still writing: each <see cref="Read"/> gives what has come since the one before. A line or
/// a sample that has been written in part waits for its rest. The length that a header promises does not matter.
/// </summary>
/// <remarks>It has no clock: the caller says when to look. One thread at a time.</remarks>
/// <param name="path">The recording's main file.</param>
public abstract class GrowingReader(string path)
{
    /// <summary>The recording's id: the main file's name without extension.</summary>
    public string Id { get; } = Path.GetFileNameWithoutExtension(path);

    /// <summary>The recording's main file.</summary>
    public string Location { get; } = path;

    /// <summary>The file that grows; null while that is not known.</summary>
    public abstract string? SignalFile { get; }

    /// <summary>Gives what has come since.</summary>
    /// <param name="maxSamples">About how many samples to give at most.</param>
    /// <exception cref="ProblemException">The recording will never be readable: its header, its format or its lead is wrong.</exception>
    /// <exception cref="IOException">It cannot be read at present.</exception>
    public abstract Growth Read(int maxSamples);

    /// <summary>Seconds of signal that are in the file and have not been given yet; 0 until <see cref="Read"/> has given samples.</summary>
    /// <exception cref="IOException">The file cannot be read at present.</exception>
    public abstract double SecondsBehind();

    /// <summary>Opens a file that other programs write, move and remove.</summary>
    /// <exception cref="ProblemException">It is a pipe or a device.</exception>
    /// <exception cref="IOException">It cannot be read at present.</exception>
    protected static Stream OpenShared(string path) =>
        PlainFile.LooksEmpty(path) && PlainFile.FindWhyNoFile(path) is { } why
            ? throw new ProblemException($"{path} {why}; have the device write a file, or send chunks.")
            : SharedFile.OpenRead(path);
}
