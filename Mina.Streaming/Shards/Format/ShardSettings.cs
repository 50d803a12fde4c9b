using System.Globalization;
using System.Text.Json;
using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>
/// The settings that all shards of a directory were made with, in its <c>settings.json</c>, which is written once. Shards of other settings are
/// never added to it.
/// </summary>
public sealed record ShardSettings
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "settings.json";

    /// <summary>The preprocessing of recordings to segments.</summary>
    public PreprocessSettings Preprocess { get; init; } = PreprocessSettings.Default;

    /// <summary>The seed of the split.</summary>
    public long Seed { get; init; }

    /// <summary>The shares of the splits.</summary>
    public SplitRatios Ratios { get; init; } = SplitRatios.Paper;

    /// <summary>The lead that was asked for; null for the usual choice.</summary>
    public string? Lead { get; init; }

    /// <summary>The sampling frequency that was given for files without one, in Hz.</summary>
    public double? Fs { get; init; }

    /// <summary>A shard is closed at this many rows or more.</summary>
    public int RowsPerShard { get; init; } = ShardFormat.RowsPerShard;

    /// <summary>The first setting in which two directories differ, as half a sentence; null where none does.</summary>
    /// <param name="other">The settings that are asked for.</param>
    public string? DifferenceFrom(ShardSettings other)
    {
        if (Preprocess.Fingerprint != other.Preprocess.Fingerprint)
            return $"preprocessing '{Preprocess.Fingerprint}', not '{other.Preprocess.Fingerprint}'";
        if (Seed != other.Seed)
            return string.Create(CultureInfo.InvariantCulture, $"seed {Seed}, not {other.Seed}");
        if (Ratios != other.Ratios)
            return $"split {Ratios}, not {other.Ratios}";
        if (Lead != other.Lead)
            return $"lead {Lead ?? "(the usual choice)"}, not {other.Lead ?? "(the usual choice)"}";
        if (Fs != other.Fs)
            return string.Create(CultureInfo.InvariantCulture, $"a default sampling frequency of {Hz(Fs)}, not {Hz(other.Fs)}");
        if (RowsPerShard != other.RowsPerShard)
            return string.Create(CultureInfo.InvariantCulture, $"{RowsPerShard} rows a shard, not {other.RowsPerShard}");
        return null;
    }

    /// <summary>The file's bytes.</summary>
    internal byte[] ToJson()
    {
        var file = new SettingsFile(
            ShardFormat.Version, Preprocess.Fingerprint, Seed, Ratios.ToString(), Lead, Fs, RowsPerShard, ShardFormat.RowsPerGroup, Preprocess);
        return [.. JsonSerializer.SerializeToUtf8Bytes(file, ShardJson.Indented.SettingsFile), (byte)'\n'];
    }

    /// <summary>Reads the file's bytes.</summary>
    /// <exception cref="ProblemException">They are damaged, or of another version of the format.</exception>
    internal static ShardSettings FromJson(byte[] json, string path)
    {
        SettingsFile? file;
        try
        {
            file = JsonSerializer.Deserialize(json, ShardJson.Indented.SettingsFile);
        }
        catch (JsonException e)
        {
            throw new ProblemException($"{path} is damaged ({e.Message}); make the shards again in another directory.", e);
        }

        if (file is null || file.Preprocess is null || !SplitRatios.TryParse(file.Split ?? "", out var ratios))
            throw new ProblemException($"{path} is damaged; make the shards again in another directory.");
        if (file.Format != ShardFormat.Version || file.RowsPerGroup is < 1 or > ShardFormat.RowsPerGroup)
            throw new ProblemException($"{path} is of version {file.Format} of the shard format, and this program reads version {ShardFormat.Version}; "
                + $"make the shards again.");
        if (file.Preprocess.FindFault() is { } fault)
            throw new ProblemException($"{path} cannot be used: its preprocessing settings {fault}; make the shards again.");
        if (file.Fingerprint != file.Preprocess.Fingerprint)
            throw new ProblemException($"{path} contradicts itself: its fingerprint '{file.Fingerprint}' is not that of its settings, "
                + $"'{file.Preprocess.Fingerprint}'; make the shards again.");
        return new ShardSettings
        {
            Preprocess = file.Preprocess,
            Seed = file.Seed,
            Ratios = ratios,
            Lead = file.Lead,
            Fs = file.Fs,
            RowsPerShard = file.RowsPerShard,
        };
    }

    private static string Hz(double? fs) => fs is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value} Hz") : "none";
}
