using System.Reflection;

namespace Mina.Host.Monitor.Api;

/// <summary>
/// Refuses a request that has a parameter which its address does not know: a misspelt <c>form=</c> would otherwise be answered with everything.
/// </summary>
internal static class KnownParameters
{
    // The token's, which is taken out by the authentication.
    private const string Token = "access_token";

    /// <summary>Adds the check to a group of addresses.</summary>
    public static RouteGroupBuilder RefuseOthers(this RouteGroupBuilder group)
    {
        group.AddEndpointFilterFactory((handler, next) =>
        {
            var known = handler.MethodInfo.GetParameters().Where(IsFromQuery).Select(parameter => parameter.Name!).ToArray();
            return context => context.HttpContext.Request.Query.Keys.FirstOrDefault(key => key != Token && !IsKnown(known, key)) is { } other
                ? ValueTask.FromResult<object?>(ApiProblems.BadRequest(
                    $"there is no parameter '{other}' here; {(known.Length == 0 ? "there is none" : $"there are {string.Join(", ", known)}")}"))
                : next(context);
        });
        return group;
    }

    private static bool IsKnown(string[] known, string key) => known.Contains(key, StringComparer.OrdinalIgnoreCase);

    private static bool IsFromQuery(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return parameter.Name != "id" && (type.IsPrimitive || type == typeof(string) || type == typeof(UtcTime));
    }
}
