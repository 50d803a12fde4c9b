using Mina.Model;

namespace Mina.Host.Classification;

/// <summary>The names of findings.</summary>
public static class FindingNames
{
    /// <summary>The name in JSON and CSV: af, not_af or unclassifiable.</summary>
    public static string NameOf(Finding finding) => finding switch
    {
        Finding.AF => "af",
        Finding.NotAF => "not_af",
        _ => "unclassifiable",
    };

    /// <summary>The name in tables: AF, not AF or unclassifiable.</summary>
    public static string TextOf(Finding finding) => finding switch
    {
        Finding.AF => "AF",
        Finding.NotAF => "not AF",
        _ => "unclassifiable",
    };
}
