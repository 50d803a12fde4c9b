using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary>A wrong input gives one clear sentence and a non-zero exit code; one bad recording never stops the rest.</summary>
public sealed class BadInputTests
{
    [Fact]
    public async Task An_empty_folder_says_what_should_be_in_it()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["raw"]);
        await Refused(folder, "holds no recordings", "ingest", "raw");
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        using var folder = new TemporaryFolder();
        await Refused(folder, "nowhere", "ingest", "nowhere");
    }

    [Fact]
    public async Task Recordings_without_labels_say_what_ingest_needs()
    {
        using var folder = new TemporaryFolder();
        Copy(folder, "sim00001.hea", "sim00001.dat");
        await Refused(folder, "--labels", "ingest", "raw");
    }

    [Fact]
    public async Task An_output_folder_that_cannot_be_written_is_named()
    {
        using var folder = new TemporaryFolder();
        // A file in the folder's place refuses everyone, root too, whom no permission stops.
        await File.WriteAllTextAsync(folder["taken"], "a file");
        await Refused(folder, "taken", "ingest", Places.DataRaw, "--out", "taken/shards");
        await Refused(folder, "taken", "ingest", Places.DataRaw, "--out", "taken");
    }

    [Fact]
    public async Task A_split_that_does_not_add_up_is_refused()
    {
        using var folder = new TemporaryFolder();
        await Refused(folder, "--split 75/10/10", "ingest", Places.DataRaw, "--split", "75/10/10");
    }

    [Fact]
    public async Task Shards_of_other_settings_are_refused()
    {
        using var folder = new TemporaryFolder();
        Copy(folder, "sim00001.hea", "sim00001.dat", "REFERENCE.csv");
        (await MinaProcess.RunAsync(folder.Path, "ingest", "raw")).ShouldSucceed();
        await Refused(folder, "seed 1, not 2", "ingest", "raw", "--seed", "2");
    }

    [Fact]
    public async Task Recordings_of_a_frequency_that_no_ECG_has_are_not_replayed_and_each_is_named()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["raw"]);
        foreach (var (name, fs) in new[] { ("tiny", "1e-300"), ("numerics", "0.0166666667"), ("fast", "1e7") })
        {
            await File.WriteAllTextAsync(folder[$"raw/{name}.hea"], $"{name} 1 {fs} 3000\n{name}.dat 16 1000/mV 16 0 0 0 0 ECG\n");
            await File.WriteAllBytesAsync(folder[$"raw/{name}.dat"], new byte[6000]);
        }

        var run = await MinaProcess.RunAsync(folder.Path, "replay", "raw", "--to", "http://127.0.0.1:1", "--speed", "max");
        Assert.Equal(1, run.ExitCode);
        foreach (var name in new[] { "tiny", "numerics", "fast" })
            Assert.Matches($"mina: .*{name}.hea: its sampling frequency of .* Hz is outside 50 to 100000 Hz; it is not replayed.", run.Error);
    }

    [Fact]
    public async Task Training_without_shards_and_classifying_without_a_model_say_how_to_make_them()
    {
        using var folder = new TemporaryFolder();
        await Refused(folder, "mina ingest", "train", "--shards", "none");
        await Refused(folder, "mina train", "classify", Path.Combine(Places.DataRaw, "sim00001.hea"), "--model", "none");
    }

    [Fact]
    public async Task A_picture_that_cannot_be_drawn_says_why_and_leaves_no_file()
    {
        using var folder = new TemporaryFolder();
        UntrainedModel.Save(folder["model"]);
        var recording = Path.Combine(Places.DataRaw, "sim00001.hea");
        await Refused(folder, ".html, .png or .svg", "explain", recording, "--out", "a.pdf");
        await Refused(folder, "mina train", "explain", recording, "--out", "a.svg", "--model", "none");
        await Refused(folder, "starts between 0 and", "explain", recording, "--out", "a.svg", "--model", "model", "--start", "600");
        await Refused(folder, "holds 40 recordings", "explain", Places.DataRaw, "--out", "a.svg", "--model", "model");
        await Refused(folder, "nowhere", "explain", "nowhere.hea", "--out", "a.svg", "--model", "model");
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Bad_recordings_are_counted_by_reason_and_the_rest_goes_on()
    {
        using var folder = new TemporaryFolder();
        Copy(folder, "sim00001.hea", "sim00001.dat");
        var raw = folder["raw"];
        Header("text", "text.mat 16+24 1000/mV 16 0 0 0 0 ECG", 9000);
        File.WriteAllText(Path.Combine(raw, "text.mat"), "this is no signal");
        Header("missing", "nothing.dat 16 1000/mV 16 0 0 0 0 ECG", 9000);
        Header("short", "short.dat 16 1000/mV 16 0 0 0 0 ECG", 2700);
        Signal("short", 2700, t => (short)(t % 300));
        Header("flat", "flat.dat 16 1000/mV 16 0 0 0 0 ECG", 3000);
        Signal("flat", 3000, _ => 7);
        Header("truncated", "truncated.dat 16 1000/mV 16 0 0 0 0 ECG", 9000);
        Signal("truncated", 4000, t => (short)(t % 300));
        Header("nolabel", "nolabel.dat 16 1000/mV 16 0 0 0 0 ECG", 3000);
        Signal("nolabel", 3000, t => (short)(t % 300));
        File.WriteAllText(Path.Combine(raw, "gaps.csv"), "time,ECG\n"
            + string.Concat(Enumerable.Range(0, 3600)
                .Select(t => FormattableString.Invariant($"{t / 300.0:0.00000},{(t % 200 == 0 ? "NaN" : (t % 37).ToString())}\n"))));
        File.WriteAllText(Path.Combine(raw, "REFERENCE.csv"), "sim00001,N\ntext,N\nmissing,N\nshort,N\nflat,A\ntruncated,N\ngaps,O\nghost,A\n");

        var result = (await MinaProcess.RunAsync(folder.Path, "ingest", "raw")).ShouldSucceed();
        Assert.Contains("ghost", result.Output);
        var reasons = (await File.ReadAllLinesAsync(Path.Combine(folder["out"], "rejections.csv"))).Skip(1)
            .Select(line => line.Split(',')).ToDictionary(cells => cells[0], cells => cells[1]);
        Assert.Equal("TooShort", reasons["short"]);
        Assert.Equal("Flat", reasons["flat"]);
        Assert.Equal("Gaps", reasons["gaps"]);
        Assert.Equal("NoLabel", reasons["nolabel"]);
        Assert.Equal("UnreadableSignal", reasons["missing"]);
        Assert.Contains(reasons["truncated"], new[] { "LengthMismatch", "UnreadableSignal" });
        Assert.Contains(reasons["text"], new[] { "LengthMismatch", "UnreadableSignal" });
        Assert.Equal(7, reasons.Count);
        Assert.Contains("1 recordings", result.Output);

        void Header(string id, string signal, int length) => File.WriteAllText(Path.Combine(raw, id + ".hea"), $"{id} 1 300 {length}\r\n{signal}\r\n");

        void Signal(string id, int length, Func<int, short> sample) =>
            File.WriteAllBytes(Path.Combine(raw, id + ".dat"), [.. Enumerable.Range(0, length).SelectMany(t => BitConverter.GetBytes(sample(t)))]);
    }

    private static void Copy(TemporaryFolder folder, params string[] names)
    {
        Directory.CreateDirectory(folder["raw"]);
        foreach (var name in names)
            File.Copy(Path.Combine(Places.DataRaw, name), Path.Combine(folder["raw"], name));
    }

    private static async Task Refused(TemporaryFolder folder, string says, params string[] arguments)
    {
        var result = await MinaProcess.RunAsync(folder.Path, arguments);
        Assert.Equal(1, result.ExitCode);
        var line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("mina: ", line);
        Assert.Contains(says, line);
    }
}
