using System.Globalization;
using System.Text;

namespace Mina.Host.Monitor.Page;

/// <summary>
/// The geometry of a strip on paper, in millimetres: rows one under the other, as wide as a sheet of A4 has room for. It is drawn as SVG, so
/// that it prints at its true size.
/// </summary>
/// <param name="from">The time at which the first row begins.</param>
/// <param name="span">How much time is drawn, as far as the rows of a sheet reach.</param>
/// <param name="speed">mm a second.</param>
/// <param name="gain">mm a millivolt.</param>
internal sealed class StripPaper(DateTimeOffset from, TimeSpan span, double speed, double gain)
{
    /// <summary>The width of the paper.</summary>
    public const double Width = 175;

    /// <summary>The height of a row's paper.</summary>
    public const double RowHeight = 20;

    /// <summary>From one row to the next.</summary>
    public const double Pitch = 22;

    /// <summary>Rows that fit on a sheet together with what stands above them.</summary>
    public const int MaxRows = 9;

    /// <summary>How far a trace may reach beyond its row's paper: an artefact does not cover the sheet.</summary>
    public const double Margin = RowHeight / 4;

    // Most of a beat points upwards.
    private const double Baseline = 12.5;

    /// <summary>The time on a row.</summary>
    public TimeSpan RowSpan { get; } = TimeSpan.FromSeconds(Width / speed);

    /// <summary>The number of rows.</summary>
    public int Rows => Math.Clamp((int)Math.Ceiling(span / RowSpan - 0.01), 1, MaxRows);

    /// <summary>The height of all rows.</summary>
    public double Height => (Rows * Pitch) - (Pitch - RowHeight) + 1;

    /// <summary>The time at which a row begins.</summary>
    public DateTimeOffset StartOf(int row) => from + (row * RowSpan);

    /// <summary>The top of a row's paper.</summary>
    public static double Top(int row) => row * Pitch;

    /// <summary>Where a time lies on a row; it may lie beside the paper.</summary>
    public double At(int row, DateTimeOffset time) => (time - StartOf(row)).TotalSeconds * speed;

    /// <summary>The trace of a row as an SVG path; empty where there are no samples.</summary>
    /// <param name="row">The row.</param>
    /// <param name="stretches">The samples, in order of time.</param>
    /// <param name="centre">What lies on the baseline, in mV.</param>
    public string Trace(int row, IReadOnlyList<SampleStretch> stretches, double centre)
    {
        var path = new StringBuilder();
        foreach (var stretch in stretches)
        {
            var first = Math.Max(0, (int)Math.Floor((StartOf(row) - stretch.From).TotalSeconds * stretch.Fs));
            var last = Math.Min(stretch.Millivolts.Length - 1, (int)Math.Ceiling((StartOf(row + 1) - stretch.From).TotalSeconds * stretch.Fs));
            var pen = 'M';
            for (var i = first; i <= last; i++)
            {
                if (!float.IsFinite(stretch.Millivolts[i]))
                {
                    pen = 'M';
                    continue;
                }

                var x = At(row, stretch.From.AddSeconds(i / stretch.Fs));
                if (x is < -0.2 or > Width + 0.2)
                    continue;
                var y = Top(row) + Math.Clamp(Baseline - ((stretch.Millivolts[i] - centre) * gain), -Margin, RowHeight + Margin);
                path.Append(CultureInfo.InvariantCulture, $"{pen}{Math.Clamp(x, 0, Width):0.##} {y:0.##}");
                pen = 'L';
            }
        }

        return path.ToString();
    }

    /// <summary>The middle of all samples, in mV; 0 where there are none.</summary>
    public static double Centre(IReadOnlyList<SampleStretch> stretches)
    {
        var some = stretches.SelectMany(stretch => stretch.Millivolts.Where((_, i) => i % 7 == 0)).Where(float.IsFinite).Order().ToList();
        return some.Count > 0 ? some[some.Count / 2] : 0;
    }

    /// <summary>The gain, or a half or a quarter of it, at which all but a thousandth of the samples stay on a row's paper and the gaps beside it.</summary>
    /// <param name="stretches">The samples.</param>
    /// <param name="gain">mm a millivolt.</param>
    public static double Fit(IReadOnlyList<SampleStretch> stretches, double gain)
    {
        var some = stretches.SelectMany(stretch => stretch.Millivolts).Where(float.IsFinite).Order().ToList();
        if (some.Count == 0)
            return gain;
        var centre = Centre(stretches);
        var (above, below) = (some[^(1 + (some.Count / 1000))] - centre, centre - some[some.Count / 1000]);
        return new[] { gain, gain / 2 }.Where(one => above * one <= Baseline + Margin && below * one <= RowHeight - Baseline + Margin)
            .DefaultIfEmpty(gain / 4).First();
    }

    /// <summary>A number as SVG writes it.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
