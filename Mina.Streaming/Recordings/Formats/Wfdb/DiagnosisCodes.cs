using System.Text.RegularExpressions;
using Mina.Preprocess;

namespace Mina.Streaming.Recordings.Formats.Wfdb;

/// <summary>
/// Diagnoses in a header's comments, as the challenges of 2020 and 2021 write them: <c>#Dx: 164889003,59118001</c>, codes of SNOMED CT.
/// </summary>
internal static class DiagnosisCodes
{
    private const string AtrialFibrillation = "164889003";
    private const string SinusRhythm = "426783006";

    private static readonly Regex Diagnoses = new(
        @"^#\s*Dx\s*:\s*(\d[\d\s,;]*)$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>
    /// The label of a comment line: AF where its code is among them, Normal where sinus rhythm is all, else Other; null for another comment.
    /// </summary>
    public static Label? LabelIn(string line)
    {
        if (Diagnoses.Match(line) is not { Success: true } match) return null;
        var codes = match.Groups[1].Value.Split([',', ';', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return codes.Contains(AtrialFibrillation) ? Label.AF : codes.All(code => code == SinusRhythm) ? Label.Normal : Label.Other;
    }
}
