using System.Text;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>A WFDB record whose signal file grows; whole frames are read, of any of the formats.</summary>
internal sealed class GrowingWfdb(string path, ReadOptions options) : GrowingRecording
{
    private const int Patience = 8;

    private WfdbHeader? _header;
    private WfdbFrames? _frames;
    private int _lead;
    private long _given;
    private bool _anew;
    private string? _text;
    private int _same;

    /// <inheritdoc/>
    public override string? SignalFile => _header is { } header ? Path.Combine(Path.GetDirectoryName(path) ?? "", header.Signals[_lead].FileName) : null;

    private WfdbSignalSpec Spec => _header!.Signals[_lead];

    private double Fs => _header!.Fs * Spec.SamplesPerFrame;

    /// <inheritdoc/>
    public override Growth Read(int most)
    {
        if (!File.Exists(path) || (_header is null && !TryHead()) || !File.Exists(SignalFile)) return Growth.None;
        using var file = OpenShared(SignalFile!);
        var there = FramesIn(file.Length);
        if (there < _given)
        {
            // Written anew, perhaps under another header.
            (_given, _header, _anew) = (0, null, true);
            return Read(most);
        }

        var frames = Math.Min(there - _given, Math.Max(1, most / Spec.SamplesPerFrame));
        if (frames == 0) return Growth.None;
        var samples = Decode(file, (int)frames);
        var anew = _anew;
        (_given, _anew) = (_given + frames, false);
        return new Growth(Fs, samples, Anew: anew, More: _given < there);
    }

    /// <inheritdoc/>
    public override double SecondsBehind() =>
        _header is null || !File.Exists(SignalFile) ? 0 : Math.Max(0, FramesIn(new FileInfo(SignalFile!).Length) - _given) / _header.Fs;

    private bool TryHead()
    {
        string text;
        using (var file = OpenShared(path))
        using (var reader = new StreamReader(file, Encoding.UTF8))
            text = reader.ReadToEnd();
        // It may be just being written: what is wrong with it is believed when it stays so.
        (_same, _text) = (text == _text ? _same + 1 : 0, text);
        if (_same == 0 && !text.EndsWith('\n')) return false;
        if (!WfdbHeader.TryParse(text, out var parsed, out var error))
            return _same < Patience ? false : throw new ProblemException($"{Location} is not a usable WFDB header: {error}");

        if (!LeadChoice.TryChoose([.. parsed.Signals.Select(s => (s.Description, s.Units))], options.Lead, out _lead, out error))
            throw new ProblemException($"{Location} {error}");
        _frames = WfdbFrames.Of(parsed.Signals[_lead].Format)
            ?? throw new ProblemException($"{Location} names WFDB format {parsed.Signals[_lead].Format}, which is not supported (supported: {WfdbSignal.Formats})");
        _header = parsed;
        return true;
    }

    private long FramesIn(long bytes) => Math.Max(0, (_frames!.Capacity(Math.Max(0, bytes - Spec.ByteOffset)) / _header!.LayoutOf(_lead).FrameSamples) - Spec.Skew);

    private float[] Decode(FileStream file, int frames)
    {
        var layout = _header!.LayoutOf(_lead);
        var first = (_given + Spec.Skew) * layout.FrameSamples;
        var (at, index) = _frames!.Place(first);
        var bytes = new byte[Math.Min(_frames.BytesOf(index + ((long)frames * layout.FrameSamples)), file.Length - Spec.ByteOffset - at)];
        file.Position = Spec.ByteOffset + at;
        file.ReadExactly(bytes);
        // As WfdbSignal has it, bit for bit.
        var gain = Spec.Gain * (1 / Spec.UnitInMillivolt);
        var samples = new float[frames * Spec.SamplesPerFrame];
        for (var i = 0; i < samples.Length; i++)
        {
            var (frame, within) = Math.DivRem(i, Spec.SamplesPerFrame);
            var adc = _frames.Read(bytes, index + (frame * layout.FrameSamples) + layout.Offset + within);
            samples[i] = adc is { } value ? (float)((value - Spec.Baseline) / gain) : float.NaN;
        }

        return samples;
    }
}
