using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Records that are named with folders, without an extension, or in a list.</summary>
public class RecordListTests
{
    private const string Line = " 16 200 16 0 0 0 0 II\n";

    [Fact]
    public void A_list_names_records_in_folders_and_folders_with_lists_of_their_own()
    {
        using var temp = new TemporaryFolder();
        foreach (var name in new[] { "one", "p0/two", "p1/three", "p1/four", "p2/five", "p2/six", "unlisted" }) Record(temp, name);
        temp.Write("p1/RECORDS", "three\n");
        var path = temp.Write("RECORDS", "one\r\np0/two\n\np1/\np2/\n# a comment\none\nmissing/seven\n");
        using var folder = RecordingFolder.Open(path);
        Assert.Equal(["five", "one", "seven", "six", "three", "two"], folder.Entries.Select(entry => entry.Id).Order());
        foreach (var entry in folder.Entries.Where(entry => entry.Id != "seven")) Assert.Equal(10, entry.Read(new ReadOptions()).Recording!.Samples.Length);
        Assert.EndsWith(
            "RECORDS names in line 8 the record 'missing/seven', which is not there: get it, or take the line out",
            folder.Entries.Single(entry => entry.Id == "seven").Read(new ReadOptions()).Rejection!.Message);
        using var all = RecordingFolder.Open(temp.Path);
        Assert.Equal(7, all.Entries.Count);
    }

    [Theory]
    [InlineData("../one")]
    [InlineData("/etc/one")]
    [InlineData("a/../../one")]
    [InlineData("c:one")]
    [InlineData("a\\one")]
    [InlineData("\u001b[31m")]
    public void A_list_never_leads_out_of_its_folder(string line)
    {
        using var temp = new TemporaryFolder();
        var path = temp.Write("sub/RECORDS", line + "\n");
        var error = Assert.Throws<ProblemException>(() => RecordingFolder.Open(path));
        Assert.Contains("in line 1, where the name of a record below its folder should be", error.Message);
    }

    [Fact]
    public void An_empty_list_is_refused()
    {
        using var temp = new TemporaryFolder();
        Assert.Contains("names no record", Assert.Throws<ProblemException>(() => RecordingFolder.Open(temp.Write("RECORDS", "\n"))).Message);
    }

    [Fact]
    public void A_record_may_be_named_without_its_extension()
    {
        using var temp = new TemporaryFolder();
        Record(temp, "a/b/100");
        using var folder = RecordingFolder.Open(Path.Combine(temp.Path, "a/b/100"));
        Assert.Equal("100", Assert.Single(folder.Entries).Id);
    }

    [Theory]
    [InlineData("a/b/100 1 250 10\n100.dat" + Line)]
    [InlineData("b/100 1 250 10\n100.dat" + Line)]
    [InlineData("# made by a program\n/data/a/b/100 1 250 10\n100.dat" + Line)]
    [InlineData("a/b/100 1 250 10\nsub/100.dat" + Line)]
    public void A_header_may_name_its_record_and_its_signals_with_folders(string header)
    {
        using var temp = new TemporaryFolder();
        temp.Write("100.dat", new byte[20]);
        temp.Write("sub/100.dat", new byte[20]);
        using var folder = RecordingFolder.Open(temp.Write("100.hea", header));
        Assert.Equal(10, Assert.Single(folder.Entries).Read(new ReadOptions()).Recording!.Samples.Length);
    }

    [Fact]
    public void Segments_may_lie_in_folders_below()
    {
        using var temp = new TemporaryFolder();
        Record(temp, "parts/s1");
        Record(temp, "parts/s2");
        using var folder = RecordingFolder.Open(temp.Write("r.hea", "x/r/2 1 250 20\nparts/s1 10\nparts/s2 10\n"));
        Assert.Equal(20, folder.Entries.Single().Read(new ReadOptions()).Recording!.Samples.Length);
    }

    [Fact]
    public void A_wfdb_file_is_a_zip_of_its_record()
    {
        using var temp = new TemporaryFolder();
        var path = Path.Combine(temp.Path, "a.wfdb");
        using (var zip = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Create))
        {
            using (var header = new StreamWriter(zip.CreateEntry("a.hea").Open())) header.Write("a 1 250 10\na.dat" + Line);
            using var signal = zip.CreateEntry("a.dat").Open();
            signal.Write(new byte[20]);
        }

        foreach (var where in new[] { path, temp.Path })
        {
            using var folder = RecordingFolder.Open(where);
            Assert.Equal(10, Assert.Single(folder.Entries).Read(new ReadOptions()).Recording!.Samples.Length);
        }
    }

    private static void Record(TemporaryFolder temp, string name)
    {
        var stem = Path.GetFileName(name);
        temp.Write(name + ".hea", $"{stem} 1 250 10\n{stem}.dat{Line}");
        temp.Write(name + ".dat", new byte[20]);
    }
}
