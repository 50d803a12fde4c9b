namespace Mina.Preprocess;

/// <summary>The label of a recording, as in CinC 2017: N, A, O or ~.</summary>
public enum Label
{
    /// <summary>Normal sinus rhythm ("N").</summary>
    Normal,

    /// <summary>Atrial fibrillation ("A").</summary>
    AF,

    /// <summary>Another rhythm ("O").</summary>
    Other,

    /// <summary>Too noisy to classify ("~").</summary>
    Noisy,
}

/// <summary>The names, codes and classes of labels.</summary>
public static class Labels
{
    /// <summary>The class of a label: 1 for AF, 0 for all others.</summary>
    public static int ClassOf(Label label) => label == Label.AF ? 1 : 0;

    /// <summary>
    /// Reads a label as CinC 2017 writes it (<c>N</c>, <c>A</c>, <c>O</c>, <c>~</c>) or by its name, in any case
    /// (<c>Normal</c>, <c>AF</c>, <c>Other</c>, <c>Noisy</c>).
    /// </summary>
    /// <returns>False when the text is no label.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Label label)
    {
        text = text.Trim();
        foreach (var (code, name, value) in Known)
        {
            if (text.Equals(code, StringComparison.OrdinalIgnoreCase) || text.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                label = value;
                return true;
            }
        }

        label = default;
        return false;
    }

    /// <summary>The name of a label: Normal, AF, Other or Noisy. Unlike Enum.ToString, this allocates nothing.</summary>
    public static string NameOf(Label label) => Known[(int)label].Name;

    /// <summary>The CinC 2017 code of a label: N, A, O or ~.</summary>
    public static string CodeOf(Label label) => Known[(int)label].Code;

    private static readonly (string Code, string Name, Label Value)[] Known =
    [
        ("N", "Normal", Label.Normal),
        ("A", "AF", Label.AF),
        ("O", "Other", Label.Other),
        ("~", "Noisy", Label.Noisy),
    ];
}
