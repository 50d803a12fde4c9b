using System.Text.RegularExpressions;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>What a channel is, by its name and unit.</summary>
internal enum ChannelKind
{
    /// <summary>Neither name nor unit says so.</summary>
    Unknown,

    /// <summary>An ECG lead.</summary>
    Ecg,

    /// <summary>Something else: EEG, respiration, a pressure, a pulse wave, a number once a second.</summary>
    Other,
}

/// <summary>
/// The names that recorders, sleep laboratories and standards give to ECG leads and to the channels beside them: PhysioNet's headers, EDF+'s
/// standard texts, the sleep studies of the NSRR, IEEE 11073 (<c>MDC_ECG_LEAD_II</c>). Pure.
/// </summary>
internal static class LeadNames
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    // The usual leads, Nehb's and Frank's, the bipolar ones of Holter recorders, and MIMIC's "II+".
    private static readonly Regex Lead = new(
        @"^-?(?:I|II|III|[AM]?V[RLF]|V(?:[1-9]R?|X|Y|Z)?|D[1-9]|DI{1,3}|ML(?:I{1,3}|[1-9])|MCL[1-9]?|M?V[1-9]|C[BCMS][1-9]|MOD V[1-9]|EASI .+)\+?$", Options);

    private static readonly Regex Prefix = new(@"^(?:MDC )?(?:(?:ECG|EKG|LEAD|ELEC|POTL|DERIVATION|ABLEITUNG|CHANNEL|CH)[ :]*)+", Options);

    // Two electrodes of the 10-20 system, or one and its reference.
    private static readonly Regex Electrodes = new(
        @"^(?:EEG )?(?:FP[12Z]|AF[3478Z]|F[3478Z]|F[CT]?(?:9|10)|FC[1-6Z]|C[34Z]|CP[1-6Z]|T[3-8]|P[3478Z]|PO[3478Z]|O[12Z])(?: .*)?$", Options);

    private static readonly string[] OtherWords =
    [
        "EEG", "EOG", "EMG", "LOC", "ROC", "CHIN", "LEG", "LAT", "RAT", "TIB", "THOR", "THORAX", "ABD", "ABDO", "ABDOMEN", "EFFORT", "FLOW", "AIRFLOW",
        "AIR", "NASAL", "SNORE", "THERM", "CANNULA", "SUM", "PPG", "PLETH", "PLETHWV", "PULSE", "PULS", "SPO", "SAO", "OX", "OXSTATUS", "ABP", "ART", "BP",
        "NIBP", "PAP", "CVP", "ICP", "RAP", "LAP", "UAP", "UVP", "AOBP", "FINAP", "CO", "ETCO", "PRES", "PRESSURE", "POS", "POSITION", "POSITIONSEN",
        "LIGHT", "GYRO", "MAG", "TRIGGER", "TRIG", "BATTERY", "BATT", "GSR", "EDA", "SCG", "BCG", "PCG", "SOUND", "MIC", "FECG", "SV", "STEPS", "HUMIDITY",
        "ALTITUDE", "ACC", "ACCEL", "ACCELEROMETER",
    ];

    // What is said of an ECG, or won from it, is no ECG either.
    private static readonly string[] DerivedWords =
    [
        "HR", "HRATE", "DHR", "RATE", "RR", "IBI", "EDR", "RESP", "RES", "RESPIRATION", "IMPEDANCE", "IMP", "OFF", "QUALITY", "DERIVED", "STATUS", "LABEL",
        "ANNOTATION", "ANNOTATIONS", "MARKER", "EVENT", "EVENTS", "PEAK", "PEAKS", "BEAT", "BEATS", "TEMP", "TEMPERATURE",
    ];

    private static readonly string[] OtherUnits =
    [
        "mmhg", "mm[hg]", "cmh2o", "cm[h2o]", "kpa", "bpm", "%", "degc", "°c", "c", "cel", "l/min", "l/s", "ml", "l", "ohm", "ohms", "g", "mg", "m/s2",
        "m/s^2", "pm", "1/min", "/min", "{beats}/min", "rpm", "lpm", "ms", "s", "us", "ns", "lux", "db", "deg",
    ];

    /// <summary>What a channel is.</summary>
    public static ChannelKind KindOf(string name, string unit)
    {
        if (OtherUnits.Contains(unit.Trim().ToLowerInvariant())) return ChannelKind.Other;
        var words = Words(name);
        if (words.Length == 0) return ChannelKind.Unknown;
        if (Lead.IsMatch(words) || Lead.IsMatch(Prefix.Replace(words, ""))) return ChannelKind.Ecg;
        var stems = words.Split(' ').Select(word => word.TrimEnd("0123456789".ToCharArray())).ToArray();
        if (stems.Any(DerivedWords.Contains) || words is "H R") return ChannelKind.Other;
        if (stems.Any(IsEcg)) return ChannelKind.Ecg;
        return Electrodes.IsMatch(words) || stems.Any(OtherWords.Contains) || words is "E1" or "E2" or "M1" or "M2" or "A1" or "A2"
            ? ChannelKind.Other
            : ChannelKind.Unknown;
    }

    /// <summary>
    /// A lead's name without what recorders write around it, in capitals: <c>II</c> for "ECG Lead II", "Lead_2" and "MDC_ECG_LEAD_II"; null for
    /// what is no lead's name, such as "ECG1".
    /// </summary>
    public static string? LeadOf(string name)
    {
        var words = Words(name);
        var bare = Prefix.Replace(words, "").TrimEnd('+');
        var isNumbered = words.StartsWith("LEAD", StringComparison.Ordinal) || words.StartsWith("MDC", StringComparison.Ordinal);
        return bare switch
        {
            "1" when isNumbered => "I",
            "2" when isNumbered => "II",
            "3" when isNumbered => "III",
            "DI" => "I",
            "DII" => "II",
            "DIII" => "III",
            _ when Lead.IsMatch(bare) => bare,
            _ => null,
        };
    }

    // A fetal ECG is drawn from the mother's belly, where hers is too.
    private static bool IsEcg(string stem) =>
        (stem.Contains("ECG", StringComparison.Ordinal) || stem.Contains("EKG", StringComparison.Ordinal)) && stem is not "FECG";

    /// <summary>The name in capitals, words separated by single blanks.</summary>
    private static string Words(string name)
    {
        var letters = name.ToUpperInvariant().Select((c, i) =>
            char.IsLetterOrDigit(c) || c is '+' or '%' || (c == '-' && i == 0 && name.Length > 1) ? c : ' ');
        return string.Join(' ', new string([.. letters]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
