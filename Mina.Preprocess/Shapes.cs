namespace Mina.Preprocess;

/// <summary>The shapes of a segment, fixed by the paper (section 4.1) and the published network.</summary>
public static class Shapes
{
    /// <summary>The sampling frequency of every segment, in Hz.</summary>
    public const int Fs = 300;

    /// <summary>The number of samples in a window: 10 s.</summary>
    public const int Window = 3000;

    /// <summary>The number of samples in a sub-segment (T).</summary>
    public const int SubSegment = 50;

    /// <summary>The number of sub-segments in a window (M).</summary>
    public const int SubSegments = Window / SubSegment;

    /// <summary>The number of channels: original, &lt;= 0.5 Hz, 0.5-50 Hz and &gt;= 50 Hz.</summary>
    public const int Channels = 4;

    /// <summary>The number of floats of <c>x</c>, and of <c>k_beat</c>, in one segment (4 x 3000, channel-major).</summary>
    public const int XLength = Channels * Window;

    /// <summary>The number of floats of <c>k_rhythm</c> in one segment (4 x 60, channel-major).</summary>
    public const int RhythmLength = Channels * SubSegments;
}
