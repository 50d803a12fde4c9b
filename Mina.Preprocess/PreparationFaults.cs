using System.Globalization;

namespace Mina.Preprocess;

/// <summary>Why no window can be cut from a recording, each in a sentence.</summary>
internal static class PreparationFaults
{
    /// <summary>The sampling frequency is too low or too high to be that of an ECG. The result is null where it is neither.</summary>
    public static Rejection? OfFs(string id, double fs) => fs is >= Preprocessor.LowestFs and <= Preprocessor.HighestFs ? null : new(
        id,
        RejectionReason.UnreadableHeader,
        FormattableString.Invariant($"{id}: a sampling frequency of {fs} Hz lies outside the {Preprocessor.LowestFs} to {Preprocessor.HighestFs} Hz ")
            + "that are accepted; if it is wrong, correct it in the file.");

    /// <summary>The recording is shorter than a window.</summary>
    public static Rejection TooShort(string id, double seconds, int windowSeconds) => new(
        id,
        RejectionReason.TooShort,
        string.Create(CultureInfo.InvariantCulture, $"{id}: {seconds:0.##} s are less than one window; recordings must be at least {windowSeconds} s long."));

    /// <summary>All samples are the same.</summary>
    public static Rejection Flat(string id) => new(id, RejectionReason.Flat, $"{id}: every sample is the same; check that the electrodes were on.");

    /// <summary>Too many samples lie at the converter's limits.</summary>
    public static Rejection Saturated(string id, double share) => new(
        id,
        RejectionReason.Saturated,
        FormattableString.Invariant($"{id}: {share:P0} of the samples lie at the converter's limits; check gain and electrodes."));

    /// <summary>No stretch without a gap is a window long.</summary>
    public static Rejection Gaps(string id, int windowSeconds) => new(
        id, RejectionReason.Gaps, $"{id}: missing samples leave no {windowSeconds} s without a gap; nothing to cut a window from.");
}
