namespace Mina.Host.Reports.Drawing;

/// <summary>A colour and what it is used for. In a page its colour follows the page's, light or dark; in a file of its own it is the light one.</summary>
/// <param name="Name">The style's name in SVG.</param>
/// <param name="Colour">#rrggbb on white paper.</param>
/// <param name="Variable">The page's CSS variable that takes the colour's place where it is set; null: none.</param>
/// <param name="Stroke">Width of lines; 0: areas are filled.</param>
/// <param name="Opacity">0 to 1.</param>
/// <param name="Dash">Length of dashes and gaps; 0: a whole line.</param>
internal sealed record Ink(string Name, string Colour, string? Variable = null, double Stroke = 0, double Opacity = 1, double Dash = 0);

/// <summary>How text stands.</summary>
/// <param name="Ink">Its colour.</param>
/// <param name="Size">In the drawing's units.</param>
/// <param name="Bold">Whether it is heavy.</param>
internal sealed record Lettering(Ink Ink, double Size, bool Bold = false);

/// <summary>Which point of a text its place is.</summary>
internal enum Anchor
{
    Start,
    Middle,
    End,
}
