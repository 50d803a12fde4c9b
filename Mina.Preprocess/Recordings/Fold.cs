using System.Globalization;

namespace Mina.Preprocess;

/// <summary>
/// One of the equal parts that the training recordings are dealt into for cross-fitting: a model that learns without a part can judge its
/// recordings as if they were new.
/// </summary>
/// <param name="Number">The part, 1 to <paramref name="Count"/>.</param>
/// <param name="Count">The number of parts, 2 or more.</param>
public sealed record Fold(int Number, int Count)
{
    /// <summary>Reads a part that is written as <c>2/5</c>.</summary>
    /// <returns>Null unless the text is two whole numbers, of which the second is 2 or more and the first 1 to the second.</returns>
    public static Fold? Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count >= 2 && number >= 1 && number <= count
                ? new Fold(number, count)
                : null;
    }

    /// <summary>
    /// Whether a recording lies in this part. The part is a pure function of the seed, the number of parts and the recording's group, or its id
    /// where it has no group. It does not depend on the split, whose seed may be the same.
    /// </summary>
    /// <remarks>The first 8 bytes of the SHA-256 of "fold:seed:key", read as a fraction of 1, are multiplied by the number of parts.</remarks>
    public bool Contains(long seed, string recordingId, string? group)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"fold:{seed}:{group ?? recordingId}");
        return (int)(Splits.FractionOf(key) * Count) + 1 == Number;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");
}
