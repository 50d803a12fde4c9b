using System.CommandLine;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Host.Commands;

/// <summary>The options of <c>train</c> that make its recipe: <c>--recipe</c>, and one for each of the recipe's fields.</summary>
internal sealed class RecipeOptions
{
    private const string FileEnding = ".json";
    private const int MaxFileBytes = 1 << 20;

    private readonly Option<string> _recipe = new("--recipe")
    {
        Description = "The recipe: hw4 (the published exercise to the letter), default, distilled (a default model that learns from three others), wide and "
            + "guided (a wide teacher and its student, on the torch engine), "
            + "or a .json file with a recipe's fields; a model.json gives the recipe of its model.",
        DefaultValueFactory = _ => Recipe.Standard.Name,
    };

    private readonly IReadOnlyList<(string Field, Option<string?> Option)> _fields =
    [
        .. RecipeFile.Fields.Select(field => (field.Name, new Option<string?>($"--{field.Name.Replace('_', '-')}")
        {
            Description = $"{field.Description} Default: the recipe's.",
        })),
    ];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_recipe);
        foreach (var (_, option) in _fields)
            command.Options.Add(option);
    }

    /// <summary>The recipe that the command line asks for.</summary>
    /// <exception cref="ProblemException">There is no such recipe or file, or a value is out of its range.</exception>
    public Recipe Read(ParseResult parsed)
    {
        var recipe = Find(parsed.GetRequiredValue(_recipe));
        foreach (var (field, option) in _fields)
        {
            if (parsed.GetValue(option) is { } value)
                recipe = RecipeFile.With(recipe, field, value, option.Name);
        }

        return recipe;
    }

    private static Recipe Find(string recipe)
    {
        if (!recipe.EndsWith(FileEnding, StringComparison.OrdinalIgnoreCase))
            return Recipe.Find(recipe);
        try
        {
            return RecipeFile.Parse(recipe, Path.GetFileNameWithoutExtension(recipe), PlainFile.ReadAllText(recipe, MaxFileBytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{recipe} cannot be read ({e.Message.TrimEnd('.')}); name a recipe, or a file that holds one.", e);
        }
    }
}
