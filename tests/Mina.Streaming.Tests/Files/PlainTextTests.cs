using Mina.Streaming.Files;
using Xunit;

namespace Mina.Streaming.Tests.Files;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("esc\u001b[31mred", "esc\uFFFD[31mred")]
    [InlineData("a\nb", "a\uFFFDb")]
    [InlineData("nul\0", "nul\uFFFD")]
    [InlineData("c1\u009b31m", "c1\uFFFD31m")]
    [InlineData("\u202Egpj.exe", "\uFFFDgpj.exe")]
    [InlineData("line\u2028", "line\uFFFD")]
    public void What_a_terminal_would_obey_is_replaced(string text, string clean)
    {
        Assert.False(PlainText.IsPlain(text));
        Assert.Equal(clean, PlainText.Clean(text));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced() => Assert.Equal("half \uFFFD!", PlainText.Clean($"half {(char)0xD83D}!"));

    [Theory]
    [InlineData("")]
    [InlineData("MLII (mV)")]
    [InlineData("Jürgen µV 心電図 \U0001F493")]
    public void Other_text_stays_as_it_is(string text)
    {
        Assert.True(PlainText.IsPlain(text));
        Assert.Same(text, PlainText.Clean(text));
    }
}
