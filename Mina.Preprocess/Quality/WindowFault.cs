namespace Mina.Preprocess;

/// <summary>Why a window cannot be classified.</summary>
public enum WindowFault
{
    /// <summary>Nothing: the window can be classified.</summary>
    None,

    /// <summary>Samples are missing, or are no numbers.</summary>
    Gap,

    /// <summary>A flat line: no electrode, or none that makes contact.</summary>
    LeadOff,

    /// <summary>The amplifier or the converter is at its limit.</summary>
    Saturated,

    /// <summary>Too noisy to tell beats (<see cref="SignalNoise"/>).</summary>
    Noisy,

    /// <summary>The classifier failed on it, or what it said is no probability.</summary>
    NoAnswer,
}

/// <summary>Names of the faults for people.</summary>
public static class WindowFaults
{
    /// <summary>"lead off"; null for <see cref="WindowFault.None"/>.</summary>
    public static string? WordsOf(WindowFault fault) => fault switch
    {
        WindowFault.Gap => "gap",
        WindowFault.LeadOff => "lead off",
        WindowFault.Saturated => "saturated",
        WindowFault.Noisy => "too noisy",
        WindowFault.NoAnswer => "no answer from the classifier",
        _ => null,
    };
}
