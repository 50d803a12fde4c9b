using System.Globalization;

namespace Mina.Preprocess;

/// <summary>
/// Everything that decides what a segment's numbers are. Shards and models carry it, and refuse each other when it differs.
/// </summary>
public sealed record PreprocessSettings
{
    /// <summary>The settings of the paper and of every golden number.</summary>
    public static PreprocessSettings Default { get; } = new();

    /// <summary>Version of the algorithms behind these settings; raised whenever the same settings give numbers that differ by more than rounding.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Sampling frequency of the segments, in Hz.</summary>
    public int Fs { get; init; } = Shapes.Fs;

    /// <summary>Length of a window, in samples.</summary>
    public int Window { get; init; } = Shapes.Window;

    /// <summary>Length of a sub-segment, in samples.</summary>
    public int SubSegment { get; init; } = Shapes.SubSegment;

    /// <summary>Stride between windows of class 0 (and of unlabelled and live recordings), in samples: 5/3 s.</summary>
    public int StrideNotAF { get; init; } = 500;

    /// <summary>Stride between windows of class 1, in samples: 5/30 s.</summary>
    public int StrideAF { get; init; } = 50;

    /// <summary>Taps of the low-pass at <see cref="LowCutHz"/>; odd.</summary>
    public int LowTaps { get; init; } = 901;

    /// <summary>Where the low channel ends, in Hz.</summary>
    public double LowCutHz { get; init; } = 0.5;

    /// <summary>Taps of the low-pass at <see cref="HighCutHz"/>; odd, at most <see cref="LowTaps"/>.</summary>
    public int HighTaps { get; init; } = 101;

    /// <summary>Where the high channel begins, in Hz.</summary>
    public double HighCutHz { get; init; } = 50;

    /// <summary>The stride that a recording of this label is cut with; null: unlabelled, cut as class 0.</summary>
    public int StrideOf(Label? label) => label == Label.AF ? StrideAF : StrideNotAF;

    /// <summary>
    /// Why no segments can be made with these settings, which may come from a file, as the rest of a sentence that begins with their name;
    /// null: they can.
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

    /// <summary>One line that names these settings, the same on every machine: equal lines mean comparable segments.</summary>
    public string Fingerprint =>
        string.Create(CultureInfo.InvariantCulture, $"v{Version} fs={Fs} window={Window} sub-segment={SubSegment} stride={StrideNotAF}/{StrideAF} "
            + $"fir=hamming:{LowTaps}@{LowCutHz}Hz,{HighTaps}@{HighCutHz}Hz norm=recording");
}
