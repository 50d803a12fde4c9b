using CsvHelper;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings;

/// <summary>
/// A CSV recording that grows line by line. A time column tells fs, by its first seconds, and gaps: up to a minute they are filled with
/// NaN, longer ones skipped. A cell that is no number is a missing sample.
/// </summary>
internal sealed class GrowingCsv(string path, ReadOptions options) : GrowingRecording
{
    /// <summary>Times rounded to milliseconds tell fs well enough by so many seconds.</summary>
    private const double ClockSeconds = 4;

    /// <summary>A step of so many sampling intervals and more is a gap.</summary>
    private const double Gap = 1.75;

    private const double LongestFill = 60;
    private const int LeastBytes = 1 << 16;
    private const int MostRows = 1_000_000;

    private readonly List<(double Time, float Value)> _rows = [];
    private CsvLayout? _layout;
    private double _fs;
    private double _last;
    private long _read;
    private bool _anew;

    /// <inheritdoc/>
    public override string? SignalFile => path;

    /// <inheritdoc/>
    public override Growth Read(int most)
    {
        if (!File.Exists(path)) return Growth.None;
        using var file = OpenShared(path);
        if (file.Length < _read)
        {
            _rows.Clear();
            (_read, _layout, _fs, _anew) = (0, null, 0, true);
        }

        var more = Take(file, most);
        if (_rows.Count == 0) return Growth.None;
        if (_fs == 0 && !FindClock()) return Growth.None with { More = more };
        var (samples, skipped) = Settle(most);
        var anew = _anew && samples.Length > 0;
        _anew &= !anew;
        return new Growth(_fs, samples, skipped, anew, more || _rows.Count > 0);
    }

    /// <inheritdoc/>
    public override double SecondsBehind()
    {
        if (_fs == 0 || !File.Exists(path)) return 0;
        using var file = OpenShared(path);
        return (_rows.Count + LinesIn(file)) / _fs;
    }

    /// <summary>Takes whole lines into rows.</summary>
    /// <returns>Whether there is more than was read at once.</returns>
    private bool Take(FileStream file, int most)
    {
        // A line has a time of some ten digits and a few cells.
        var bytes = new byte[Math.Min(Math.Max(LeastBytes, most * 32L), Math.Max(0, file.Length - _read))];
        file.Position = _read;
        file.ReadExactly(bytes);
        var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (whole == 0) return bytes.Length < LeastBytes ? false : throw new ProblemException($"{Location} has a line of more than {LeastBytes} bytes: it is no CSV file of samples");
        var text = bytes[..whole];
        // Units, where there are any, stand in the second line.
        if (_layout is null && text.AsSpan().Count((byte)'\n') < 2) return false;
        _read += whole;
        var rest = file.Length - file.Position;
        var separator = _layout?.Separator ?? CsvLayout.SeparatorOf(text);
        using var reader = CsvLayout.Open(text, separator);
        bool more;
        if (_layout is not null) more = reader.Read();
        else if (!CsvLayout.TryRead(reader, separator, options, out more, out _layout, out var fault)) throw new ProblemException($"{Location} {fault.Message}");
        for (; more; more = reader.Read()) _rows.Add(Row(reader, _layout));
        return rest > 0;
    }

    private static (double Time, float Value) Row(CsvReader reader, CsvLayout layout)
    {
        if (reader.FieldCount < layout.LeastCells) return (double.NaN, float.NaN);
        var value = layout.Number(reader.GetSpan(layout.Lead.Column)) ?? double.NaN;
        var time = layout.Columns.Time < 0 ? double.NaN : (layout.Number(reader.GetSpan(layout.Columns.Time)) ?? double.NaN) * layout.Columns.TimeUnit;
        return (time, (float)(value * layout.Scale));
    }

    private bool FindClock()
    {
        if (_layout!.Columns.Time < 0)
        {
            _fs = options.Fs!.Value;
            return true;
        }

        var times = _rows.Select(row => row.Time).Where(double.IsFinite).ToList();
        if (times.Count < 2 || times[^1] - times[0] < ClockSeconds)
            return _rows.Count < MostRows ? false : throw new ProblemException($"{Location} has no usable times in its time column");
        if (!SampleClock.TryFs(times.TakeWhile(time => time - times[0] <= ClockSeconds).ToList(), out _fs, out var error)) throw new ProblemException($"{Location} {error}");
        _last = double.NaN;
        return true;
    }

    /// <summary>Rows to samples, up to a gap that is too long to be filled.</summary>
    private (float[] Samples, double Skipped) Settle(int most)
    {
        var samples = new List<float>(_rows.Count);
        var (skipped, used) = (0.0, 0);
        for (; used < _rows.Count && samples.Count < most; used++)
        {
            var (time, value) = _rows[used];
            if (double.IsFinite(time))
            {
                var step = time - _last;
                if (step < 0) throw new ProblemException(FormattableString.Invariant($"{Location} goes back in time, from {_last} s to {time} s: begin another file"));
                if (step > LongestFill)
                {
                    if (samples.Count > 0) break;
                    skipped = step - (1 / _fs);
                }
                else if (step * _fs > Gap)
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

    /// <summary>Lines that have not been read yet, the last of which may be in part.</summary>
    private long LinesIn(FileStream file)
    {
        file.Position = _read;
        var (buffer, lines) = (new byte[LeastBytes], 0L);
        for (int got; (got = file.Read(buffer)) > 0;) lines += buffer.AsSpan(0, got).Count((byte)'\n');
        return lines;
    }
}
