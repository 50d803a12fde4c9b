using System.Numerics;

namespace Mina.Preprocess.Beats;

/// <summary>One shape of QRS complex that a stream has shown. Plain data.</summary>
/// <param name="Mean">Its running mean, <see cref="BeatCandidate.ShapePoints"/> points.</param>
/// <param name="Weight">How much it prevails: the number of beats of this shape, where premature and older beats count for less.</param>
/// <param name="Count">The number of beats of this shape so far.</param>
public sealed record BeatTemplate(float[] Mean, double Weight, int Count);

/// <summary>The state from which <see cref="BeatTemplates"/> continues. It is plain data.</summary>
public sealed class BeatTemplatesState
{
    /// <summary>The shapes seen, at most <see cref="BeatTemplates.MaxTemplates"/>.</summary>
    public List<BeatTemplate> Templates { get; set; } = [];

    /// <summary>Beats so far.</summary>
    public long Beats { get; set; }

    /// <summary>The running mean of the correlation of prevailing beats with their template, which noise lowers.</summary>
    public double UsualCorrelation { get; set; } = 0.95;

    /// <summary>Running mean of what precedes normal beats, its straight line taken off, and over how many.</summary>
    public float[] Atrial { get; set; } = new float[BeatCandidate.AtrialPoints];

    public int AtrialCount { get; set; }

    /// <summary>Returns a copy that shares no data that can change.</summary>
    public BeatTemplatesState Copy()
    {
        var copy = (BeatTemplatesState)MemberwiseClone();
        copy.Templates = [.. Templates.Select(t => t with { Mean = [.. t.Mean] })];
        copy.Atrial = [.. Atrial];
        return copy;
    }
}

/// <summary>The match of a shape with a template: their best correlation, -1 to 1, and the shift in points that gives it.</summary>
internal readonly record struct TemplateMatch(double Correlation, int Shift);

/// <summary>The shapes of a stream's beats: which of them prevails, and how a beat compares with it.</summary>
internal sealed class BeatTemplates(BeatTemplatesState state)
{
    /// <summary>The largest number of shapes that are kept.</summary>
    public const int MaxTemplates = 5;

    // A beat joins the template that it correlates best with, where the correlation is at least this.
    private const double Alike = 0.8;

    // A template must have this many beats before a candidate is trusted for looking like it.
    private const int TrustedCount = 3;

    // A beat is ectopic when its correlation is below this, and by the margin below the usual correlation of prevailing beats.
    private const double EctopicBelow = 0.85;
    private const double EctopicMargin = 0.1;
    private const double Forgetting = 0.98;
    private const double PrematureWeight = 0.2;
    private const double Premature = 0.85;
    private const int MeanOver = 16;

    // The number of shifts, rounded up to whole registers of up to eight numbers.
    private const int Padded = (BeatCandidate.Shifts + 1 + 7) / 8 * 8;

    private readonly TemplateMatch[] _matches = new TemplateMatch[MaxTemplates];

    // The candidate's points, and the variance of the points that each shift compares.
    private readonly double[] _shape = new double[BeatCandidate.ShapePoints + Padded];
    private readonly double[] _variances = new double[Padded];

    /// <summary>The state to continue from.</summary>
    public BeatTemplatesState State { get; private set; } = state;

    /// <summary>Goes on from another state, as if nothing had come before.</summary>
    public void GoOn(BeatTemplatesState state) => State = state;

    /// <summary>Compares a candidate with every template.</summary>
    /// <returns>The matches for <see cref="Fit"/> and <see cref="Take"/>, which are valid until the next comparison.</returns>
    public Span<TemplateMatch> Compare(BeatCandidate candidate)
    {
        Read(candidate.Shape);
        for (var i = 0; i < State.Templates.Count; i++)
            _matches[i] = Match(State.Templates[i].Mean);
        return _matches.AsSpan(0, State.Templates.Count);
    }

