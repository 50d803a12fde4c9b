namespace Mina.Preprocess;

/// <summary>A recording that was checked and resampled to 300 Hz, without the samples that it was made from.</summary>
/// <param name="id">The recording's id.</param>
/// <param name="fs">The recorder's sampling frequency, Hz.</param>
/// <param name="length">How many samples the recorder took.</param>
/// <param name="samples">The samples at 300 Hz, in mV up to a constant, with NaN where there is a gap; see <see cref="Preprocessor.Prepare"/>.</param>
public sealed class PreparedRecording(string id, double fs, long length, float[] samples)
{
    /// <summary>The recording's id.</summary>
    public string Id => id;

    /// <summary>The recorder's sampling frequency, Hz.</summary>
    public double Fs => fs;

    /// <summary>The samples at 300 Hz.</summary>
    public float[] Samples => samples;

    /// <summary>The recording's length in seconds.</summary>
    public double Seconds => length / fs;

    /// <summary>Whether it is long: see <see cref="Recording.IsLong"/>.</summary>
    public bool IsLong => Seconds > Preprocessor.LongSeconds;

    /// <summary>The name of the lead, as <see cref="Recording.Lead"/>.</summary>
    public string Lead { get; init; } = "";

    /// <summary>The unit in the file, as <see cref="Recording.Unit"/>.</summary>
    public string Unit { get; init; } = "mV";

    /// <summary>Where it was read from, as <see cref="Recording.Source"/>.</summary>
    public string Source { get; init; } = "";

    /// <summary>What a preparer made of a whole recording.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="samples">Its samples at 300 Hz.</param>
    public static PreparedRecording Of(Recording recording, float[] samples) =>
        new(recording.Id, recording.Fs, recording.Samples.Length, samples) { Lead = recording.Lead, Unit = recording.Unit, Source = recording.Source };
}
