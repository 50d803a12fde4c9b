using System.Globalization;

namespace Mina.Preprocess;

/// <summary>
/// All settings that decide the numbers of a segment. Shards and models carry them, and refuse each other where they differ.
/// </summary>
public sealed record PreprocessSettings
{
    /// <summary>The settings of the paper, with which the golden numbers of the tests were made.</summary>
    public static PreprocessSettings Default { get; } = new();

    /// <summary>
    /// The version of the algorithms behind these settings. It is raised whenever the same settings give numbers that differ by more than rounding.
    /// </summary>
    public int Version { get; init; } = 1;

    /// <summary>The sampling frequency of the segments in Hz.</summary>
    public int Fs { get; init; } = Shapes.Fs;

    /// <summary>The length of a window in samples.</summary>
    public int Window { get; init; } = Shapes.Window;

    /// <summary>The length of a sub-segment in samples.</summary>
    public int SubSegment { get; init; } = Shapes.SubSegment;

    /// <summary>The stride in samples between windows of class 0 and of unlabelled and live recordings; 500 samples are 5/3 s.</summary>
    public int StrideNotAF { get; init; } = 500;

    /// <summary>The stride in samples between windows of class 1; 50 samples are 1/6 s.</summary>
    public int StrideAF { get; init; } = 50;

    /// <summary>The number of taps of the low-pass at <see cref="LowCutHz"/>; it is odd.</summary>
    public int LowTaps { get; init; } = 901;

    /// <summary>The upper edge of the low channel in Hz.</summary>
    public double LowCutHz { get; init; } = 0.5;

    /// <summary>The number of taps of the low-pass at <see cref="HighCutHz"/>; it is odd and at most <see cref="LowTaps"/>.</summary>
    public int HighTaps { get; init; } = 101;

    /// <summary>The lower edge of the high channel in Hz.</summary>
    public double HighCutHz { get; init; } = 50;

    /// <summary>The stride in samples for a recording with this label; null means unlabelled, and the stride is that of class 0.</summary>
    public int StrideOf(Label? label) => label == Label.AF ? StrideAF : StrideNotAF;

    /// <summary>
    /// The reason why no segments can be made with these settings, which may come from a file, as the rest of a sentence that begins with their
    /// name; null where segments can be made.
    /// </summary>
    public string? FindFault()
    {
        const int MaxTaps = 100_001;
        if (Fs != Shapes.Fs || Window != Shapes.Window || SubSegment != Shapes.SubSegment)
            return Text($"ask for windows of {Window} samples at {Fs} Hz in sub-segments of {SubSegment}, which this version does not make");
        if (StrideNotAF < 1 || StrideAF < 1)
            return Text($"ask for strides of {StrideNotAF} and {StrideAF} samples, which are 1 or more");
        if (LowTaps is < 1 or > MaxTaps || HighTaps < 1 || HighTaps > LowTaps || LowTaps % 2 == 0 || HighTaps % 2 == 0)
            return Text($"ask for filters of {LowTaps} and {HighTaps} taps, which are odd, the first of them the larger and at most {MaxTaps}");
        if (!(LowCutHz > 0 && LowCutHz < HighCutHz && HighCutHz < Fs / 2.0))
            return Text($"ask for filters at {LowCutHz} and {HighCutHz} Hz, which rise from 0 to half of {Fs} Hz");
        return null;

        static string Text(FormattableString text) => FormattableString.Invariant(text);
    }

    /// <summary>One line that names these settings, the same on every machine. Segments with equal lines are comparable.</summary>
    public string Fingerprint =>
        string.Create(CultureInfo.InvariantCulture, $"v{Version} fs={Fs} window={Window} sub-segment={SubSegment} stride={StrideNotAF}/{StrideAF} "
            + $"fir=hamming:{LowTaps}@{LowCutHz}Hz,{HighTaps}@{HighCutHz}Hz norm=recording");
}
