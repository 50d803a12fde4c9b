using System.Text.Json;
using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary><c>mina inspect</c> and <c>mina convert</c>, as a user runs them.</summary>
public sealed class InspectTests
{
    [Fact]
    public async Task Recordings_are_described_in_80_columns_with_equal_signals_and_what_would_be_rejected()
    {
        using var folder = new TemporaryFolder();
        var raw = Directory.CreateDirectory(folder["raw"]).FullName;
        foreach (var extension in new[] { ".hea", ".dat", ".atr" })
            File.Copy(Path.Combine(Places.DataRaw, "sim00001" + extension), Path.Combine(raw, "sim00001" + extension));
        (await MinaProcess.RunAsync(folder.Path, "convert", "raw/sim00001.hea", "raw/again.hea")).ShouldSucceed();
        folder.Write("raw/short.csv", "time,I\n0,1\n0.004,2\n0.008,3\n");
        folder.Write("raw/broken.edf", "");
        var table = (await MinaProcess.RunAsync(folder.Path, "inspect", "raw")).ShouldSucceed().Output;
        Assert.All(table.Split('\n').Where(line => !line.StartsWith("rejected", StringComparison.Ordinal)), line => Assert.True(line.Length <= 80, line));
        Assert.Contains("4 recordings", table);
        Assert.Contains("2 would be rejected, 1 have another's samples", table);
        Assert.Contains("sim00001 has the same samples as again", table);
        Assert.Contains("rejected (TooShort): short: ", table);
        using var json = JsonDocument.Parse((await MinaProcess.RunAsync(folder.Path, "inspect", "raw", "--json")).ShouldSucceed().Output);
        var again = json.RootElement.EnumerateArray().Single(one => one.GetProperty("recording").GetString() == "again");
        Assert.Equal(300, again.GetProperty("fs").GetDouble());
        Assert.InRange(again.GetProperty("heart_rate").GetDouble(), 30, 220);
        Assert.Equal(0, again.GetProperty("gaps").GetInt32());
        Assert.NotEqual(JsonValueKind.Null, again.GetProperty("rhythms_s").ValueKind);
    }

    [Fact]
    public async Task Each_lead_is_a_recording_where_all_leads_are_wanted()
    {
        using var folder = new TemporaryFolder();
        var raw = Directory.CreateDirectory(folder["raw"]).FullName;
        File.Copy(Path.Combine(Places.DataRaw, "sim00001.dat"), Path.Combine(raw, "sim00001.dat"));
        var header = File.ReadAllLines(Path.Combine(Places.DataRaw, "sim00001.hea"));
        var (record, signal) = (header[0].Split(' '), header[1]);
        record[1] = "3";
        // One signal under three names: two leads, and what is no ECG.
        var lead = signal[..signal.LastIndexOf(' ')];
        string[] names = ["II", "V5", "EEG Fpz-Cz"];
        var signals = names.Select(name => $"{lead.Replace("sim00001.dat", $"{name[0]}.dat", StringComparison.Ordinal)} {name}\n");
        folder.Write("raw/sim00001.hea", string.Join(' ', record) + "\n" + string.Concat(signals));
        foreach (var name in names) File.Copy(Path.Combine(raw, "sim00001.dat"), Path.Combine(raw, $"{name[0]}.dat"));
        folder.Write("raw/REFERENCE.csv", "sim00001,A\n");
        using var json = JsonDocument.Parse(
            (await MinaProcess.RunAsync(folder.Path, "classify", "raw/sim00001.hea", "--leads", "all", "--json")).ShouldSucceed().Output);
        var leads = json.RootElement.EnumerateArray().ToList();
        Assert.Equal(["sim00001/II", "sim00001/V5"], leads.Select(one => one.GetProperty("recording").GetString()));
        Assert.All(leads, one => Assert.Equal(one.GetProperty("verdict").GetString(), one.GetProperty("verdict_of_leads").GetString()));
        var table = (await MinaProcess.RunAsync(folder.Path, "classify", "raw/sim00001.hea", "--leads", "all")).ShouldSucceed().Output;
        Assert.Matches("sim00001: (AF|not AF), by all leads: AF in [02] of the 2 that can be classified", table);
        (await MinaProcess.RunAsync(folder.Path, "ingest", "raw", "--leads", "all", "--out", "shards")).ShouldSucceed();
        using var shards = JsonDocument.Parse((await MinaProcess.RunAsync(folder.Path, "inspect", "shards", "--json")).ShouldSucceed().Output);
        // Both leads are of one person, and so in one split.
        var recordings = shards.RootElement.GetProperty("splits").EnumerateArray().Select(split => split.GetProperty("recordings").GetInt32());
        Assert.Equal([0, 0, 2], recordings.Order());
        Assert.NotEqual(0, (await MinaProcess.RunAsync(folder.Path, "classify", "raw/sim00001.hea", "--leads", "all", "--lead", "II")).ExitCode);
    }

    [Fact]
    public async Task A_target_that_cannot_be_written_is_refused_before_the_work()
    {
        using var folder = new TemporaryFolder();
        folder.Write("taken", "");
        var refused = await MinaProcess.RunAsync(folder.Path, "inspect", Places.DataRaw, "--html", "taken/page.html");
        Assert.Equal(1, refused.ExitCode);
        Assert.Empty(refused.Output);
        Assert.Contains("taken", refused.Error);
    }

    [Fact]
    public async Task The_balance_of_shards_is_counted_by_split()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "ingest", Places.DataRaw, "--out", "shards")).ShouldSucceed();
        var table = (await MinaProcess.RunAsync(folder.Path, "inspect", "shards")).ShouldSucceed().Output;
        Assert.Contains("train       all", table);
        Assert.All(table.Split('\n').Skip(1), line => Assert.True(line.Length <= 80, line));
        var made = (await MinaProcess.RunAsync(folder.Path, "inspect", "shards", "--json", "--html", "page.html")).ShouldSucceed();
        using var json = JsonDocument.Parse(made.Output);
        Assert.Contains("Windows by class, train", await File.ReadAllTextAsync(folder["page.html"]));
        Assert.Equal(3, json.RootElement.GetProperty("splits").GetArrayLength());
    }

    [Fact]
    public async Task A_folder_is_converted_and_what_cannot_be_is_said()
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(0, 500).Select(i => FormattableString.Invariant($"{i / 250.0},{i % 50 / 100.0}\n"));
        folder.Write("raw/a.csv", "time,I (mV)\n" + string.Concat(rows));
        folder.Write("raw/b.edf", "");
        var result = await MinaProcess.RunAsync(folder.Path, "convert", "raw", "out", "--to", "edf");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("mina: raw/b.edf is not a usable EDF or BDF file", result.Error);
        Assert.True(File.Exists(folder["out/a.edf"]));
        (await MinaProcess.RunAsync(folder.Path, "convert", "out/a.edf", "back.csv")).ShouldSucceed();
        Assert.Contains("0.004,0.01\n", await File.ReadAllTextAsync(folder["back.csv"]));
        var refused = await MinaProcess.RunAsync(folder.Path, "convert", "raw", "out", "--to", "mp3");
        Assert.Equal((1, "mina: --to mp3 is no format; the formats are wfdb, edf and csv.\n"), (refused.ExitCode, refused.Error));
    }
}
