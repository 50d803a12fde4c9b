using System.Globalization;
using System.Text;
using Mina.Preprocess;

namespace Mina.Host.Inspections;

/// <summary>A small picture of 10 s of ECG: the lowest and the highest value of each of its columns, so that no beat is thinned away.</summary>
/// <param name="StartSeconds">Where it starts in the recording, s.</param>
/// <param name="Low">The lowest value of each column, mV up to a constant; NaN where all samples of it are missing.</param>
/// <param name="High">The highest value of each column.</param>
internal sealed record EcgSnippet(double StartSeconds, float[] Low, float[] High)
{
    /// <summary>The number of columns, which is the picture's width.</summary>
    public const int Columns = 300;

    /// <summary>The picture's height, in its own units.</summary>
    public const int Height = 72;

    /// <summary>The length of what it shows, s.</summary>
    public const int Seconds = Shapes.Window / Shapes.Fs;

    private const int SamplesOfColumn = Shapes.Window / Columns;

    /// <summary>From the lowest to the highest value, mV; 0 where there is no value.</summary>
    public double Span => Values.Any() ? Values.Max() - Values.Min() : 0;

    private IEnumerable<float> Values => Low.Concat(High).Where(float.IsFinite);

    /// <summary>Makes the picture of a window.</summary>
    /// <param name="window">3000 samples at 300 Hz; those that are not finite are missing.</param>
    /// <param name="startSeconds">Where it starts in the recording, s.</param>
    public static EcgSnippet Of(ReadOnlySpan<float> window, double startSeconds)
    {
        var (low, high) = (new float[Columns], new float[Columns]);
        for (var column = 0; column < Columns; column++)
        {
            (low[column], high[column]) = (float.NaN, float.NaN);
            foreach (var value in window.Slice(column * SamplesOfColumn, SamplesOfColumn))
            {
                if (!float.IsFinite(value)) continue;
                low[column] = float.MinNumber(low[column], value);
                high[column] = float.MaxNumber(high[column], value);
            }
        }

        return new EcgSnippet(startSeconds, low, high);
    }

    /// <summary>The trace as the path of an SVG, from the top left corner; a gap is left open.</summary>
    public string Path()
    {
        var (path, pen) = (new StringBuilder(), 'M');
        var (lowest, span) = Values.Any() ? (Values.Min(), Math.Max(Span, 1e-6)) : (0, 1);
        for (var column = 0; column < Columns; column++)
        {
            if (!float.IsFinite(Low[column]))
            {
                pen = 'M';
                continue;
            }

            var (y, next) = (At(High[column]), At(Low[column]));
            path.Append(CultureInfo.InvariantCulture, $"{pen}{column} {y:0.#}");
            if (next != y) path.Append(CultureInfo.InvariantCulture, $"V{next:0.#}");
            pen = 'L';
        }

        return path.ToString();

        double At(float value) => 2 + ((Height - 4) * (1 - ((value - lowest) / span)));
    }
}
