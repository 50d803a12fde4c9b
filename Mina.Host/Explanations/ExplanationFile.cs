using Mina.Host.Reports.Drawing;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Host.Explanations;

/// <summary>Writes an explanation to a file, whose extension decides the format: .html, .png or .svg.</summary>
public static class ExplanationFile
{
    private const double PngScale = 2;

    /// <summary>Checks the extension of a file name, before anything is computed.</summary>
    /// <exception cref="ProblemException">The extension is not .html, .png or .svg.</exception>
    public static void Check(string path)
    {
        if (Extension(path) is not (".html" or ".png" or ".svg"))
            throw new ProblemException($"--out {path} must end in .html, .png or .svg, because the extension decides what is written.");
    }

    /// <summary>Writes the file, as a whole or not at all, and makes the folders that are missing.</summary>
    /// <returns>The file's full path.</returns>
    /// <exception cref="ProblemException">The extension is not .html, .png or .svg, or the file cannot be written.</exception>
    public static string Write(WindowExplanation window, string path)
    {
        Check(path);
        var file = Path.GetFullPath(path);
        switch (Extension(path))
        {
            case ".png":
                WholeFile.Write(file, Png(window));
                break;
            case ".svg":
                WholeFile.Write(file, Svg(window, alone: true) + "\n");
                break;
            default:
                WholeFile.Write(file, ExplanationPage.Render(window));
                break;
        }

        return file;
    }

    /// <summary>Draws the picture as SVG, as a part of a page or, with <paramref name="alone"/>, as a file of its own.</summary>
    public static string Svg(WindowExplanation window, bool alone)
    {
        var canvas = new SvgCanvas(
            ExplanationFigure.Width, ExplanationFigure.Height, $"Four channels of {window.RecordingId} and what the network attended to");
        ExplanationFigure.Draw(canvas, window);
        return canvas.ToString(alone);
    }

    /// <summary>Draws the picture as PNG, with two pixels for each unit.</summary>
    public static byte[] Png(WindowExplanation window)
    {
        using var canvas = new PngCanvas(ExplanationFigure.Width, ExplanationFigure.Height, PngScale);
        ExplanationFigure.Draw(canvas, window);
        return canvas.ToPng();
    }

    private static string Extension(string path) => Path.GetExtension(path).ToLowerInvariant();
}
