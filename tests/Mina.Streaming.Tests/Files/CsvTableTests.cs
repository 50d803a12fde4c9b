using Mina.Streaming.Files;
using Xunit;

namespace Mina.Streaming.Tests.Files;

public sealed class CsvTableTests
{
    [Fact]
    public void Cells_are_quoted_only_where_they_must_be()
    {
        Assert.Equal("id,message\nA1,\"one, \"\"two\"\"\"\nA2,\n", Written(["id", "message"], ["A1", "one, \"two\""], ["A2", ""]));
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    public void A_cell_that_a_spreadsheet_would_run_becomes_text(string cell)
    {
        Assert.StartsWith("\"'", Written([cell, "b"]), StringComparison.Ordinal);
    }

    private static string Written(params string[][] rows)
    {
        using var output = new StringWriter();
        using (var csv = new CsvTable(output))
        {
            foreach (var row in rows)
                csv.Row(row);
        }

        return output.ToString();
    }
}
