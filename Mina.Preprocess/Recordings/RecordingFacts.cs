namespace Mina.Preprocess;

/// <summary>What is known of a recording's lead before its samples are read.</summary>
/// <param name="Id">The recording's id.</param>
/// <param name="Fs">The sampling frequency in Hz, &gt; 0.</param>
/// <param name="Length">The number of samples, gaps included.</param>
public sealed record RecordingFacts(string Id, double Fs, long Length)
{
    /// <summary>The name of the lead, as <see cref="Recording.Lead"/>.</summary>
    public string Lead { get; init; } = "";

    /// <summary>The unit in the file, as <see cref="Recording.Unit"/>.</summary>
    public string Unit { get; init; } = "mV";

    /// <summary>Where it is read from, as <see cref="Recording.Source"/>.</summary>
    public string Source { get; init; } = "";

    /// <summary>The recording's length in seconds.</summary>
    public double Seconds => Length / Fs;

    /// <summary>Whether it is long: see <see cref="Recording.IsLong"/>.</summary>
    public bool IsLong => Seconds > Preprocessor.LongSeconds;

    /// <summary>The facts of a recording in memory.</summary>
    public static RecordingFacts Of(Recording recording) =>
        new(recording.Id, recording.Fs, recording.Samples.Length) { Lead = recording.Lead, Unit = recording.Unit, Source = recording.Source };
}
