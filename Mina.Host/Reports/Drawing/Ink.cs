namespace Mina.Host.Reports.Drawing;

/// <summary>
/// The colour and style of lines or areas. In a page the colour follows the page's theme, light or dark; in a file of its own it is the light one.
/// </summary>
/// <param name="Name">The name of the style in SVG.</param>
/// <param name="Colour">The colour on white paper, as #rrggbb.</param>
/// <param name="Variable">The page's CSS variable that replaces the colour where it is set; null where there is none.</param>
/// <param name="Stroke">The width of lines; 0 fills areas.</param>
/// <param name="Opacity">The opacity, 0 to 1.</param>
/// <param name="Dash">The length of dashes and gaps; 0 draws a solid line.</param>
internal sealed record Ink(string Name, string Colour, string? Variable = null, double Stroke = 0, double Opacity = 1, double Dash = 0);

/// <summary>The style of text.</summary>
/// <param name="Ink">The colour.</param>
/// <param name="Size">The size in the drawing's units.</param>
/// <param name="Bold">Whether the text is bold.</param>
internal sealed record Lettering(Ink Ink, double Size, bool Bold = false);

/// <summary>The point of a text that is placed at its position.</summary>
internal enum Anchor
{
    Start,
    Middle,
    End,
}
