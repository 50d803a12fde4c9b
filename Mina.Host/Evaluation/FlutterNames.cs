using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>The values of the option <c>--flutter</c>, and their names in JSON and in sentences.</summary>
internal static class FlutterNames
{
    /// <summary>The values of the option; the first is its default.</summary>
    public static string[] Values { get; } = ["not-af", "other", "exclude", "af"];

    /// <summary>The meaning of a value of the option.</summary>
    public static Flutter Parse(string name) => name switch { "exclude" => Flutter.Excluded, "af" => Flutter.AF, _ => Flutter.NotAF };

    /// <summary>The name of the meaning in JSON.</summary>
    public static string NameOf(Flutter flutter) => flutter switch { Flutter.NotAF => "not-af", Flutter.Excluded => "exclude", _ => "af" };

    /// <summary>The meaning as the rest of a sentence that begins with "Flutter".</summary>
    public static string TextOf(Flutter flutter) => flutter switch { Flutter.NotAF => "is not AF", Flutter.Excluded => "is left out", _ => "counts as AF" };
}
