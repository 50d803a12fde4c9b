using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Recordings.Formats.Aecg;

/// <summary>What a sample is worth: <c>mV = Origin + digit * Step</c>.</summary>
/// <param name="Origin">The value of 0, in mV.</param>
/// <param name="Step">A step, in mV.</param>
internal readonly record struct AecgScale(double Origin, double Step);

/// <summary>A lead of an aECG: a sequence with the code of a lead.</summary>
internal sealed class AecgLead
{
    /// <summary>The lead, without the code's prefix: <c>II</c> for <c>MDC_ECG_LEAD_II</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>The unit of a step, as the file writes it.</summary>
    public string Unit { get; set; } = "";

    /// <summary>What a step is worth, in that unit; null where the file does not say.</summary>
    public double? Step { get; set; }

    /// <summary>The value of 0, in its own unit.</summary>
    public double Origin { get; set; }

    /// <summary>The unit of the origin.</summary>
    public string OriginUnit { get; set; } = "";

    /// <summary>How many samples there are.</summary>
    public long Samples { get; set; }

    /// <summary>How many lists of samples come before this one in the document.</summary>
    public int Ordinal { get; set; }
}

/// <summary>A set of sequences of an aECG, which were sampled together.</summary>
internal sealed class AecgSet
{
    private static readonly Dictionary<string, double> SecondsOf = new() { ["s"] = 1, ["ms"] = 1e-3, ["us"] = 1e-6, ["ns"] = 1e-9 };

    /// <summary>Whether its series is coded as a rhythm.</summary>
    public bool IsRhythm { get; init; }

    /// <summary>The leads.</summary>
    public List<AecgLead> Leads { get; } = [];

    /// <summary>The time from sample to sample, in <see cref="IncrementUnit"/>; null where the file does not say.</summary>
    public double? Increment { get; set; }

    /// <summary>The unit of the increment.</summary>
    public string IncrementUnit { get; set; } = "s";

    /// <summary>When the first sample was taken; null where the file does not say.</summary>
    public DateTime? Start { get; set; }

    /// <summary>How long it is; 0 where the file does not say.</summary>
    public double Seconds => Leads.Max(lead => lead.Samples) * (Increment ?? 0) * SecondsOf.GetValueOrDefault(IncrementUnit);

    /// <summary>What is needed to read a lead.</summary>
    /// <param name="index">The lead.</param>
    /// <param name="scale">What its samples are worth.</param>
    /// <param name="fs">Sampling frequency, Hz.</param>
    /// <param name="error">What is missing, as the rest of a sentence that begins with the file's name.</param>
    public bool TryScale(int index, out AecgScale scale, out double fs, [NotNullWhen(false)] out string? error)
    {
        var lead = Leads[index];
        (scale, fs, error) = (default, 0, null);
        if (Increment is not { } increment || !SecondsOf.TryGetValue(IncrementUnit, out var unit))
            error = Increment is null
                ? "does not say the time from sample to sample (increment)"
                : $"gives the time from sample to sample in '{Quote.Short(IncrementUnit)}'";
        else if ((fs = 1 / (increment * unit)) <= 0 || !double.IsFinite(fs))
            error = FormattableString.Invariant($"gives {increment} {IncrementUnit} as the time from sample to sample");
        else if (lead.Step is not { } step || step == 0)
            error = $"does not say what a step of lead {Quote.Short(lead.Name)} is worth (scale)";
        else if (lead.Samples == 0)
            error = $"holds no samples of lead {Quote.Short(lead.Name)}";
        else
            scale = new AecgScale(lead.Origin * (lead.OriginUnit.ToMillivolt() ?? 1), step * (lead.Unit.ToMillivolt() ?? 1));
        return error is null;
    }
}
