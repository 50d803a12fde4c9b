using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Sources;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>Follows a WFDB record whose signal file grows; whole frames are read, of any of the storage formats.</summary>
internal sealed class WfdbGrowingReader(string path, ReadOptions options) : GrowingReader(path)
{
    /// <summary>A header that cannot be read is believed to be wrong when it has not changed for so many looks.</summary>
    private const int HeaderPatience = 8;

    private WfdbHeader? _header;
    private WfdbSignal? _signal;
    private long _framesGiven;
    private string? _restart;
    private string? _headerText;
    private int _looksUnchanged;

    /// <inheritdoc/>
    public override string? SignalFile => _signal is { } signal ? Path.Combine(Path.GetDirectoryName(Location) ?? "", signal.Spec.FileName) : null;

    /// <inheritdoc/>
    public override Growth Read(int maxSamples)
    {
        if (!File.Exists(Location) || (_signal is null && !TryReadHeader()) || !File.Exists(SignalFile)) return Growth.None;
        var signal = _signal!;
        using var stream = OpenShared(SignalFile);
        var frames = FramesIn(stream.Length);
        if (frames < _framesGiven)
        {
            // The record was written from its start again, perhaps under another header.
            (_framesGiven, _header, _signal, _restart) = (0, null, null, $"{SignalFile} was cut off or is being written from its start again.");
            return Read(maxSamples);
        }

        var perFrame = signal.Spec.SamplesPerFrame;
        var taken = (int)Math.Min(frames - _framesGiven, Math.Max(1, maxSamples / perFrame));
        if (taken == 0) return Growth.None;
        var samples = new float[taken * perFrame];
        using (var bytes = new ForwardBytes(stream)) signal.Read(bytes, _framesGiven * perFrame, samples);
        var restart = _restart;
        (_framesGiven, _restart) = (_framesGiven + taken, null);
        return new Growth(signal.Fs, samples, RestartReason: restart, HasMore: _framesGiven < frames);
    }

    /// <inheritdoc/>
    public override double SecondsBehind() =>
        _header is null || !File.Exists(SignalFile) ? 0 : Math.Max(0, FramesIn(new FileInfo(SignalFile).Length) - _framesGiven) / _header.Fs;

    private bool TryReadHeader()
    {
        string text;
        using (var file = OpenShared(Location))
        using (var reader = new StreamReader(file, Encoding.UTF8))
            text = reader.ReadToEnd();
        // The header may be just being written: what is wrong with it is believed when it stays so.
        (_looksUnchanged, _headerText) = (text == _headerText ? _looksUnchanged + 1 : 0, text);
        if (_looksUnchanged == 0 && !text.EndsWith('\n')) return false;
        if (!WfdbHeader.TryParse(text, out var header, out var error))
            return _looksUnchanged < HeaderPatience ? false : throw new ProblemException($"{Location} is not a usable WFDB header: {error}");

        if (!LeadChoice.TryChoose([.. header.Signals.Select(s => (s.Description, s.Units))], options.Lead, out var lead, out error))
            throw new ProblemException($"{Location} {error}");
        var format = header.Signals[lead].Format;
        if (WfdbFlacReader.Reads(format))
            throw new ProblemException($"{Location} names WFDB format {format} (FLAC), which cannot be read while it is written: wait until it is complete");
        var codec = WfdbCodec.Find(format)
            ?? throw new ProblemException($"{Location} names WFDB format {format}, which is not supported (supported: {WfdbFormat.StorageFormats})");
        if (codec.IsDifferences)
            throw new ProblemException($"{Location} names WFDB format {format}, which cannot be read while it is written: wait until the record is complete");
        (_header, _signal) = (header, new WfdbSignal(header, lead, codec));
        return true;
    }

    /// <summary>Frames of the signal that are whole in a file of so many bytes.</summary>
    private long FramesIn(long bytes) => Math.Max(0, _signal!.FramesIn(Math.Max(0, bytes - _signal.Spec.ByteOffset)) - _signal.Spec.Skew);
}
