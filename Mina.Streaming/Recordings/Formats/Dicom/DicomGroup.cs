using System.Diagnostics.CodeAnalysis;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Formats.Dicom;

/// <summary>
/// A channel of a multiplex group: a sample is worth <c>sample * Step + Baseline</c> units. PS3.3 (C.10.9.1.4) defines the baseline in the unit of
/// the sensitivity, so it is added to the scaled sample.
/// </summary>
/// <param name="Name">The lead.</param>
/// <param name="Unit">The unit, as the file codes it; empty where there is none.</param>
/// <param name="Step">Sensitivity with its correction, in units a step.</param>
/// <param name="Baseline">What a sample of 0 is worth, in units.</param>
/// <param name="Skew">By how many seconds its first sample is later than the group's start.</param>
internal sealed record DicomChannel(string Name, string Unit, double Step, double Baseline, double Skew)
{
    /// <summary>A sample in mV; a unit that is not a voltage is taken as it is.</summary>
    public float Millivolts(double sample) => (float)(((sample * Step) + Baseline) * (Unit.ToMillivolt() ?? 1));
}

/// <summary>A multiplex group of a waveform object (PS3.3, C.10.9): channels that were sampled together.</summary>
internal sealed record DicomGroup
{
    private const uint ChannelDefinitions = 0x003A0200;
    private const int MaxChannels = 10_000;
    private const double MaxDelaySeconds = 7 * 24 * 3600;

    // Numbers that MDC ("2:1") and SCP-ECG ("5.6.3-9-1") give to leads.
    private static readonly Dictionary<int, string> Leads = new()
    {
        [1] = "I",
        [2] = "II",
        [3] = "V1",
        [4] = "V2",
        [5] = "V3",
        [6] = "V4",
        [7] = "V5",
        [8] = "V6",
        [61] = "III",
        [62] = "aVR",
        [63] = "aVL",
        [64] = "aVF",
    };

    /// <summary>The channels.</summary>
    public required IReadOnlyList<DicomChannel> Channels { get; init; }

    /// <summary>Sampling frequency, Hz.</summary>
    public required double Fs { get; init; }

    /// <summary>Samples of each channel.</summary>
    public required long Samples { get; init; }

    /// <summary>Bytes of a sample: 1, 2 or 4.</summary>
    public required int SampleBytes { get; init; }

    /// <summary>Whether samples have a sign.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>The sample that stands for a missing one; null: there is none.</summary>
    public required long? Padding { get; init; }

    /// <summary>Where the samples are, channel by channel in each frame.</summary>
    public required long Offset { get; init; }

    /// <summary>By how many seconds its first sample is later than the object's start.</summary>
    public required double Delay { get; init; }

    /// <summary>Whether the recorder sampled an item of the waveform sequence, rather than a program having made it, as an average beat.</summary>
    public static bool IsOriginal(DicomItem item) => item.Text(0x003A0004) is "ORIGINAL" or "";

    /// <summary>Reads an item of the waveform sequence.</summary>
    /// <param name="item">The item.</param>
    /// <param name="group">The group.</param>
    /// <param name="error">What is wrong, as the rest of a sentence that begins with the file's name.</param>
    public static bool TryRead(DicomItem item, [NotNullWhen(true)] out DicomGroup? group, [NotNullWhen(false)] out string? error)
    {
        (group, error) = (null, null);
        var (channels, samples, fs) = (item[0x003A0005]?.Number, item[0x003A0010]?.Number, item.Decimal(0x003A001A));
        var (bits, kind) = (item[0x54001004]?.Number, item.Text(0x54001006));
        if (channels is not (> 0 and <= MaxChannels) || samples is not > 0 || fs is not > 0)
            error = "does not say how many channels and samples it has, and how often they were taken";
        else if ((bits, kind) is not ((8, "SB" or "UB") or (16, "SS" or "US") or (32, "SL" or "UL")))
            error = $"has samples of {bits} bits of the kind '{Quote.Short(kind)}', which is not read";
        else if (item[0x54001010] is not { } data || data.Length < channels * samples * (bits / 8))
            error = "has fewer samples than it says: get the file again";
        else if (item.Items(ChannelDefinitions).Count != channels)
            error = $"defines {item.Items(ChannelDefinitions).Count} channels where it says that it has {channels}";
        if (error is not null) return false;
        group = new DicomGroup
        {
            Channels = [.. item.Items(ChannelDefinitions).Select(channel => ChannelOf(channel, fs!.Value))],
            Fs = fs!.Value,
            Samples = samples!.Value,
            SampleBytes = (int)bits!.Value / 8,
            IsSigned = kind[0] == 'S',
            Padding = PaddingOf(item, (int)bits.Value, kind[0] == 'S'),
            Offset = item[0x54001010]!.Offset,
            Delay = SecondsOf(item.Decimal(0x00181068) * 1e-3),
        };
        return true;
    }

    private static DicomChannel ChannelOf(DicomItem channel, double fs)
    {
        var source = channel.Items(0x003A0208) is [var first, ..] ? first : null;
        var unit = channel.Items(0x003A0211) is [var code, ..] ? code.Text(0x00080100) : "";
        var step = (channel.Decimal(0x003A0210) ?? 1) * (channel.Decimal(0x003A0212) ?? 1);
        return new DicomChannel(
            PlainText.Clean(NameOf(source?.Text(0x00080100) ?? "", source?.Text(0x00080104) ?? "", channel.Text(0x003A0203))),
            PlainText.Clean(unit),
            step,
            channel.Decimal(0x003A0213) ?? 0,
            SecondsOf(channel.Decimal(0x003A0214) ?? (channel.Decimal(0x003A0215) / fs)));
    }

    // What is no time within a recording would only make its start a wrong one.
    private static double SecondsOf(double? seconds) => seconds is { } value && Math.Abs(value) <= MaxDelaySeconds ? value : 0;

    private static string NameOf(string code, string meaning, string label)
    {
        var isLead = code.StartsWith("2:", StringComparison.Ordinal) || code.StartsWith("5.6.3-9-", StringComparison.Ordinal);
        if (isLead && Numbers.TryInt(code.AsSpan(code.LastIndexOfAny([':', '-']) + 1), out var number) && Leads.TryGetValue(number, out var lead)) return lead;
        if (label.Length > 0) return label;
        var bracket = meaning.IndexOf('(', StringComparison.Ordinal);
        return (bracket > 0 ? meaning[..bracket] : meaning).Trim();
    }

    // The padding value has the samples' type.
    private static long? PaddingOf(DicomItem item, int bits, bool isSigned)
    {
        if (item[0x5400100A] is not { Value.Length: > 0 } padding) return null;
        long value = 0;
        for (var i = Math.Min(padding.Value.Length, bits / 8) - 1; i >= 0; i--) value = (value << 8) | padding.Value[i];
        return isSigned ? value << (64 - bits) >> (64 - bits) : value;
    }
}
