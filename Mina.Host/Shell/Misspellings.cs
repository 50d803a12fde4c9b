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
        var command = root.Subcommands.FirstOrDefault(sub => sub.Name == args[0] || sub.Aliases.Contains(args[0]));
        if (command is null)
        {
            return args[0].StartsWith('-') || Help.Contains(args[0]) ? UnknownOption(root, args)
                : $"there is no command {args[0]}{NearestName.Hint(args[0], root.Subcommands.Select(sub => sub.Name), "mina --help lists them.")}";
        }

        return UnknownOption(command, [.. args.Skip(1)]);
    }

    private static string? UnknownOption(Command command, IReadOnlyList<string> args)
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
            var called = command is RootCommand ? "mina" : $"mina {command.Name}";
            return $"there is no option {name} of {called}{NearestName.Hint(name, options.Keys.Concat(Help), $"{called} --help lists those it has.")}";
        }

        return null;
    }
}
