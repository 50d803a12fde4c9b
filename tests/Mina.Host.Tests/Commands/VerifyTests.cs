using Xunit;

namespace Mina.Host.Tests.Commands;

/// <summary><c>mina verify</c>, what training and evaluation check by themselves, and the lock of a training's folder.</summary>
public sealed class VerifyTests
{
    [Fact]
    public async Task Shards_are_verified_and_each_bad_one_is_named()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "ingest", Places.DataRaw, "--out", "shards")).ShouldSucceed();
        Assert.Contains("each as it was written", (await MinaProcess.RunAsync(folder.Path, "verify", "shards")).ShouldSucceed().Output);

        var shards = Directory.GetFiles(folder["shards"], "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        Flip(shards[0]);
        File.Delete(shards[1]);
        File.WriteAllText(Path.Combine(folder["shards"], "split=train", "part-99999.parquet"), "not listed");
        var result = await MinaProcess.RunAsync(folder.Path, "verify", "shards");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(2, result.Error.Trim().Split('\n').Length);
        Assert.Contains("SHA-256 differs", result.Error);
        Assert.Contains("which is not there", result.Error);
        Assert.Contains("note: split=train/part-99999.parquet", result.Output);
    }

    [Fact]
    public async Task A_model_is_verified_and_one_without_a_hash_is_refused()
    {
        using var folder = new TemporaryFolder();
        UntrainedModel.Save(folder["model"]);
        var fine = (await MinaProcess.RunAsync(folder.Path, "verify", "model")).ShouldSucceed();
        Assert.DoesNotContain("note:", fine.Output);

        var info = Path.Combine(folder["model"], "model.json");
        var text = await File.ReadAllTextAsync(info);
        var lines = text.Split('\n').Where(line => !line.Contains("sha256", StringComparison.Ordinal)).ToArray();
        await File.WriteAllTextAsync(info, string.Join('\n', lines).Replace("\"metrics\": {},", "\"metrics\": {}", StringComparison.Ordinal));
        var without = await MinaProcess.RunAsync(folder.Path, "verify", "model");
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("does not say which model.safetensors it belongs to", without.Error);

        var byHand = text.Split('\n').Where(line => !line.Contains("\"sha256\"", StringComparison.Ordinal)).ToArray();
        byHand[^3] = byHand[^3].TrimEnd(',');
        await File.WriteAllTextAsync(info, string.Join('\n', byHand));
        Assert.Contains("has no hash of its own", (await MinaProcess.RunAsync(folder.Path, "verify", "model")).ShouldSucceed().Output);

        await File.WriteAllTextAsync(info, text.Replace("\"temperature\": 1,", "\"temperature\": 2,", StringComparison.Ordinal));
        var other = await MinaProcess.RunAsync(folder.Path, "verify", "model");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("model.json is not as it was written (its SHA-256 differs)", other.Error);

        await File.WriteAllTextAsync(info, text);
        Flip(Path.Combine(folder["model"], "model.safetensors"));
        var bad = await MinaProcess.RunAsync(folder.Path, "verify", "model");
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("its SHA-256 differs", bad.Error);
        Assert.Contains("its SHA-256 differs", (await MinaProcess.RunAsync(
            folder.Path, "classify", Path.Combine(Places.DataRaw, "sim00001.hea"), "--model", "model")).Error);
    }

    [Theory]
    [InlineData("rhythm.safetensors")]
    [InlineData("rhythm.json")]
    [InlineData("recording.json")]
    [InlineData("rhythm-trained-on.json")]
    public async Task A_flipped_bit_in_a_file_beside_the_network_is_named_and_nothing_is_judged_by_it(string name)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["model"]);
        foreach (var file in Directory.GetFiles(Path.Combine(Places.Repository, "data", "models", "mina"), "*.*"))
            File.Copy(file, Path.Combine(folder["model"], Path.GetFileName(file)));
        Assert.DoesNotContain("note:", (await MinaProcess.RunAsync(folder.Path, "verify", "model")).ShouldSucceed().Output);
        var path = Path.Combine(folder["model"], name);
        if (name == "rhythm-trained-on.json")
            File.WriteAllText(path, File.ReadAllText(path).Replace("\"format\": 1", "\"format\": 3", StringComparison.Ordinal));
        else
            Flip(path);
        var result = await MinaProcess.RunAsync(folder.Path, "verify", "model");
        Assert.Equal(1, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
        Assert.Contains(name, result.Error);
        Assert.DoesNotContain("   at ", result.Error);
        if (name == "rhythm-trained-on.json")
            return;
        var judged = await MinaProcess.RunAsync(folder.Path, "classify", Path.Combine(Places.DataRaw, "sim00001.hea"), "--model", "model");
        Assert.Equal(1, judged.ExitCode);
        Assert.Single(judged.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task The_shipped_model_carries_its_hash_and_a_folder_of_neither_is_named()
    {
        using var folder = new TemporaryFolder();
        var shipped = (await MinaProcess.RunAsync(folder.Path, "verify", Path.Combine(Places.Repository, "data", "models", "mina"))).ShouldSucceed();
        Assert.DoesNotContain("note:", shipped.Output);
        Assert.Contains("rhythm level, as it was written", shipped.Output);
        Assert.Contains("recording level, as it was written", shipped.Output);
        var none = await MinaProcess.RunAsync(folder.Path, "verify", ".");
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("holds neither shards", none.Error);
    }

    [Fact]
    public async Task Two_trainings_into_one_folder_and_a_resume_with_other_settings_are_refused_in_one_sentence()
    {
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(folder.Path, "ingest", Places.DataRaw, "--out", "shards")).ShouldSucceed();
        Directory.CreateDirectory(folder["model"]);
        using (new FileStream(Path.Combine(folder["model"], ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            await RefusedAsync("is being trained into by another process", "train", "--shards", "shards", "--out", "model");

        (await MinaProcess.RunAsync(folder.Path, "train", "--shards", "shards", "--out", "model", "--recipe", "hw4", "--epochs", "1")).ShouldSucceed();
        Assert.False(File.Exists(Path.Combine(folder["model"], ".lock")));
        await RefusedAsync("epochs 1, not 2", "train", "--shards", "shards", "--out", "model", "--recipe", "hw4", "--epochs", "2", "--resume");
        await RefusedAsync("seed 1, not 7", "train", "--shards", "shards", "--out", "model", "--recipe", "hw4", "--epochs", "1", "--seed", "7", "--resume");

        async Task RefusedAsync(string says, params string[] arguments)
        {
            var result = await MinaProcess.RunAsync(folder.Path, arguments);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains(says, result.Error);
            Assert.DoesNotContain("   at ", result.Error);
        }
    }

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(path, bytes);
    }
}
