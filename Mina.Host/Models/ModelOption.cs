using System.CommandLine;

namespace Mina.Host.Models;

/// <summary>The <c>--model</c> of the commands that use one.</summary>
internal static class ModelOption
{
    /// <summary>Makes it. Left out, it is the model that Mina ships.</summary>
    public static Option<string> Create() => new("--model", "-m")
    {
        Description = "The model's folder. Default: the one that Mina ships.",
        DefaultValueFactory = _ => ModelDirectory.Shipped,
        HelpName = "folder",
    };
}
