using System.Text;
using Mina.Preprocess;
using Mina.Preprocess.Beats;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Records of which only annotations are kept.</summary>
public sealed class WfdbBeatsTests
{
    private static readonly WfdbAnnotation[] Annotations =
    [
        new(10, WfdbAnnotation.Rhythm, "(N"),
        new(100, WfdbAnnotation.Normal, ""),
        new(200, WfdbAnnotation.Ventricular, ""),
        new(210, WfdbAnnotation.Note, "no beat"),
        new(300, WfdbAnnotation.Atrial, ""),
        new(1000, WfdbAnnotation.Normal, ""),
    ];

    [Fact]
    public void Beats_are_at_300_Hz_and_no_interval_spans_five_seconds_or_more()
    {
        var beats = WfdbBeats.BeatsOf(Annotations, 100);
        Assert.Equal([300, 600, 900, 3000], beats.Select(b => b.Sample));
        Assert.Equal([0, 300, 300, 0], beats.Select(b => b.Interval));
        Assert.Equal([BeatKind.Normal, BeatKind.Ectopic, BeatKind.Normal, BeatKind.Normal], beats.Select(b => b.Kind));
    }

    [Fact]
    public void Beats_come_from_qrs_where_it_is_there_and_the_header_needs_no_signals()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "b.hea"), "# no signal is kept\nb 0 100 0\n");
        File.WriteAllBytes(Path.Combine(folder.Path, "b.atr"), WfdbAnnotations.Encode(Annotations[..1]));
        File.WriteAllBytes(Path.Combine(folder.Path, "b.qrs"), WfdbAnnotations.Encode(Annotations[1..]));
        File.WriteAllText(Path.Combine(folder.Path, "a.hea"), "a 1 100\na.dat 16\n", Encoding.UTF8);
        File.WriteAllBytes(Path.Combine(folder.Path, "a.atr"), WfdbAnnotations.Encode(Annotations));

        var records = WfdbBeats.ReadFolder(folder.Path).ToArray();

        Assert.Equal(["a", "b"], records.Select(r => r.Id));
        Assert.All(records, record => Assert.Equal(4, record.Beats.Count));
        Assert.All(records, record => Assert.Equal("N", Assert.Single(record.Rhythms).Rhythm));
    }

    [Fact]
    public void A_subtype_is_kept_and_a_file_says_its_own_resolution()
    {
        WfdbAnnotation[] annotations =
            [new(0, WfdbAnnotation.Note, "## time resolution: 250"), new(70_000, WfdbAnnotation.Quality, "a", 0x30), new(70_001, 1, "", -1)];
        Assert.Equal(annotations, WfdbAnnotations.Decode(WfdbAnnotations.Encode(annotations)));
        Assert.Equal(250, WfdbAnnotations.ResolutionOf(annotations));
        Assert.Null(WfdbAnnotations.ResolutionOf(Annotations));
    }

    [Fact]
    public void An_annotation_folder_finds_records_by_path_and_then_by_name()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "deep"));
        File.WriteAllText(Path.Combine(folder.Path, "deep", "a.hea"), "a 0 100 5000\n# Subject: 1\n");
        File.WriteAllBytes(Path.Combine(folder.Path, "deep", "a.mine"), WfdbAnnotations.Encode(Annotations));
        var found = WfdbAnnotationFolder.Open(folder.Path, "mine");
        Assert.Equal(["deep/a"], found.Names);
        Assert.Equal("deep/a", found.Find("a"));
        Assert.Null(found.Find("b"));
        var file = found.Read("deep/a");
        Assert.Equal(("a", 100, 50), (file.Id, file.Fs, file.Seconds));
        Assert.Equal(["Subject: 1"], file.Comments);
        Assert.Equal(Annotations, file.Annotations);
        Assert.Contains("annotator 'atr'", Assert.Throws<ProblemException>(() => WfdbAnnotationFolder.Open(folder.Path, "atr")).Message);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("holds no WFDB headers", Assert.Throws<ProblemException>(() => WfdbBeats.ReadFolder(folder.Path)).Message);
        File.WriteAllText(Path.Combine(folder.Path, "a.hea"), "a 0 100\n");
        Assert.Contains("has no annotations", Refused());
        File.WriteAllBytes(Path.Combine(folder.Path, "a.atr"), WfdbAnnotations.Encode(Annotations[..1]));
        Assert.Contains("has no annotated beats", Refused());
        File.WriteAllText(Path.Combine(folder.Path, "a.hea"), "");
        Assert.Contains("no record line", Refused());

        string Refused() => Assert.Throws<ProblemException>(() => WfdbBeats.ReadFolder(folder.Path).ToArray()).Message;
    }
}
