using System.CommandLine;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;

namespace Mina.Host.Commands;

/// <summary>The options that several commands share.</summary>
internal static class CommonOptions
{
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
    /// <param name="default">The split where none is given.</param>
    /// <param name="description">What it is for.</param>
    public static Option<string> PartOfShards(Split @default, string description = "Which part of them: train, validation or test.") =>
        new("--split") { Description = description, DefaultValueFactory = _ => Splits.NameOf(@default) };

    /// <summary><c>--lead</c>.</summary>
    /// <param name="condition">When it applies, before its description; empty: always.</param>
    public static Option<string?> Lead(string condition = "") =>
        new("--lead")
        {
            Description = $"{condition}{(condition.Length > 0 ? "the lead" : "The lead")}, by name or by index from 0. "
                + "Default: I, II, MLII or ECG, else the first that is named like an ECG lead; never an EEG, a pressure or a pulse wave.",
        };

    /// <summary><c>--fs</c>.</summary>
    public static Option<double?> Fs() => new("--fs") { Description = "The sampling frequency in Hz of CSV files without a time column." };

    /// <summary><c>--threshold</c>.</summary>
    public static Option<double?> Threshold() => new("--threshold")
    {
        Description = "The probability from which on AF is reported. Default: the model's threshold.",
    };

    /// <summary><c>--no-rhythm</c>.</summary>
    /// <param name="condition">When it applies, before its description; empty: always.</param>
    public static Option<bool> NoRhythm(string condition = "") => new("--no-rhythm")
    {
        Description = $"{condition}{(condition.Length > 0 ? "make" : "Make")} episodes from windows of 10 s alone, without the rhythm level, "
            + "which looks at the beats of a minute. Default: the level in the model's folder, or the shipped one for the shipped model.",
    };

    /// <summary><c>--json FILE</c>.</summary>
    public static Option<string?> JsonFile() => new("--json") { Description = "Write the figures to this file." };

    /// <summary><c>--report</c>.</summary>
    /// <param name="what">What is written.</param>
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
}
