using System.Text.Json;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary><c>score</c>, as a user runs it on annotations of any detector.</summary>
public sealed class ScoreTests
{
    private const string Header = "r1 1 100 60000\nr1.dat 16 200 16 0 0 0 0 ECG\n";

    private static readonly WfdbAnnotation[] Reference =
    [
        new(0, WfdbAnnotation.Rhythm, "(N"),
        .. Enumerable.Range(1, 590).Select(k => new WfdbAnnotation(100 * k, k % 10 == 0 ? WfdbAnnotation.Ventricular : WfdbAnnotation.Normal, "")),
    ];

    /// <summary>AF from 100 to 200 s and from 300 to 360 s of ten minutes.</summary>
    private static readonly WfdbAnnotation[] Rhythms =
    [
        new(10_000, WfdbAnnotation.Rhythm, "(AFIB"),
        new(20_000, WfdbAnnotation.Rhythm, "(N"),
        new(30_000, WfdbAnnotation.Rhythm, "(AFIB"),
        new(36_000, WfdbAnnotation.Rhythm, "(N"),
    ];

    [Fact]
    public async Task Annotations_against_themselves_are_perfect_and_the_json_says_what_was_scored()
    {
        using var folder = Folder();
        var run = (await MinaProcess.RunAsync(folder.Path, "score", "ref", "ref", "--test-annotator", "atr", "--json", "score.json")).ShouldSucceed();
        Assert.All(
            run.Output.Split('\n').Where(line => !line.StartsWith("figures:", StringComparison.Ordinal)),
            line => Assert.InRange(line.TrimEnd().Length, 0, 80));
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["score.json"]));
        var measurement = json.RootElement.GetProperty("measurement");
        Assert.Equal(
            measurement.GetProperty("reference").GetProperty("sha256").GetString(), measurement.GetProperty("test").GetProperty("sha256").GetString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", measurement.GetProperty("date").GetString());
        var gross = json.RootElement.GetProperty("gross");
        foreach (var name in new[] { "sensitivity", "ppv", "veb_sensitivity", "veb_ppv" })
            Assert.Equal(1, gross.GetProperty("beats").GetProperty(name).GetDouble());
        foreach (var name in new[] { "episode_sensitivity", "episode_ppv", "duration_sensitivity", "duration_ppv" })
            Assert.Equal(1, gross.GetProperty("rhythm").GetProperty(name).GetDouble());
        var matrix = gross.GetProperty("beats").GetProperty("matrix");
        Assert.Equal(590, matrix[0][0].GetInt32() + matrix[2][2].GetInt32());
    }

    [Fact]
    public async Task Beats_and_rhythms_of_another_sampling_frequency_without_a_header_are_scored()
    {
        using var folder = Folder();
        Directory.CreateDirectory(folder["test"]);
        // Every beat is 40 ms late and the 20th is missing; the first episode is half found, the second not, and one is false. 250 Hz.
        WfdbAnnotation[] detected =
        [
            new(0, WfdbAnnotation.Note, "## time resolution: 250"),
            .. Reference.Skip(1).Where(a => a.Sample != 2000).Select(a => new WfdbAnnotation((a.Sample * 5 / 2) + 10, WfdbAnnotation.Normal, "")),
            new(37_500, WfdbAnnotation.Rhythm, "(AFIB"),
            new(50_000, WfdbAnnotation.Rhythm, "(N"),
            new(100_000, WfdbAnnotation.Rhythm, "(AFIB"),
            new(112_500, WfdbAnnotation.Rhythm, "(N"),
        ];
        await File.WriteAllBytesAsync(folder["test/r1.mine"], WfdbAnnotations.Encode(detected.OrderBy(a => a.Sample)));
        (await MinaProcess.RunAsync(folder.Path, "score", "ref", "test", "--test-annotator", ".mine", "--json", "score.json")).ShouldSucceed();
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["score.json"]));
        var beats = json.RootElement.GetProperty("gross").GetProperty("beats");
        Assert.Equal(589.0 / 590, beats.GetProperty("sensitivity").GetDouble(), 12);
        Assert.Equal(1, beats.GetProperty("ppv").GetDouble());
        Assert.Equal(0, beats.GetProperty("veb_sensitivity").GetDouble());
        var rhythm = json.RootElement.GetProperty("gross").GetProperty("rhythm");
        Assert.Equal((0.5, 0.5), (rhythm.GetProperty("episode_sensitivity").GetDouble(), rhythm.GetProperty("episode_ppv").GetDouble()));
        Assert.Equal(50.0 / 160, rhythm.GetProperty("duration_sensitivity").GetDouble(), 12);
        Assert.Equal(0.5, rhythm.GetProperty("duration_ppv").GetDouble(), 12);
        Assert.Equal(144, rhythm.GetProperty("false_episodes_per_24h").GetDouble(), 9);
    }

    [Fact]
    public async Task Episodes_come_from_a_csv_and_from_the_json_of_classify_as_well()
    {
        using var folder = Folder();
        await File.WriteAllTextAsync(folder["episodes.csv"], "record,start,end\nr1,150,200\nr1,400,450\n");
        await File.WriteAllTextAsync(
            folder["classified.json"],
            """{"recording": "r1", "episodes": [{"start_s": 150, "end_s": 200, "mean_probability": 0.9}, {"start_s": 400, "end_s": 450}]}""");
        string? first = null;
        foreach (var test in new[] { "episodes.csv", "classified.json" })
        {
            (await MinaProcess.RunAsync(folder.Path, "score", "ref/r1.atr", test, "--json", "score.json")).ShouldSucceed();
            using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["score.json"]));
            var record = json.RootElement.GetProperty("records")[0];
            Assert.Equal(JsonValueKind.Null, record.GetProperty("beats").ValueKind);
            Assert.Equal(0.5, record.GetProperty("rhythm").GetProperty("duration_ppv").GetDouble());
            // AF are the minutes from 120 and 300 s on; detected are 30 s of those from 120 and 420 s on.
            var minutes = record.GetProperty("minutes");
            Assert.Equal([1, 1, 1, 7], new[] { "both", "reference_only", "detected_only", "neither" }.Select(name => minutes.GetProperty(name).GetInt32()));
            first ??= record.GetRawText();
            Assert.Equal(first, record.GetRawText());
        }
    }

    [Fact]
    public async Task The_date_stands_in_one_place_of_the_json()
    {
        using var folder = Folder();
        (await MinaProcess.RunAsync(folder.Path, "score", "ref", "ref", "--test-annotator", "atr", "--json", "a.json")).ShouldSucceed();
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["a.json"]));
        Assert.Equal(["mina", "date", "reference", "test"], json.RootElement.GetProperty("measurement").EnumerateObject().Select(p => p.Name));
        Assert.Equal(2, json.RootElement.GetRawText().Split("\"date\"").Length);
    }

    [Fact]
    public async Task Paced_records_and_the_learning_period_are_left_out_when_asked()
    {
        using var folder = Folder();
        await File.WriteAllTextAsync(folder["ref/p1.hea"], Header.Replace("r1", "p1", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(folder["ref/p1.atr"], WfdbAnnotations.Encode([new(0, WfdbAnnotation.Rhythm, "(P"), new(500, WfdbAnnotation.Paced, "")]));
        string[] score = ["score", "ref", "ref", "--test-annotator", "atr", "--json", "score.json"];
        var run = (await MinaProcess.RunAsync(folder.Path, [.. score, "--paced", "out", "--learning-period", "300"])).ShouldSucceed();
        Assert.Contains("Left out, as paced: p1.", run.Output);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["score.json"]));
        Assert.Equal("p1", json.RootElement.GetProperty("left_out")[0].GetString());
        Assert.Equal(291, json.RootElement.GetProperty("gross").GetProperty("beats").GetProperty("reference_beats").GetInt32());
        Assert.Equal(300, json.RootElement.GetProperty("gross").GetProperty("rhythm").GetProperty("compared_s").GetDouble());
    }

    [Fact]
    public async Task Records_of_CPSC_2021_are_scored_by_its_own_rule()
    {
        using var folder = Folder();
        await File.AppendAllTextAsync(folder["ref/r1.hea"], "# paroxysmal atrial fibrillation\n");
        var run = (await MinaProcess.RunAsync(folder.Path, "score", "ref", "ref", "--test-annotator", "atr", "--cpsc", "--json", "score.json")).ShouldSucceed();
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["score.json"]));
        Assert.Equal(5, json.RootElement.GetProperty("average").GetProperty("cpsc_score").GetDouble());
        Assert.Contains("paroxysmal", run.Output);
    }

    [Fact]
    public async Task What_cannot_be_scored_is_one_sentence()
    {
        using var folder = Folder();
        await File.WriteAllTextAsync(folder["bad.csv"], "r1,20,10\n");
        await File.WriteAllTextAsync(folder["bad.json"], "{}");
        await Refused("is not there", "nowhere", "ref");
        await Refused("holds no annotations of the annotator 'qrs'", "ref", "ref");
        await Refused("line 1 should read 'record,start,end'", "ref", "bad.csv");
        await Refused("is not what 'mina classify --json' prints", "ref", "bad.json");
        await Refused("names a class of CPSC 2021", "ref", "ref", "--test-annotator", "atr", "--cpsc");
        await Refused("no longer than the learning period", "ref", "ref", "--test-annotator", "atr", "--learning-period", "600");

        async Task Refused(string message, params string[] arguments)
        {
            var run = await MinaProcess.RunAsync(folder.Path, ["score", .. arguments]);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(message, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Classify_writes_annotations_that_score_reads()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "simulate", "--out", "sim", "--count", "4", "--seed", "7")).ShouldSucceed();
        (await MinaProcess.RunAsync(folder.Path, "classify", "sim", "--annotations", "found")).ShouldSucceed();
        Assert.Equal(4, Directory.GetFiles(folder["found"], "*.qrs").Length);
        (await MinaProcess.RunAsync(folder.Path, "score", "sim", "found", "--json", "score.json")).ShouldSucceed();
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["score.json"]));
        Assert.InRange(json.RootElement.GetProperty("gross").GetProperty("beats").GetProperty("sensitivity").GetDouble(), 0.9, 1);
    }

    [Fact]
    public async Task Evaluate_says_the_same_of_recordings_and_writes_a_page_that_needs_nothing_else()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "simulate", "--out", "sim", "--count", "3", "--seed", "7")).ShouldSucceed();
        (await MinaProcess.RunAsync(folder.Path, "evaluate", "--recordings", "sim", "--json", "out.json", "--report", "page")).ShouldSucceed();
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(folder["out.json"]));
        Assert.Equal(0, json.RootElement.GetProperty("trained_on").GetProperty("network").GetInt32());
        Assert.Equal(64, json.RootElement.GetProperty("measurement").GetProperty("data_sha256").GetString()!.Length);
        Assert.True(json.RootElement.GetProperty("minutes").GetProperty("neither").GetInt32() >= 0);
        Assert.Equal(JsonValueKind.Array, json.RootElement.GetProperty("answered").ValueKind);
        var page = System.Xml.Linq.XDocument.Parse(await File.ReadAllTextAsync(folder["page/index.html"]));
        Assert.Contains("Alarm delay", page.Root!.Value, StringComparison.Ordinal);
        Assert.Contains(json.RootElement.GetProperty("measurement").GetProperty("model_sha256").GetString()!, page.Root.Value, StringComparison.Ordinal);
    }

    private static TemporaryFolder Folder()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["ref"]);
        File.WriteAllText(folder["ref/r1.hea"], Header);
        File.WriteAllBytes(folder["ref/r1.atr"], WfdbAnnotations.Encode(Reference.Concat(Rhythms).OrderBy(a => a.Sample)));
        return folder;
    }
}
