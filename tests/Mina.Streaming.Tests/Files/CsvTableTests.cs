using Mina.Streaming.Files;
using Xunit;

namespace Mina.Streaming.Tests.Files;

public sealed class CsvTableTests
{
    [Fact]
    public void Cells_are_quoted_only_where_they_must_be() => Assert.Equal(
        "id,message\na, and a space \nb,\"one, \"\"two\"\"\"\nc,\"two\nlines\"\n",
        Written(["a", " and a space "], ["b", "one, \"two\""], ["c", "two\nlines"]));

    [Theory]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1,2)", "\"'@SUM(A1,2)\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("a=1", "a=1")]
    [InlineData("\u001b[2J", "\uFFFD[2J")]
    [InlineData("a\u0007b\u009b", "a\uFFFDb\uFFFD")]
    [InlineData("Zoë ~", "Zoë ~")]
    public void Text_from_outside_runs_neither_in_a_spreadsheet_nor_in_a_terminal(string text, string written) =>
        Assert.Equal($"id,message\n{written},x\n", Written([text, "x"]));

    [Fact]
    public void Numbers_are_invariant_and_may_be_negative() => Assert.Equal("id,message\n-1.5,2\n,\n", Written([-1.5, 2], [null, null]));

    private static string Written(params object?[][] rows)
    {
        using var text = new StringWriter();
        CsvTable.Write(text, ["id", "message"], rows);
        return text.ToString();
    }
}
