using System.CommandLine;
using Mina.Model;

namespace Mina.Host.Evaluation;

/// <summary>What <c>--flutter</c> may be, and what it is called in JSON.</summary>
internal static class FlutterNames
{
    /// <summary>The option.</summary>
    /// <param name="condition">When it applies, before its description; empty: always.</param>
    public static Option<string> Option(string condition = "")
    {
        var option = new Option<string>("--flutter")
        {
            Description = $"{condition}{(condition.Length > 0 ? "annotated" : "Annotated")} flutter (AFL) is other, which is not-af (as WFDB's epicmp), "
                + "exclude (epicmp -x) or af (as CPSC 2021).",
            DefaultValueFactory = _ => "not-af",
        };
        option.AcceptOnlyFromAmong("not-af", "other", "exclude", "af");
        return option;
    }

    /// <summary>What a value of the option means.</summary>
    public static Flutter Parse(string name) => name switch { "exclude" => Flutter.Excluded, "af" => Flutter.AF, _ => Flutter.NotAF };

    /// <summary>Its name in JSON.</summary>
    public static string NameOf(Flutter flutter) => flutter switch { Flutter.NotAF => "not-af", Flutter.Excluded => "exclude", _ => "af" };

    /// <summary>What it means, in a sentence that begins with "Flutter".</summary>
    public static string TextOf(Flutter flutter) => flutter switch { Flutter.NotAF => "is not AF", Flutter.Excluded => "is left out", _ => "counts as AF" };
}
