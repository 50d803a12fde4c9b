using System.CommandLine;

namespace Mina.Host.Shell;

/// <summary>Finds commands and options that do not exist, before a parser takes them for the name of a file.</summary>
internal static class Misspellings
{
    private const string EndOfOptions = "--";

    private static readonly string[] Help = ["--help", "-h", "-?", "/?", "/h", "--version"];

    /// <summary>What is wrong with the first name that does not exist, as a sentence; null: all exist.</summary>
    /// <param name="root">The command line.</param>
    /// <param name="args">What was given.</param>
    public static string? Find(RootCommand root, IReadOnlyList<string> args)
    {
        if (args.Count == 0)
            return null;
        return Find(root, "mina", args);
    }

    private static string? Find(Command command, string called, IReadOnlyList<string> args)
    {
        if (command.Subcommands.Count == 0 || args.Count == 0)
            return UnknownOption(command, called, args);
        if (command.Subcommands.FirstOrDefault(sub => sub.Name == args[0] || sub.Aliases.Contains(args[0])) is { } sub)
            return Find(sub, $"{called} {sub.Name}", [.. args.Skip(1)]);
        return args[0].StartsWith('-') || Help.Contains(args[0]) ? UnknownOption(command, called, args)
            : $"there is no command {args[0]}{(command is RootCommand ? "" : $" of {called}")}"
                + NearestName.Hint(args[0], command.Subcommands.Select(one => one.Name), $"{called} --help lists them.");
    }

    private static string? UnknownOption(Command command, string called, IReadOnlyList<string> args)
    {
        var options = command.Options.ToDictionary(option => option.Name, option => option);
        foreach (var option in command.Options)
        {
            foreach (var alias in option.Aliases)
                options[alias] = option;
        }

        for (var i = 0; i < args.Count && args[i] != EndOfOptions; i++)
        {
            var name = args[i].Split('=', ':')[0];
            if (!name.StartsWith('-') || name.Length == 1 || options.ContainsKey(name) || Help.Contains(name))
                continue;
            // A value may begin with a single hyphen: a negative number.
            if (!name.StartsWith(EndOfOptions, StringComparison.Ordinal) && i > 0 && options.GetValueOrDefault(args[i - 1])?.Arity.MaximumNumberOfValues > 0)
                continue;
            return $"there is no option {name} of {called}{NearestName.Hint(name, options.Keys.Concat(Help), $"{called} --help lists those it has.")}";
        }

        return null;
    }
}
