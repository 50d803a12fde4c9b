using System.IO.Compression;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Labels;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

public class LabelTableTests
{
    [Theory]
    [InlineData("A1,N\nA2,A\nA3,O\nA4,~\n")]
    [InlineData("\uFEFFid,label\r\nA1,Normal\r\nA2,AF\r\n\r\nA3,other\r\nA4,Noisy")]
    [InlineData("number;Label;Recording\n1;N;A1.hea\n2;A;A2\n3;O;A3.mat\n4;~;\"A4\"\n")]
    [InlineData("# by two readers\nA1\tn\nA2\ta\nA3\to\nA4\t~\nA1\tN\n")]
    public void Labels_are_read_with_or_without_a_header_line(string text)
    {
        var table = LabelTable.Parse("labels", text);
        Assert.Equal([Label.Normal, Label.AF, Label.Other, Label.Noisy, null], new[] { "A1", "A2", "A3", "A4", "A5" }.Select(table.Find));
        Assert.Equal((4, "labels"), (table.Count, table.Source));
        Assert.Equal(["A3", "A4"], table.Without(["A2", "A1", "B"]));
    }

    [Theory]
    [InlineData("A1,N\nA2,X\n", "l.csv, line 2: 'X' is no label; it should be N, A, O or ~ (or Normal, AF, Other, Noisy)")]
    [InlineData("A1,X\n", "l.csv, line 1: 'X' is no label; it should be N, A, O or ~ (or Normal, AF, Other, Noisy)")]
    [InlineData("A1,N\n\nA2\n", "l.csv, line 3: 'A2' should read 'id,label'")]
    [InlineData("A1,N\nA1,A\n", "l.csv, line 2: A1 has the label AF, but Normal in l.csv, line 1: keep one of them")]
    public void A_bad_line_is_an_error_with_its_number(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ProblemException>(() => LabelTable.Parse("l.csv", text)).Message);

    [Fact]
    public void A_label_file_that_is_not_there_is_one_clear_error() =>
        Assert.Equal(
            "/nowhere/l.csv is not there: give the label file's path",
            Assert.Throws<ProblemException>(() => LabelTable.Load("/nowhere/l.csv")).Message);

    [Theory]
    [InlineData("REFERENCE-v3.csv", "REFERENCE.csv", "REFERENCE-v1.csv", "REFERENCE-v3.csv", "REFERENCE-v2.csv", "REFERENCE-original.csv")]
    [InlineData("REFERENCE-v10.csv", "REFERENCE-v9.csv", "REFERENCE-v10.csv")]
    [InlineData("REFERENCE.csv", "REFERENCE.csv", "REFERENCE-original.csv")]
    [InlineData("labels.csv", "REFERENCE-v3.csv", "labels.csv")]
    public void Of_several_label_files_the_highest_version_counts_and_is_named(string expected, params string[] names)
    {
        using var temp = new TemporaryFolder();
        foreach (var name in names) temp.Write(name, name == expected ? "a,A\n" : "a,N\n");
        temp.Write("a.csv", "t,x\n0,1\n");
        var table = LabelTable.FindBeside(temp.Path)!;
        Assert.Equal((Label.AF, Path.Combine(temp.Path, expected)), (table.Find("a"), table.Source));
        using var folder = RecordingFolder.Open(temp.Path);
        Assert.Equal(["a"], folder.Entries.Select(e => e.Id));
        Assert.Equal(table.Source, folder.FindLabels()!.Source);
    }

    [Fact]
    public void Labels_are_found_in_a_zip_and_beside_it_the_higher_version_first()
    {
        using var temp = new TemporaryFolder();
        var zip = Path.Combine(temp.Path, "z.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            using var entry = new StreamWriter(archive.CreateEntry("set/REFERENCE-v1.csv").Open());
            entry.Write("a,N\n");
        }

        Assert.Equal(zip + "!set/REFERENCE-v1.csv", LabelTable.FindBeside(zip)!.Source);
        temp.Write("REFERENCE.csv", "a,A\n");
        Assert.Equal(Label.Normal, LabelTable.FindBeside(zip)!.Find("a"));
        temp.Write("REFERENCE-v3.csv", "a,A\n");
        Assert.Equal(Label.AF, LabelTable.FindBeside(zip)!.Find("a"));
    }

    [Fact]
    public void Without_labels_in_the_folder_those_of_subfolders_count_together()
    {
        using var temp = new TemporaryFolder();
        temp.Write("one/REFERENCE.csv", "a,A\n");
        temp.Write("two/REFERENCE.csv", "b,O\n");
        var table = LabelTable.FindBeside(temp.Path)!;
        Assert.Equal((Label.AF, Label.Other), (table.Find("a"), table.Find("b")));
        temp.Write("two/REFERENCE.csv", "a,O\n");
        Assert.Contains("keep one of them", Assert.Throws<ProblemException>(() => LabelTable.FindBeside(temp.Path)).Message);
    }

    [Fact]
    public void Where_there_are_no_labels_none_are_found()
    {
        using var temp = new TemporaryFolder();
        Assert.Null(LabelTable.FindBeside(temp.Path));
        Assert.Null(GroupTable.FindBeside(temp.Path));
    }

    [Fact]
    public void Groups_are_read_the_same_way()
    {
        using var temp = new TemporaryFolder();
        temp.Write("groups.csv", "record,subject\r\na,p1\r\nb,p1\r\n");
        var table = GroupTable.FindBeside(temp.Path)!;
        Assert.Equal(("p1", "p1", null, 2), (table.Find("a"), table.Find("b"), table.Find("c"), table.Count));
        Assert.Equal("g, line 2: '' is no group; it should be a name", Assert.Throws<ProblemException>(() => GroupTable.Parse("g", "a,p\nb,\n")).Message);
    }
}
