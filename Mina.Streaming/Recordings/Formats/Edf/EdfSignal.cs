namespace Mina.Streaming.Recordings.Formats.Edf;

/// <summary>One signal of an EDF or BDF file, as its header describes it.</summary>
/// <param name="Label">As the file writes it: <c>ECG II</c>, <c>EDF Annotations</c>.</param>
/// <param name="Unit">The physical unit: <c>uV</c>; empty where the file gives none.</param>
/// <param name="SamplesPerRecord">Samples in each data record, &gt; 0.</param>
/// <param name="Offset">Bytes of a data record before this signal's samples.</param>
internal sealed record EdfSignal(string Label, string Unit, int SamplesPerRecord, int Offset)
{
    private const string Ecg = "ECG ";

    /// <summary>Digital value of <see cref="PhysicalMin"/>.</summary>
    public double DigitalMin { get; init; }

    /// <summary>Physical value of <see cref="DigitalMin"/>, in <see cref="Unit"/>.</summary>
    public double PhysicalMin { get; init; }

    /// <summary>Physical units of one digital step; not 0, and negative where the file's polarity is turned round.</summary>
    public double Step { get; init; }

    /// <summary>Whether it holds annotations instead of samples (EDF+ 2.2.1).</summary>
    public bool IsAnnotations => Label is "EDF Annotations" or "BDF Annotations";

    /// <summary>The lead's name: EDF+ puts the kind of signal before it (<c>ECG II</c> is lead II), which stays where a number follows.</summary>
    public string Lead => Label.StartsWith(Ecg, StringComparison.OrdinalIgnoreCase) && LeadNames.LeadOf(Label[Ecg.Length..]) is not null
        ? Label[Ecg.Length..].Trim()
        : Label;

    /// <summary>The value of a sample in mV; a unit that is not a voltage is taken as it is.</summary>
    public float Millivolts(int digital) => (float)((((digital - DigitalMin) * Step) + PhysicalMin) * (Unit.ToMillivolt() ?? 1));
}
