using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Csv;

/// <summary>
/// Follows a CSV recording that grows line by line. A time column tells fs, by its first seconds, and gaps: those of up to a minute are
/// filled with NaN, longer ones are skipped. Where time goes back, another recording begins. A cell that is not a number is a missing sample.
/// </summary>
internal sealed class CsvGrowingReader(string path, ReadOptions options) : GrowingReader(path)
{
    /// <summary>Times that are rounded to milliseconds give fs well enough after so many seconds.</summary>
    private const double ClockSeconds = 4;

    private const double MaxFillSeconds = 60;
    private const int MinBytes = 1 << 16;
    private const int MaxRows = 1_000_000;

    private readonly List<(double Time, float Value)> _rows = [];
    private CsvLayout? _layout;
    private double _fs;
    private double _last;
    private long _bytesRead;
    private string? _restart;

    /// <inheritdoc/>
    public override string? SignalFile => Location;

    /// <inheritdoc/>
    public override Growth Read(int maxSamples)
    {
        if (!File.Exists(Location)) return Growth.None;
        using var file = OpenShared(Location);
        if (file.Length < _bytesRead)
        {
            _rows.Clear();
            (_bytesRead, _layout, _fs, _restart) = (0, null, 0, $"{Location} was cut off or is being written from its start again.");
        }

        var more = TakeLines(file, maxSamples);
        if (_rows.Count == 0) return Growth.None;
        if (_fs == 0 && !FindFs()) return Growth.None with { HasMore = more };
        var (samples, skipped) = TakeSamples(maxSamples);
        if (samples.Length == 0) return Growth.None with { HasMore = more };
        var restart = _restart;
        _restart = null;
        return new Growth(_fs, samples, skipped, restart, more || _rows.Count > 0);
    }

    /// <inheritdoc/>
    public override double SecondsBehind()
    {
        if (_fs == 0 || !File.Exists(Location)) return 0;
        using var file = OpenShared(Location);
        return (_rows.Count + LinesIn(file)) / _fs;
    }

    /// <summary>Takes whole lines into rows.</summary>
    /// <returns>Whether there is more than was read at once.</returns>
    private bool TakeLines(Stream file, int maxSamples)
    {
        // A line has a time of some ten digits and a few cells.
        var bytes = new byte[Math.Min(Math.Max(MinBytes, maxSamples * 32L), Math.Max(0, file.Length - _bytesRead))];
        file.Position = _bytesRead;
        file.ReadExactly(bytes);
        var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (whole == 0)
        {
            if (bytes.Length < MinBytes) return false;
            throw new ProblemException($"{Location} has a line of more than {MinBytes} bytes: it is no CSV file of samples");
        }

        var text = bytes[..whole];
        // Units, where there are any, stand in the second line.
        if (_layout is null && text.AsSpan().Count((byte)'\n') < 2) return false;
        _bytesRead += whole;
        var rest = file.Length - file.Position;
        var separator = _layout?.Separator ?? CsvLayout.SeparatorOf(new MemoryStream(text, writable: false));
        using var reader = CsvLayout.Open(text, separator);
        bool more;
        if (_layout is not null) more = reader.Read();
        else if (!CsvLayout.TryRead(reader, separator, options, out more, out _layout, out var fault))
            throw new ProblemException($"{Location} {fault.Message}");
        for (; more; more = reader.Read())
        {
            var row = _layout.ReadRow(reader);
            _rows.Add((_layout.HasTime ? row?.Seconds ?? double.NaN : double.NaN, row?.Millivolts ?? float.NaN));
        }

        return rest > 0;
    }

    private bool FindFs()
    {
        if (!_layout!.HasTime)
        {
            _fs = options.Fs!.Value;
            return true;
        }

        var times = TimesUpToAStepBack(out var stepBack);
        while (stepBack > 0 && (times.Count < 2 || times[^1] - times[0] < ClockSeconds))
        {
            // The rows before the step are too few to tell fs, so they are left out.
            _restart ??= GoesBack(times[^1], _rows[stepBack].Time);
            _rows.RemoveRange(0, stepBack);
            times = TimesUpToAStepBack(out stepBack);
        }

        if (times.Count < 2 || times[^1] - times[0] < ClockSeconds)
            return _rows.Count < MaxRows ? false : throw new ProblemException($"{Location} has no usable times in its time column");
        var first = times.TakeWhile(time => time - times[0] <= ClockSeconds).ToList();
        var clock = new SampleClock();
        foreach (var time in first) clock.Add(time);
        if (!clock.TryFindFs(first, out _fs, out var error)) throw new ProblemException($"{Location} {error}");
        _last = double.NaN;
        return true;
    }

    /// <summary>The times of the rows, up to the first one that is earlier than the one before it.</summary>
    /// <param name="stepBack">The index of that row; 0 where there is none.</param>
    private List<double> TimesUpToAStepBack(out int stepBack)
    {
        var times = new List<double>(_rows.Count);
        for (stepBack = 0; stepBack < _rows.Count; stepBack++)
        {
            var time = _rows[stepBack].Time;
            if (!double.IsFinite(time)) continue;
            if (times.Count > 0 && time < times[^1]) return times;
            times.Add(time);
        }

        stepBack = 0;
        return times;
    }

    private string GoesBack(double from, double to) => FormattableString.Invariant($"the time in {Location} goes back, from {from} s to {to} s.");

    /// <summary>Takes samples from rows, up to a gap that is too long to be filled or to the next recording.</summary>
    private (float[] Samples, double Skipped) TakeSamples(int maxSamples)
    {
        var samples = new List<float>(_rows.Count);
        var (skipped, used) = (0.0, 0);
        for (; used < _rows.Count && samples.Count < maxSamples; used++)
        {
            var (time, value) = _rows[used];
            if (double.IsFinite(time))
            {
                var step = time - _last;
                if (step < 0)
                {
                    if (samples.Count > 0) break;
                    // The device's clock was set back, or it was started again, so its next samples are another recording. The rate stays.
                    _restart ??= GoesBack(_last, time);
                }
                else if (step > MaxFillSeconds)
                {
                    if (samples.Count > 0) break;
                    skipped = step - (1 / _fs);
                }
                else if (step * _fs > SampleClock.MaxStep)
                {
                    samples.AddRange(Enumerable.Repeat(float.NaN, (int)Math.Round(step * _fs) - 1));
                }

                _last = time;
            }
            else
            {
                _last += 1 / _fs;
            }

            samples.Add(value);
        }

        _rows.RemoveRange(0, used);
        return ([.. samples], skipped);
    }

    /// <summary>Lines that have not been read yet, the last of which may be there only in part.</summary>
    private long LinesIn(Stream file)
    {
        file.Position = _bytesRead;
        var (buffer, lines) = (new byte[MinBytes], 0L);
        for (int got; (got = file.Read(buffer)) > 0;) lines += buffer.AsSpan(0, got).Count((byte)'\n');
        return lines;
    }
}