    /// <summary>The best correlation with a template of several beats; 1 while fewer than eight beats have been seen.</summary>
    public double Fit(ReadOnlySpan<TemplateMatch> matches)
    {
        if (State.Beats < 8)
            return 1;
        double fit = -1;
        for (var i = 0; i < matches.Length; i++)
        {
            if (State.Templates[i].Count >= TrustedCount)
                fit = Math.Max(fit, matches[i].Correlation);
        }

        return fit;
    }

    /// <summary>Takes a candidate as a beat.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="matches">Its matches with the templates.</param>
    /// <param name="stretch">The first and the last sample so far of the gap-free stretch that it lies in.</param>
    /// <param name="last">The beat before it in the stretch; null where it is the first.</param>
    /// <param name="usualInterval">The median of the recent intervals, in samples.</param>
    public Beat Take(BeatCandidate candidate, ReadOnlySpan<TemplateMatch> matches, (long First, long Last) stretch, long? last, double usualInterval)
    {
        var premature = candidate.Sample - last < Premature * usualInterval;
        var (joined, shift) = Join(candidate.Shape, matches, premature ? PrematureWeight : 1);
        State.Beats++;
        var prevailing = 0;
        for (var i = 1; i < State.Templates.Count; i++)
        {
            if (State.Templates[i].Weight > State.Templates[prevailing].Weight)
                prevailing = i;
        }

        var correlation = prevailing < matches.Length ? matches[prevailing].Correlation : 1;
        if (joined == prevailing)
            State.UsualCorrelation += 0.05 * (correlation - State.UsualCorrelation);
        var ectopic = joined != prevailing && correlation < Math.Min(EctopicBelow, State.UsualCorrelation - EctopicMargin);
        var pWave = ectopic ? (float?)null : MatchAtrial(candidate.Atrial.AsSpan(shift, BeatCandidate.AtrialPoints));

        // Aligned with its template, a beat's place does not jump between two waves of one complex. It stays within the stretch: there is no
        // beat in a gap.
        var sample = candidate.Sample + ((shift - (BeatCandidate.Shifts / 2)) * BeatCandidate.Step);
        sample = Math.Clamp(sample, last + 1 ?? stretch.First, stretch.Last);
        return new Beat(
            sample,
            last is { } before ? (int)(sample - before) : 0,
            ectopic ? BeatKind.Ectopic : BeatKind.Normal,
            (float)candidate.Height,
            candidate.Polarity,
            (float)correlation,
            pWave);
    }

    /// <summary>Adds a shape to the template that it is like, or makes a new template of it.</summary>
    private (int Joined, int Shift) Join(float[] shape, ReadOnlySpan<TemplateMatch> matches, double weight)
    {
        var templates = State.Templates;
        var (joined, best, shift) = (-1, Alike, BeatCandidate.Shifts / 2);
        for (var i = 0; i < templates.Count; i++)
        {
            templates[i] = templates[i] with { Weight = templates[i].Weight * Forgetting };
            if (matches[i].Correlation >= best)
                (joined, best, shift) = (i, matches[i].Correlation, matches[i].Shift);
        }

        if (joined < 0)
        {
            var own = new BeatTemplate(shape.AsSpan(shift, BeatCandidate.ShapePoints).ToArray(), weight, 1);
            if (templates.Count < MaxTemplates)
            {
                templates.Add(own);
                return (templates.Count - 1, shift);
            }

            var least = templates.IndexOf(templates.MinBy(t => t.Weight)!);
            templates[least] = own;
            return (least, shift);
        }

        var template = templates[joined];
        var share = 1f / Math.Min(template.Count + 1, MeanOver);
        for (var i = 0; i < BeatCandidate.ShapePoints; i++)
            template.Mean[i] += share * (shape[i + shift] - template.Mean[i]);
        templates[joined] = template with { Weight = template.Weight + weight, Count = template.Count + 1 };
        return (joined, shift);
    }

