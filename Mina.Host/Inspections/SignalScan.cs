using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mina.Host.Classification;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Inspections;

/// <summary>
/// What one pass over a lead finds: gaps, quality, heart rate, a hash of its samples and a picture, in memory that its length does not matter for.
/// </summary>
internal sealed class SignalScan
{
    private const int PieceSamples = 1 << 14;

    private readonly List<double> _rates = [];
    private readonly bool _takesPicture;
    private long _missing;
    private bool _inGap;
    private int _windows;
    private int _usable;
    private bool _isPictureUsable;

    private SignalScan(bool takesPicture) => _takesPicture = takesPicture;

    /// <summary>SHA-256 of the samples in mV.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>The number of gaps.</summary>
    public int Gaps { get; private set; }

    /// <summary>The number of missing samples.</summary>
    public long Missing => _missing;

    /// <summary>Why nothing can be cut from it; null: something can.</summary>
    public Rejection? Rejection { get; private set; }

    /// <summary>The share of its windows of 10 s that can be classified, 0 to 1; null where it has no whole window.</summary>
    public double? Usable => _windows == 0 ? null : (double)_usable / _windows;

    /// <summary>The median heart rate of those windows in beats a minute; null where none of them has one.</summary>
    public double? HeartRate { get; private set; }

    /// <summary>
    /// A picture of the first window that can be classified, or of the first window where none can. It is null where the lead is shorter than a window,
    /// and where no picture was asked for.
    /// </summary>
    public EcgSnippet? Picture { get; private set; }

    /// <summary>Reads a lead from its start to its end.</summary>
    /// <param name="id">The recording's id, for messages.</param>
    /// <param name="reader">A reader that has read nothing yet.</param>
    /// <param name="takesPicture">Whether a picture is wanted.</param>
    /// <exception cref="IOException">The samples cannot be read.</exception>
    public static SignalScan Run(string id, RecordingReader reader, bool takesPicture)
    {
        var preparation = new RecordingPreparation(id, reader.Lead.Fs, reader.Length);
        var scan = new SignalScan(takesPicture && preparation.Refusal is null);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var prepared = new List<float>();
        foreach (var piece in ReaderPieces.Read(reader, PieceSamples))
        {
            var samples = piece.Span;
            hash.AppendData(MemoryMarshal.AsBytes(samples));
            scan.CountGaps(samples);
            preparation.Push(samples, prepared);
            scan.TakeWindows(prepared);
        }

        scan.Rejection = preparation.Finish(prepared);
        scan.TakeWindows(prepared);
        scan.Hash = Convert.ToHexString(hash.GetHashAndReset());
        scan._rates.Sort();
        scan.HeartRate = scan._rates.Count == 0 ? null : scan._rates[scan._rates.Count / 2];
        return scan;
    }

    private void CountGaps(ReadOnlySpan<float> samples)
    {
        foreach (var value in samples)
        {
            var isMissing = !float.IsFinite(value);
            if (isMissing)
            {
                _missing++;
                if (!_inGap) Gaps++;
            }

            _inGap = isMissing;
        }
    }

    private void TakeWindows(List<float> prepared)
    {
        var samples = CollectionsMarshal.AsSpan(prepared);
        var start = 0;
        for (; start + Shapes.Window <= samples.Length; start += Shapes.Window, _windows++)
            Take(samples.Slice(start, Shapes.Window));
        prepared.RemoveRange(0, start);
    }

    private void Take(ReadOnlySpan<float> window)
    {
        var isUsable = WindowQuality.IsUsable(window);
        if (_takesPicture && (Picture is null || (isUsable && !_isPictureUsable)))
            (Picture, _isPictureUsable) = (EcgSnippet.Of(window, (double)_windows * Shapes.Window / Shapes.Fs), isUsable);
        if (!isUsable) return;
        _usable++;
        if (Mina.Preprocess.HeartRate.Estimate(window, Shapes.Fs) is { } rate) _rates.Add(rate);
    }
}
