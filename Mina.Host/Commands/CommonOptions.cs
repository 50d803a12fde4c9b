using System.CommandLine;
using Mina.Host.Evaluation;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;

namespace Mina.Host.Commands;

/// <summary>The options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>The sentence of help that names the lead which is read where none is asked for.</summary>
    public const string LeadDefault =
        "Default: I, II, MLII or ECG, else the first that is named like an ECG lead; never an EEG, a pressure or a pulse wave.";

    /// <summary><c>--model</c>, which is null for the model that Mina ships.</summary>
    public static Option<string?> Model() => new("--model", "-m")
    {
        Description = "The model's folder. Default: the one that Mina ships.",
        HelpName = "folder",
    };

    /// <summary><c>--shards</c>.</summary>
    public static Option<string> Shards() => new("--shards", "-s")
    {
        Description = "The folder of shards that ingest wrote.",
        DefaultValueFactory = _ => "out",
    };

    /// <summary><c>--split</c>.</summary>
    /// <param name="default">The split where the option is not given.</param>
    /// <param name="description">The description, which says what the split is used for.</param>
    public static Option<string> PartOfShards(Split @default, string description = "Which part of them: train, validation or test.") =>
        new("--split") { Description = description, DefaultValueFactory = _ => Splits.NameOf(@default) };

    /// <summary><c>--lead</c>.</summary>
    /// <param name="condition">The beginning of the description, such as "With --recordings, "; or empty.</param>
    public static Option<string?> Lead(string condition = "") => new("--lead")
    {
        Description = $"{Describe(condition, "the lead, by name or by index from 0.")} {LeadDefault}",
    };

    /// <summary><c>--fs</c>.</summary>
    public static Option<double?> Fs() => new("--fs") { Description = "The sampling frequency in Hz of CSV files without a time column." };

    /// <summary><c>--annotator</c>.</summary>
    /// <param name="description">The annotations that it chooses.</param>
    public static Option<string> Annotator(string description) => new("--annotator")
    {
        Description = $"{description}: the extension of their files.",
        DefaultValueFactory = _ => "atr",
    };

    /// <summary><c>--flutter</c>, whose value <see cref="FlutterNames.Parse"/> reads.</summary>
    /// <param name="condition">The beginning of the description, such as "With --recordings, "; or empty.</param>
    public static Option<string> Flutter(string condition = "")
    {
        var option = new Option<string>("--flutter")
        {
            Description = Describe(condition, "annotated flutter (AFL) is not-af (also called other, as in WFDB's epicmp), exclude (left out, as by ")
                + "epicmp -x) or af (as in CPSC 2021).",
            DefaultValueFactory = _ => FlutterNames.Values[0],
        };
        option.AcceptOnlyFromAmong(FlutterNames.Values);
        return option;
    }

    /// <summary><c>--learning-period</c>, in seconds.</summary>
    /// <param name="condition">The beginning of the description, such as "With --recordings, "; or empty.</param>
    public static Option<double> LearningPeriod(string condition = "") => new("--learning-period")
    {
        Description = Describe(condition, "leave out this many seconds at the start of each record; EC57 leaves out 300."),
        DefaultValueFactory = _ => 0,
    };

    /// <summary><c>--shortest</c>, in seconds.</summary>
    /// <param name="condition">The beginning of the description, such as "With --recordings, "; or empty.</param>
    public static Option<double> Shortest(string condition = "") => new("--shortest")
    {
        Description = Describe(condition, "episodes under this many seconds do not count."),
        DefaultValueFactory = _ => 0,
    };

    /// <summary><c>--leads all</c>.</summary>
    public static Option<string?> Leads()
    {
        var option = new Option<string?>("--leads")
        {
            Description = "all: take each ECG lead of a recording as a recording of its own, ID/LEAD.",
            HelpName = "all",
        };
        option.AcceptOnlyFromAmong(RecordingLeads.All);
        return option;
    }

    /// <summary><c>--threshold</c>.</summary>
    public static Option<double?> Threshold() => new("--threshold")
    {
        Description = "The probability from which on AF is reported. Default: the model's threshold.",
    };

    /// <summary><c>--no-rhythm</c>.</summary>
    /// <param name="condition">The beginning of the description, such as "With --recordings, "; or empty.</param>
    public static Option<bool> NoRhythm(string condition = "") => new("--no-rhythm")
    {
        Description = Describe(condition, "make episodes from windows of 10 s alone, without the rhythm level, ")
            + "which looks at the beats of a minute. Default: the level in the model's folder, or the shipped one for the shipped model.",
    };

    /// <summary><c>--json FILE</c>.</summary>
    public static Option<string?> JsonFile() => new("--json") { Description = "Write the figures to this file." };

    /// <summary><c>--report</c>.</summary>
    /// <param name="what">The kind of document that is written.</param>
    public static Option<string?> Report(string what) =>
        new("--report") { Description = $"Write a self-contained HTML {what} to this .html file, or into this folder." };

    /// <summary><c>--resamples</c>.</summary>
    public static Option<int> Resamples() => new("--resamples")
    {
        Description = "The number of resamples of the bootstrap over recordings.",
        DefaultValueFactory = _ => 1000,
    };

    /// <summary><c>--seed</c>.</summary>
    public static Option<long> Seed(string description) => new("--seed") { Description = description, DefaultValueFactory = _ => 1 };

    /// <summary>A description after its condition; without a condition it begins with a capital letter.</summary>
    /// <param name="condition">The beginning of the sentence, such as "With --recordings, "; or empty.</param>
    /// <param name="description">The rest of the sentence, which begins with a small letter.</param>
    public static string Describe(string condition, string description) =>
        condition.Length > 0 ? condition + description : char.ToUpperInvariant(description[0]) + description[1..];

    /// <summary>The split that <c>--split</c> names.</summary>
    /// <exception cref="ProblemException">The option names no split.</exception>
    public static Split SplitOf(this ParseResult parsed, Option<string> option) => SplitNamed(parsed.GetRequiredValue(option));

    /// <summary>The split of a name.</summary>
    /// <exception cref="ProblemException">There is no split of that name.</exception>
    public static Split SplitNamed(string name) =>
        Splits.TryParse(name, out var split) ? split : throw new ProblemException($"there is no split '{name}'; the splits are train, validation and test.");

    /// <summary>The options for reading recordings that <c>--lead</c> and <c>--fs</c> give.</summary>
    public static ReadOptions ReadOptionsOf(this ParseResult parsed, Option<string?> lead, Option<double?> fs) =>
        new(parsed.GetValue(lead), parsed.GetValue(fs));

    /// <summary>The value of an option that is a count.</summary>
    /// <exception cref="ProblemException">The value is below the minimum.</exception>
    public static int AtLeast(this ParseResult parsed, int minimum, Option<int> option) =>
        parsed.GetValue(option) is var value && value >= minimum ? value : throw new ProblemException($"{option.Name} {value} must be {minimum} or more.");

    /// <summary>The value of an option that is a duration in seconds.</summary>
    /// <exception cref="ProblemException">The value is negative or not a number.</exception>
    public static double SecondsOf(this ParseResult parsed, Option<double> option) =>
        parsed.GetValue(option) is var value && value >= 0 ? value : throw new ProblemException($"{option.Name} {value} must be 0 s or more.");

    /// <summary>The detector of <c>--model</c> and, where the command has one, <c>--threshold</c>.</summary>
    /// <exception cref="ProblemException">There is no such model, or the threshold does not lie between 0 and 1.</exception>
    public static Detector DetectorOf(this ParseResult parsed, Option<string?> model, Option<double?>? threshold = null)
    {
        var given = threshold is null ? null : parsed.GetValue(threshold);
        if (given is { } value && !(value is > 0 and < 1))
            throw new ProblemException($"--threshold {value} must lie between 0 and 1.");
        var detector = DetectorOf(parsed.GetValue(model));
        return given is { } one ? detector.WithThreshold(one) : detector;
    }

    /// <summary>The detector of <c>--model</c> and <c>--threshold</c>, without its rhythm level where <c>--no-rhythm</c> is given.</summary>
    /// <exception cref="ProblemException">There is no such model, or the threshold does not lie between 0 and 1.</exception>
    public static Detector DetectorOf(this ParseResult parsed, Option<string?> model, Option<double?> threshold, Option<bool> noRhythm)
    {
        var detector = parsed.DetectorOf(model, threshold);
        return parsed.GetValue(noRhythm) ? detector.WithoutRhythm() : detector;
    }

    /// <summary>The detector of a model's folder, or the one that Mina ships where the folder is null.</summary>
    /// <exception cref="ProblemException">The folder holds no model.</exception>
    public static Detector DetectorOf(string? folder) => folder is null ? Detector.Shipped : Detector.Load(Path.GetFullPath(folder));

    /// <summary>The one recording at a path.</summary>
    /// <exception cref="ProblemException">There are several.</exception>
    public static RecordingEntry OnlyEntry(this RecordingFolder folder, string path, string command) => folder.Entries.Count == 1
        ? folder.Entries[0]
        : throw new ProblemException($"{path} holds {folder.Entries.Count} recordings; {command} takes one, such as {folder.Entries[0].Location}.");
}
