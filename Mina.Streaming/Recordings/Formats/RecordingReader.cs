using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>A lead of a recording.</summary>
/// <param name="Name">As the file names it; empty when it does not.</param>
/// <param name="Unit">The samples' unit in the file, as the file writes it.</param>
/// <param name="Fs">Its sampling frequency in Hz, &gt; 0; the leads of one recording may differ.</param>
public readonly record struct RecordingLead(string Name, string Unit, double Fs);

/// <summary>Why a signal cannot be read.</summary>
/// <param name="Reason">For counting.</param>
/// <param name="Message">What is wrong and what to do, as the rest of a sentence that begins with the file's name.</param>
internal sealed record SignalFault(RejectionReason Reason, string Message);

/// <summary>
/// An open recording, of which one lead is read part by part, from its start to its end. Memory does not depend on how long it is.
/// </summary>
/// <remarks>One thread at a time. To read another lead, or from the start, open the recording again.</remarks>
public abstract class RecordingReader : IDisposable
{
    /// <summary>All leads, in the file's order; at least one.</summary>
    public required IReadOnlyList<RecordingLead> Leads { get; init; }

    /// <summary>Index of the lead that is read.</summary>
    public required int LeadIndex { get; init; }

    /// <summary>How many samples the lead has, gaps included.</summary>
    public required long Length { get; init; }

    /// <summary>When the first sample was taken, by the recorder's clock, as the file says it (no time zone); null when it does not.</summary>
    public DateTime? Start { get; init; }

    /// <summary>What the recording shows, where the file says so.</summary>
    public Label? Label { get; init; }

    /// <summary>Whose recording it is, where the file says so.</summary>
    public string? Group { get; init; }

    /// <summary>The lead that is read.</summary>
    public RecordingLead Lead => Leads[LeadIndex];

    /// <summary>Reads the samples that follow those of the call before.</summary>
    /// <param name="samples">Takes the samples, in mV; NaN is a missing one, such as in a gap. It is filled unless the recording ends.</param>
    /// <returns>How many samples were read: 0 at the end.</returns>
    /// <exception cref="IOException">The samples cannot be read, or the file has changed since it was opened.</exception>
    public abstract int Read(Span<float> samples);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the files.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