    private float? MatchAtrial(ReadOnlySpan<float> points)
    {
        // The straight line of the baseline and of the T wave's end is not the atria's.
        Span<float> flat = stackalloc float[BeatCandidate.AtrialPoints];
        double mean = 0, slope = 0, spread = 0;
        var middle = (points.Length - 1) / 2.0;
        for (var i = 0; i < points.Length; i++)
        {
            mean += points[i] / (double)points.Length;
            slope += points[i] * (i - middle);
            spread += (i - middle) * (i - middle);
        }

        for (var i = 0; i < points.Length; i++)
            flat[i] = (float)(points[i] - mean - (slope / spread * (i - middle)));
        double own = 0, its = 0, both = 0;
        for (var i = 0; i < flat.Length; i++)
        {
            own += flat[i] * (double)flat[i];
            its += State.Atrial[i] * (double)State.Atrial[i];
            both += flat[i] * (double)State.Atrial[i];
        }

        var known = State.AtrialCount >= 4;
        State.AtrialCount++;
        var share = 1f / Math.Min(State.AtrialCount, MeanOver);
        for (var i = 0; i < flat.Length; i++)
            State.Atrial[i] += share * (flat[i] - State.Atrial[i]);
        return !known ? null : own > 0 && its > 0 ? (float)(both / Math.Sqrt(own * its)) : 0;
    }

    /// <summary>The best correlation of a template with the shape at any shift, reduced where one is over twice as large as the other.</summary>
    private TemplateMatch Match(float[] template)
    {
        const int n = BeatCandidate.ShapePoints;
        Span<double> centred = stackalloc double[n];
        double mean = 0, variance = 0;
        foreach (var v in template)
            mean += v / (double)n;
        for (var i = 0; i < n; i++)
        {
            centred[i] = template[i] - mean;
            variance += centred[i] * centred[i];
        }

        var best = new TemplateMatch(-1, BeatCandidate.Shifts / 2);
        if (!(variance > 0))
            return best;
        Span<double> correlations = stackalloc double[Padded];
        var (own, half) = (new Vector<double>(variance), new Vector<double>(0.5));
        for (var shift = 0; shift < Padded; shift += Vector<double>.Count)
        {
            // Every lane adds up its own shift, in the order of the points.
            var both = Vector<double>.Zero;
            for (var i = 0; i < n; i++)
                both += new Vector<double>(_shape, i + shift) * new Vector<double>(centred[i]);
            var its = new Vector<double>(_variances, shift);
            var size = Vector.SquareRoot(Vector.Min(own, its) / Vector.Max(own, its));
            (both / Vector.SquareRoot(own * its) * Vector.Min(Vector<double>.One, half + size)).CopyTo(correlations[shift..]);
        }

        for (var shift = 0; shift <= BeatCandidate.Shifts; shift++)
        {
            if (_variances[shift] > 0 && correlations[shift] > best.Correlation)
                best = new TemplateMatch(correlations[shift], shift);
        }

        return best;
    }

    /// <summary>Reads a shape's points, and the variance of those that each shift compares, from which one point goes and one comes at each step.</summary>
    private void Read(float[] shape)
    {
        const int n = BeatCandidate.ShapePoints;
        double sum = 0, squares = 0;
        for (var i = 0; i < shape.Length; i++)
            _shape[i] = shape[i];
        for (var i = 0; i < n; i++)
        {
            sum += _shape[i];
            squares += _shape[i] * _shape[i];
        }

        _variances[0] = squares - (sum * sum / n);
        for (var shift = 1; shift <= BeatCandidate.Shifts; shift++)
        {
            double gone = _shape[shift - 1], come = _shape[shift + n - 1];
            sum += come - gone;
            squares += (come * come) - (gone * gone);
            _variances[shift] = squares - (sum * sum / n);
        }
    }
}
