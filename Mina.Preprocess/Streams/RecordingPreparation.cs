namespace Mina.Preprocess.Streams;

/// <summary>
/// <see cref="Preprocessor.Prepare"/> of a recording that comes in pieces: the same samples at 300 Hz and the same rejection, in memory that does
/// not depend on the recording's length.
/// </summary>
/// <param name="id">The recording's id, for messages.</param>
/// <param name="fs">Its sampling frequency, Hz.</param>
/// <param name="length">How many samples there will be, at most.</param>
public sealed class RecordingPreparation(string id, double fs, long length)
{
    private readonly Resampler? _resampler = PreparationFaults.OfFs(id, fs) is not null || fs == Shapes.Fs ? null : new(fs, Shapes.Fs);
    private readonly int _shortest = Math.Max(3, (int)(Quality.SaturatedRun * fs));
    private ResamplerTail _tail = ResamplerTail.Start;
    private long _finite;
    private float _runValue = float.NaN;
    private long _run;
    private Limit _low = new(float.PositiveInfinity, 0);
    private Limit _high = new(float.NegativeInfinity, 0);
    private (float Low, float High) _prepared = (float.PositiveInfinity, float.NegativeInfinity);

    /// <summary>How many samples at 300 Hz there will be, where there are as many samples as announced.</summary>
    public long PreparedLength => _resampler is { } resampler
        ? (long)((((UInt128)length * (uint)resampler.Up) + (uint)resampler.Down - 1) / (uint)resampler.Down)
        : length;

    /// <summary>Why the recording cannot be used, by its frequency and length alone; null: that is not known yet.</summary>
    public Rejection? Refusal
    {
        get
        {
            if (PreparationFaults.OfFs(id, fs) is { } fault)
                return fault;
            return PreparedLength < Shapes.Window ? PreparationFaults.TooShort(id, length / fs, Shapes.Window / Shapes.Fs) : null;
        }
    }

    /// <summary>Takes the next samples, and adds those at 300 Hz that they complete to <paramref name="output"/>.</summary>
    /// <param name="samples">In mV; those that are not finite are missing.</param>
    /// <param name="output">Receives samples at 300 Hz, in mV up to a constant, with NaN where there is a gap.</param>
    public void Push(ReadOnlySpan<float> samples, List<float> output)
    {
        foreach (var value in samples)
        {
            if (value == _runValue)
            {
                _run++;
                continue;
            }

            EndRun();
            (_runValue, _run) = (value, 1);
        }

        var before = output.Count;
        _tail = _tail.Push(_resampler, samples, output);
        Measure(output, before);
    }

    /// <summary>Ends the recording: adds the remaining samples at 300 Hz.</summary>
    /// <returns>Null when the recording can be used; else why it cannot.</returns>
    public Rejection? Finish(List<float> output)
    {
        EndRun();
        var before = output.Count;
        _tail.Finish(_resampler, output);
        Measure(output, before);
        if (Refusal is { } refusal)
            return refusal;
        if (_finite == 0)
            return Gaps();
        if (Quality.IsFlat(_low.Value, _high.Value))
            return PreparationFaults.Flat(id);
        var atLimits = (double)(_low.InRuns + _high.InRuns) / _finite;
        return atLimits >= Quality.SaturatedShare ? PreparationFaults.Saturated(id, atLimits)
            : _prepared.Low > _prepared.High ? Gaps()
            : Quality.IsFlat(_prepared.Low, _prepared.High) ? PreparationFaults.Flat(id)
            : null;
    }

    private Rejection Gaps() => PreparationFaults.Gaps(id, Shapes.Window / Shapes.Fs);

    private void Measure(List<float> output, int from)
    {
        var (low, high) = Quality.Range(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(output)[from..]);
        _prepared = (Math.Min(_prepared.Low, low), Math.Max(_prepared.High, high));
    }

    // A limit that is reached later takes the place of an earlier one, whose runs no longer count.
    private void EndRun()
    {
        if (!float.IsFinite(_runValue))
            return;
        _finite += _run;
        var counts = _run >= _shortest ? _run : 0;
        if (_runValue < _low.Value)
            _low = new(_runValue, counts);
        else if (_runValue == _low.Value)
            _low = _low with { InRuns = _low.InRuns + counts };
        if (_runValue > _high.Value)
            _high = new(_runValue, counts);
        else if (_runValue == _high.Value)
            _high = _high with { InRuns = _high.InRuns + counts };
    }

    private readonly record struct Limit(float Value, long InRuns);
}
