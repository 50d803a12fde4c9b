using Mina.Preprocess;
using Mina.Streaming.Ingest;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Labels;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Recordings of one name in several folders, and tables that name them.</summary>
public class SameNamesTests
{
    [Fact]
    public void Recordings_of_one_name_are_told_apart_by_their_paths_and_others_keep_their_names()
    {
        using var temp = new TemporaryFolder();
        foreach (var path in new[] { "p1/rec_1", "p2/rec_1", "p2/rec_2", "rec_3" })
        {
            temp.Write($"{path}.hea", $"{Path.GetFileName(path)} 1 100 3\n{Path.GetFileName(path)}.dat 16 1\n");
            temp.Write($"{path}.dat", WfdbEncoder.Encode(16, [1, 2, 3]));
        }

        using var folder = RecordingFolder.Open(temp.Path);
        Assert.Equal(["p1/rec_1", "p2/rec_1", "rec_2", "rec_3"], folder.Entries.Select(entry => entry.Id));
        Assert.Equal("p2/rec_1", folder.Entries[1].Read(new ReadOptions()).Recording!.Id);
    }

    [Fact]
    public void A_table_may_name_a_recording_by_its_path_or_by_its_name()
    {
        var labels = LabelTable.Parse("labels.csv", "p1/rec_1,A\nrec_1,N\n");
        Assert.Equal((Label.AF, Label.Normal, Label.Normal), (labels.Find("p1/rec_1"), labels.Find("p2/rec_1"), labels.Find("rec_1")));
        Assert.Empty(labels.Without(["p1/rec_1", "p2/rec_1"]));
        Assert.Equal("x", GroupTable.Parse("groups.csv", "rec_1,x\n").Find("p2/rec_1"));
    }

    [Theory]
    [InlineData("Recording,First_label,Second_label,Third_label\r\nA0001,1,,\r\nA0002,2,5,\r\nA0003,5,2,\r\nA0004,9,,\r\nA0005,1,7,\r\n")]
    [InlineData("\uFEFFRecording,First_label,Second_label,Third_label\nA0001,1,,\nA0002,2,5,\nA0003,5,2,\nA0004,9,,\nA0005,1,7,\n")]
    public void The_classes_of_CPSC_2018_are_labels(string text)
    {
        var labels = LabelTable.Parse("REFERENCE.csv", text);
        Assert.Equal([Label.Normal, Label.AF, Label.AF, Label.Other, Label.Other], labels.Ids.Select(id => labels.Find(id)!.Value));
    }

    [Theory]
    [InlineData("A0001,10,,", "REFERENCE.csv, line 2: '10' is no class; it should be 1 to 9, as CPSC 2018 numbers them")]
    [InlineData("A0001,,,", "REFERENCE.csv, line 2: there is no class; it should be 1 to 9, as CPSC 2018 numbers them")]
    public void Another_class_is_refused_with_its_line(string line, string message) => Assert.Equal(
        message, Assert.Throws<ProblemException>(() => LabelTable.Parse("REFERENCE.csv", $"Recording,First_label,Second_label\n{line}\n")).Message);

    [SkippableFact]
    public async Task The_cases_of_the_field_are_all_taken()
    {
        using var temp = new TemporaryFolder();
        foreach (var (name, taken) in new[] { ("19-same-names-in-folders", 4), ("35-labels-in-comments", 4), ("36-cpsc2018-reference", 2) })
        {
            using var folder = RecordingFolder.Open(SharedData.PathOf("cases", name, "in"));
            var labels = folder.FindLabels();
            var options = new IngestOptions(Path.Combine(temp.Path, name)) { LabelOf = id => labels?.Find(id), LabelledIds = labels?.Ids };
            var summary = await IngestPipeline.RunAsync(folder.Entries, options);
            Assert.Empty(summary.Rejections);
            Assert.Empty(summary.NeverFound);
            Assert.Equal(taken, summary.Shards.Sum(shard => shard.Recordings.Count));
        }
    }
}
