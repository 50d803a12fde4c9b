using System.Runtime.InteropServices;

namespace Mina.Host.Monitor.Page;

/// <summary>Encodes data for the page's scripts: numbers as bytes of little-endian floats, times in ms since 1970.</summary>
internal static class ScriptData
{
    /// <summary>Encodes a time in ms since 1970.</summary>
    public static double Encode(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    /// <summary>Decodes a time that a script gave in ms since 1970.</summary>
    public static DateTimeOffset ToTime(double milliseconds) => DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds);

    /// <summary>Encodes numbers as floats of four bytes.</summary>
    public static byte[] Encode(ReadOnlySpan<float> values) => MemoryMarshal.AsBytes(values).ToArray();

    /// <summary>Encodes each window as three doubles: its start, its probability (NaN where unclassifiable), and 1 for AF or 0.</summary>
    public static byte[] Encode(IReadOnlyList<WindowStatus> verdicts)
    {
        var numbers = new double[3 * verdicts.Count];
        for (var i = 0; i < verdicts.Count; i++)
        {
            numbers[3 * i] = Encode(verdicts[i].Start);
            numbers[(3 * i) + 1] = verdicts[i].Probability ?? double.NaN;
            numbers[(3 * i) + 2] = IsAF(verdicts[i]) ? 1 : 0;
        }

        return MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
    }

    /// <summary>Encodes each episode as two doubles: its start and its end.</summary>
    public static byte[] Encode(IReadOnlyList<EpisodeStatus> episodes)
    {
        var numbers = new double[2 * episodes.Count];
        for (var i = 0; i < episodes.Count; i++)
            (numbers[2 * i], numbers[(2 * i) + 1]) = (Encode(episodes[i].Start), Encode(episodes[i].End));
        return MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
    }

    /// <summary>Encodes each beat as two doubles: its time, and 1 for an ectopic one or 0.</summary>
    public static byte[] Encode(IReadOnlyList<(DateTimeOffset Time, bool IsEctopic)> beats)
    {
        var numbers = new double[2 * beats.Count];
        for (var i = 0; i < beats.Count; i++)
            (numbers[2 * i], numbers[(2 * i) + 1]) = (Encode(beats[i].Time), beats[i].IsEctopic ? 1 : 0);
        return MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
    }

    /// <summary>Whether a window's verdict is AF.</summary>
    public static bool IsAF(WindowStatus window) => window.Verdict == "af";
}
