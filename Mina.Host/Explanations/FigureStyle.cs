using Mina.Host.Reports.Drawing;

namespace Mina.Host.Explanations;

/// <summary>The colours and fonts of explanation pictures. Blue is attention, red is the paper, and black is the signal.</summary>
internal static class FigureStyle
{
    private const string Attention = "#1668b0";
    private const string Page = "v0";

    private static readonly Ink Text = new("x-ink", "#17212b", "ink");
    private static readonly Ink Soft = new("x-soft", "#5c6976", "soft");

    public static readonly Ink Paper = new("x-paper", "#fffafa", "paper");
    public static readonly Ink Minor = new("x-minor", "#f7dcdc", "minor", Stroke: 0.5);
    public static readonly Ink Major = new("x-major", "#ecb4b4", "major", Stroke: 0.8);
    public static readonly Ink Trace = new("x-trace", "#1b1b1f", "trace", Stroke: 1.15);
    public static readonly Ink Frame = new("x-frame", "#5c6976", "soft", Stroke: 1);
    public static readonly Ink Even = new("x-even", "#17212b", "ink", Stroke: 1, Opacity: 0.7, Dash: 3);
    public static readonly Ink Rhythm = new("x-bar", Attention, Page, Opacity: 0.85);
    public static readonly Ink Rail = new("x-rail", "#e6ebf0", "rule");

    public static readonly Lettering Title = new(Text, 19, Bold: true);
    public static readonly Lettering Name = new(Text, 13, Bold: true);
    public static readonly Lettering Small = new(Soft, 13);
    public static readonly Lettering Axis = new(Soft, 12.5);
    public static readonly Lettering Inked = new(Text, 11.5);
    public static readonly Lettering Tick = new(Soft, 11.5);

    /// <summary>The number of steps of shading. The first begins at twice even attention, and each is twice the one before.</summary>
    public const int ShadeLevels = 6;

    private static readonly Ink[] Shades = [.. Enumerable.Range(0, ShadeLevels + 1)
        .Select(level => new Ink($"x-a{level}", Attention, Page, Opacity: 0.08 + (0.105 * level)))];

    /// <summary>The ink of a step of shading, 1 to <see cref="ShadeLevels"/>.</summary>
    public static Ink Shade(int level) => Shades[level];

    /// <summary>Finds the stretches of samples for each step of shading; samples without shading are left out.</summary>
    /// <param name="timesEven">The attention of each sample, where 1 is even attention.</param>
    public static IEnumerable<(int Level, List<(int First, int After)> Stretches)> Levels(IEnumerable<double> timesEven)
    {
        var levels = timesEven.Select(LevelOf).ToArray();
        var stretches = Enumerable.Range(0, ShadeLevels + 1).Select(_ => new List<(int First, int After)>()).ToArray();
        var first = 0;
        for (var t = 1; t <= levels.Length; t++)
        {
            if (t < levels.Length && levels[t] == levels[first])
                continue;
            stretches[levels[first]].Add((first, t));
            first = t;
        }

        return stretches.Select((s, level) => (level, s)).Where(s => s.level > 0 && s.s.Count > 0);
    }

    // Attention of 2 to 4 times even is step 1, of 4 to 8 times step 2, and so on.
    private static int LevelOf(double timesEven) => timesEven < 2 ? 0 : Math.Min(ShadeLevels, (int)Math.Log2(timesEven));
}
