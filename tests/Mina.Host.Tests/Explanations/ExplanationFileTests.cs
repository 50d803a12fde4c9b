using System.Xml.Linq;
using Mina.Host.Explanations;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Explanations;

public sealed class ExplanationFileTests
{
    private static readonly WindowExplanation Window = Explained("rec<1>&\"x\"");

    [Fact]
    public void The_svg_stands_alone_and_says_what_it_shows()
    {
        using var folder = new TemporaryFolder();
        var svg = XDocument.Load(ExplanationFile.Write(Window, folder["deep/a.svg"])).Root!;
        Assert.Equal("svg", svg.Name.LocalName);
        var text = svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        Assert.Contains("rec<1>&\"x\", 1.5 to 11.5 s", text);
        Assert.Contains("Probability of AF 0.7500: AF", text);
        Assert.Equal(4, text.Count(t => t == "mV"));
        Assert.Contains("100 %", text);
        Assert.Contains("Time from the recording's start (s)", text);
        Assert.Equal(Enumerable.Range(2, 10).Select(s => s.ToString()), text.Where(t => t.Length <= 2 && int.TryParse(t, out var s) && s >= 2).Take(10));
        Assert.Equal(4, Paths(svg, "x-trace").Count());
    }

    [Fact]
    public void The_page_is_whole_and_needs_nothing_from_elsewhere()
    {
        using var folder = new TemporaryFolder();
        var html = File.ReadAllText(ExplanationFile.Write(Window, folder["a.HTML"]));
        var page = XDocument.Parse(html);
        Assert.Single(page.Descendants(), e => e.Name.LocalName == "svg");
        Assert.DoesNotContain("http", html);
        Assert.DoesNotContain("<rec", html);
    }

    [Fact]
    public void The_png_is_one_two_pixels_a_unit()
    {
        using var folder = new TemporaryFolder();
        var png = File.ReadAllBytes(ExplanationFile.Write(Window, folder["a.png"]));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
        Assert.Equal(2 * (int)ExplanationFigure.Width, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
    }

    [Fact]
    public void Shading_falls_where_beat_and_rhythm_attention_meet_and_nowhere_else()
    {
        var svg = XDocument.Parse(ExplanationFile.Svg(Window, alone: true)).Root!;
        // Channel 0 looks at sub-segment 30 alone, evenly within it: 60 times even attention, 5 to 5 1/6 s into the window.
        // The legend shows every step once; what is more is shading.
        Assert.All(new[] { 1, 2, 3, 4, 6 }, level => Assert.Single(Paths(svg, $"x-a{level}")));
        var shade = Assert.Single(Paths(svg, "x-a5").SkipLast(1));
        var numbers = shade.Split(['M', ' ', 'h', 'v', 'z'], StringSplitOptions.RemoveEmptyEntries).Select(n => double.Parse(n)).ToArray();
        Assert.Equal(76 + (954 * 0.5), numbers[0], 0.1);
        Assert.Equal(954 / 60.0, numbers[2], 0.2);
    }

    [Theory]
    [InlineData("a.pdf")]
    [InlineData("picture")]
    public void Another_extension_is_refused_and_the_right_ones_named(string name)
    {
        var e = Assert.Throws<ProblemException>(() => ExplanationFile.Write(Window, name));
        Assert.Contains(name, e.Message);
        Assert.Contains(".html, .png or .svg", e.Message);
    }

    private static IEnumerable<string> Paths(XElement svg, string style) =>
        svg.Descendants().Where(e => e.Name.LocalName == "path" && (string?)e.Attribute("class") == style).Select(e => (string)e.Attribute("d")!);

    private static WindowExplanation Explained(string id)
    {
        var beat = Enumerable.Range(0, Shapes.Channels).Select(_ => Enumerable.Repeat(1f / Shapes.SubSegment, Shapes.Window).ToArray()).ToArray();
        var rhythm = Enumerable.Range(0, Shapes.Channels).Select(_ => Enumerable.Repeat(1f / Shapes.SubSegments, Shapes.SubSegments).ToArray()).ToArray();
        Array.Clear(rhythm[0]);
        rhythm[0][30] = 1;
        var channels = Enumerable.Range(0, Shapes.Channels)
            .Select(c => Enumerable.Range(0, Shapes.Window).Select(t => (float)Math.Sin(t * (c + 1) / 40.0)).ToArray()).ToArray();
        return new WindowExplanation(id, 1.5, channels, "mV", new SegmentAttention(0.75, beat, rhythm, [0.4f, 0.3f, 0.2f, 0.1f]), 0.5, null, null);
    }
}
