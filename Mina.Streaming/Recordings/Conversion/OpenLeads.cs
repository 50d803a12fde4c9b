using System.Globalization;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Streaming.Recordings.Conversion;

/// <summary>The leads of a recording that are converted, each with a reader of its own, so that memory does not depend on the recording's length.</summary>
internal sealed class OpenLeads : IDisposable
{
    private readonly RecordingEntry _entry;
    private readonly ReadOptions _options;
    private readonly IReadOnlyList<int> _indexes;
    private RecordingReader[] _readers;

    private OpenLeads(RecordingEntry entry, ReadOptions options, IReadOnlyList<int> indexes, RecordingReader[] readers) =>
        (_entry, _options, _indexes, _readers) = (entry, options, indexes, readers);

    /// <summary>One reader a lead; all stand at the same sample after <see cref="Rewind"/>.</summary>
    public IReadOnlyList<RecordingReader> Readers => _readers;

    /// <summary>The length of the longest lead, in seconds.</summary>
    public double Seconds => _readers.Max(reader => reader.Length / reader.Lead.Fs);

    /// <summary>Opens the lead that the options name, or all leads that are ECGs where they name none.</summary>
    /// <exception cref="ProblemException">The recording cannot be read.</exception>
    public static OpenLeads Open(RecordingEntry entry, ReadOptions options)
    {
        var first = OpenOne(entry, options);
        var indexes = options.Lead is null ? LeadChoice.EcgsAmong(first.Leads, first.LeadIndex) : [first.LeadIndex];
        first.Dispose();
        return new OpenLeads(entry, options, indexes, OpenAll(entry, options, indexes));
    }

    /// <summary>Opens all leads again, from their first samples.</summary>
    /// <exception cref="ProblemException">The recording cannot be read any more.</exception>
    public void Rewind()
    {
        Dispose();
        _readers = OpenAll(_entry, _options, _indexes);
    }

    /// <summary>Reads the next samples of a lead; what lies beyond its end is missing.</summary>
    /// <exception cref="ProblemException">The samples cannot be read.</exception>
    public void Read(int lead, Span<float> samples)
    {
        try
        {
            for (var done = 0; done < samples.Length;)
            {
                var read = _readers[lead].Read(samples[done..]);
                if (read == 0)
                {
                    samples[done..].Fill(float.NaN);
                    return;
                }

                done += read;
            }
        }
        catch (IOException e)
        {
            throw new ProblemException($"{_entry.Location} cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var reader in _readers) reader.Dispose();
    }

    private static RecordingReader[] OpenAll(RecordingEntry entry, ReadOptions options, IReadOnlyList<int> indexes) =>
        [.. indexes.Select(index => OpenOne(entry, options with { Lead = index.ToString(CultureInfo.InvariantCulture) }))];

    private static RecordingReader OpenOne(RecordingEntry entry, ReadOptions options)
    {
        var (reader, rejection) = entry.Open(options);
        return reader ?? throw new ProblemException(rejection!.Message);
    }
}
