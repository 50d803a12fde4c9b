using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mina.Preprocess;

/// <summary>Which part of the data a recording belongs to.</summary>
public enum Split
{
    Train,
    Validation,
    Test,
}

/// <summary>The shares of the three splits in percent; each is &gt;= 0, and they add up to 100.</summary>
public sealed record SplitRatios(int Train, int Validation, int Test)
{
    /// <summary>The paper's 75/10/15.</summary>
    public static SplitRatios Paper { get; } = new(75, 10, 15);

    /// <summary>Reads shares that are written as <c>75/10/15</c>.</summary>
    /// <returns>False unless the text is three whole numbers that add up to 100.</returns>
    public static bool TryParse(string text, out SplitRatios ratios)
    {
        var parts = text.Split('/');
        ratios = Paper;
        if (parts.Length != 3)
            return false;
        Span<int> share = stackalloc int[3];
        for (var i = 0; i < 3; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out share[i]) || share[i] > 100)
                return false;
        }

        if (share[0] + share[1] + share[2] != 100)
            return false;
        ratios = new SplitRatios(share[0], share[1], share[2]);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Train}/{Validation}/{Test}");
}

/// <summary>Assigns recordings to splits.</summary>
public static class Splits
{
    /// <summary>
    /// Assigns a recording to a split. The split is a pure function of the seed and the recording's group, or its id where it has no group, so it
    /// does not depend on the order of recordings, on other recordings or on the machine.
    /// </summary>
    /// <remarks>The first 8 bytes of the SHA-256 of "seed:key", read as a fraction of 1, are compared with the cumulated shares.</remarks>
    public static Split Assign(long seed, string recordingId, string? group, SplitRatios ratios)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{seed}:{group ?? recordingId}");
        var fraction = FractionOf(key);
        return fraction < ratios.Train / 100.0 ? Split.Train
            : fraction < (ratios.Train + ratios.Validation) / 100.0 ? Split.Validation
            : Split.Test;
    }

    /// <summary>A number in [0, 1) that is a pure function of the key, and spread evenly over keys: the first 8 bytes of its SHA-256.</summary>
    internal static double FractionOf(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return SplitMix64.ToUnitInterval(BinaryPrimitives.ReadUInt64BigEndian(hash));
    }

    /// <summary>The name of a split in folders, in columns and on the command line: train, validation or test.</summary>
    public static string NameOf(Split split) => split switch
    {
        Split.Train => "train",
        Split.Validation => "validation",
        _ => "test",
    };

    /// <summary>Reads the name of a split: train, validation or test.</summary>
    public static bool TryParse(string text, out Split split)
    {
        foreach (var value in Enum.GetValues<Split>())
        {
            if (NameOf(value) == text)
            {
                split = value;
                return true;
            }
        }

        split = default;
        return false;
    }
}
