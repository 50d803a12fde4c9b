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

    /// <summary>So many steps between times tell milliseconds from seconds.</summary>
    private const int UnitRows = 4;

    private const double MaxFillSeconds = 60;
    private const int MinBytes = 1 << 16;
    private const int MaxRows = 1_000_000;

    private readonly List<(double Time, float Value)> _rows = [];
    private CsvLayout? _layout;
    private CsvClock? _times;
    private double _unit = 1;
    private bool _isUnitKnown;
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
            (_bytesRead, _layout, _fs, _unit, _isUnitKnown) = (0, null, 0, 1, false);
            _restart = $"{Location} was cut off or is being written from its start again.";
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
        // Units, where there are any, stand in the line after the header, which comments may precede.
        if (_layout is null && whole < MinBytes && LinesWithoutComments(text) < 2) return false;
        if (_layout is null)
        {
            if (!CsvLayout.TryRead(new MemoryStream(text, writable: false), options, out _layout, out var fault))
                throw new ProblemException($"{Location} {fault.Message}");
            _times = _layout.NewClock();
            text = text[(int)_layout.Preamble.Bytes..];
        }

        _bytesRead += whole;
        var rest = file.Length - file.Position;
        using var reader = _layout.Open(text);
        while (reader.Read())
        {
            // Which cell is the lead is not known; one odd row later on is a missing sample.
            if (_fs == 0 && _layout.HasCellsBeyondNames(reader))
                throw new ProblemException($"{Location} {_layout.DescribeRow(reader, reader.LineNumber + _layout.Preamble.Lines)}");
            var row = _layout.ReadRow(reader, _times!);
            _rows.Add((_layout.HasTime ? (row?.Seconds ?? double.NaN) * _unit : double.NaN, row?.Millivolts ?? float.NaN));
        }

        return rest > 0;
    }

    private static int LinesWithoutComments(ReadOnlySpan<byte> text)
    {
        var lines = 0;
        for (int end; (end = text.IndexOf((byte)'\n')) >= 0; text = text[(end + 1)..])
        {
            if (text[..end].TrimStart("\uFEFF \t"u8) is { Length: > 0 } line && line[0] != '#') lines++;
        }

        return lines;
    }

    private bool FindFs()
    {
        if (!_layout!.HasTime)
        {
            _fs = (options.Fs ?? _layout.Preamble.Fs)!.Value;
            return true;
        }

        if (!_isUnitKnown && !_layout.HasTimeUnit(_times!) && !TryFindUnit()) return false;
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
        if (!clock.TryFindFs(first, hasUnit: true, out _fs, out _, out var error)) throw new ProblemException($"{Location} {error}");
        _last = double.NaN;
        return true;
    }

    /// <summary>Finds the unit of times whose column does not say it, by the first of them, and puts all of them in seconds.</summary>
    private bool TryFindUnit()
    {
        var times = TimesUpToAStepBack(out _);
        if (times.Count < UnitRows) return _rows.Count >= MaxRows;
        var clock = new SampleClock();
        foreach (var time in times.Take(UnitRows)) clock.Add(time);
        // Where they are not regular, what follows says so.
        clock.TryFindFs(times.Take(UnitRows), hasUnit: false, out _, out _unit, out _);
        _isUnitKnown = true;
        for (var i = 0; i < _rows.Count; i++) _rows[i] = _rows[i] with { Time = _rows[i].Time * _unit };
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
