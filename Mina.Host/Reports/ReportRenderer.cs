using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mina.Host.Reports;

/// <summary>Renders a Razor component to the text of an HTML file that is also well-formed XML.</summary>
internal static partial class ReportRenderer
{
    /// <summary>Renders a page.</summary>
    /// <typeparam name="TPage">The component of the whole page.</typeparam>
    /// <param name="parameters">The parameters of the component, each with its name and value.</param>
    public static string Render<TPage>(params (string Name, object? Value)[] parameters)
        where TPage : IComponent
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        try
        {
            var values = ParameterView.FromDictionary(parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value));
            // Reports await nothing, so the rendering is complete when the call returns.
            var html = renderer.Dispatcher.InvokeAsync(async () =>
            {
                var page = await renderer.RenderComponentAsync<TPage>(values).ConfigureAwait(true);
                return page.ToHtmlString();
            }).GetAwaiter().GetResult();
            return ForbiddenCharacter().Replace(html, Replacement);
        }
        finally
        {
            renderer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    // HTML's encoder writes control characters as references, which XML 1.0 forbids.
    private static string Replacement(Match reference)
    {
        var code = int.Parse(reference.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return code is '\t' or '\n' or '\r' or (>= 0x20 and not (0xFFFE or 0xFFFF)) ? reference.Value : "&#xFFFD;";
    }

    [GeneratedRegex("&#x([0-9A-Fa-f]+);")]
    private static partial Regex ForbiddenCharacter();
}
