namespace Mina.Preprocess;

/// <summary>Why a window cannot be classified.</summary>
public enum WindowFault
{
    /// <summary>The window can be classified.</summary>
    None,

    /// <summary>Samples are missing or not finite.</summary>
    Gap,

    /// <summary>The signal is a flat line, as without an electrode or without contact.</summary>
    LeadOff,

    /// <summary>The amplifier or the converter is at its limit.</summary>
    Saturated,

    /// <summary>The signal is too noisy for beats to be recognised (<see cref="SignalNoise"/>).</summary>
    Noisy,

    /// <summary>The classifier failed on the window, or its answer is not a probability.</summary>
    NoAnswer,
}

/// <summary>The names of the faults that people read.</summary>
public static class WindowFaults
{
    /// <summary>The name of a fault, such as "lead off"; null for <see cref="WindowFault.None"/>.</summary>
    public static string? Describe(WindowFault fault) => fault switch
    {
        WindowFault.Gap => "gap",
        WindowFault.LeadOff => "lead off",
        WindowFault.Saturated => "saturated",
        WindowFault.Noisy => "too noisy",
        WindowFault.NoAnswer => "no answer from the classifier",
        _ => null,
    };
}
