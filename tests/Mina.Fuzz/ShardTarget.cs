using System.Text;
using Mina.Streaming.Shards;

namespace Mina.Fuzz;

/// <summary>The files beside shards.</summary>
internal static class ShardTarget
{
    /// <summary>A manifest of two shards.</summary>
    public static byte[] ManifestSeed => [.. Manifest.LineOf(Entry(0)), .. Manifest.LineOf(Entry(1))];

    /// <summary>Reads a manifest.</summary>
    public static void ReadManifest(byte[] input) => Targets.Refusable(() =>
    {
        var (shards, whole) = Manifest.Parse(input, "manifest.jsonl");
        FuzzException.ThrowUnless(whole <= input.Length, "whole lines lie in the file");
        foreach (var shard in shards)
        {
            FuzzException.ThrowUnless(
                Path.GetFullPath(ShardDirectory.FullPath("/shards", shard.Name)).StartsWith("/shards/split=", StringComparison.Ordinal),
                "a shard lies in its directory");
            Targets.Refusable(() => _ = shard.Split);
            shard.Windows(1);
        }

        ShardCounts.ByLabel(shards);
    });

    /// <summary>Reads settings.</summary>
    public static void ReadSettings(byte[] input) => Targets.Refusable(() =>
    {
        var settings = ShardSettings.FromJson(input, "settings.json");
        FuzzException.ThrowUnless(settings.Preprocess.FindFault() is null, "settings that are read can be used");
        settings.DifferenceFrom(new ShardSettings());
        FuzzException.ThrowUnless(Encoding.UTF8.GetString(settings.ToJson()).Length > 0, "settings can be written again");
    });

    private static ShardEntry Entry(int number) => new(
        $"split=train/part-{number:00000}.parquet",
        "train",
        30,
        new Dictionary<string, LabelCount> { ["AF"] = new(1, 30) },
        1000,
        new string('a', 64),
        [$"r{number}"]);
}
