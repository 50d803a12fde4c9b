using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Mina.Host.Monitor.Page;

/// <summary>Draws the probabilities of the last windows, with the newest at the right.</summary>
public partial class Sparkline
{
    private const int Places = 60;
    private const int Width = 240;
    private const int Height = 32;
    private const int Margin = 3;

    private static readonly string HalfLine = $"M0 {Height / 2}H{Width}";

    private IReadOnlyList<float?>? _drawn;
    private string _line = "";
    private string _unknown = "";
    private string? _last;

    /// <summary>The probabilities, 0 to 1, oldest first; null where a window is unclassifiable.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<float?> Values { get; set; }

    /// <inheritdoc/>
    protected override bool ShouldRender() => !ReferenceEquals(_drawn, Values);

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_drawn, Values))
            return;
        var (line, unknown) = (new StringBuilder(), new StringBuilder());
        var known = false;
        _last = null;
        for (var i = 0; i < Values.Count; i++)
        {
            var x = Width - Margin - ((Values.Count - 1 - i) * (Width - (2.0 * Margin)) / (Places - 1));
            if (Values[i] is { } p)
            {
                var y = Height - Margin - (Math.Clamp(p, 0, 1) * (Height - (2.0 * Margin)));
                line.Append(CultureInfo.InvariantCulture, $"{(known ? 'L' : 'M')}{x:0.#} {y:0.#}");
                // A line of no length with round ends is the only circle that does not stretch with the picture.
                if (i == Values.Count - 1)
                    _last = string.Create(CultureInfo.InvariantCulture, $"M{x:0.#} {y:0.#}h0");
                else if (!known && Values[i + 1] is null)
                    line.Append("h1");
            }
            else
            {
                unknown.Append(CultureInfo.InvariantCulture, $"M{x - 2:0.#} {Height - Margin}h4");
            }

            known = Values[i] is not null;
        }

        (_line, _unknown) = (line.ToString(), unknown.ToString());
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender) => _drawn = Values;
}
