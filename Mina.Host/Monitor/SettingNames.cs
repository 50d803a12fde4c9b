using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Mina.Host.Shell;

namespace Mina.Host.Monitor;

/// <summary>Compares the settings that are given with those that exist.</summary>
internal static class SettingNames
{
    /// <summary>What is wrong with the first setting that does not exist or has a value of another kind, as a sentence; null: nothing.</summary>
    /// <param name="section">The settings.</param>
    /// <param name="type">The class that they are bound to.</param>
    public static string? FindFault(IConfigurationSection section, Type type)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToArray();
        foreach (var setting in section.GetChildren())
        {
            var property = Array.Find(properties, property => property.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                var names = properties.Select(property => property.Name).Order(StringComparer.Ordinal).ToArray();
                var hint = NearestName.Find(setting.Key, names) is { } nearest ? $"did you mean {section.Path}:{nearest}? There" : "there";
                return $"the setting {setting.Path} does not exist; {hint} are {string.Join(", ", names)}.";
            }

            var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            // Each edge has settings of its own and checks them itself.
            if (typeof(IDictionary).IsAssignableFrom(kind))
                continue;
            var fault = IsGroup(kind) ? FindFault(setting, kind) : FaultOf(setting, kind);
            if (fault is not null)
                return fault;
        }

        return null;
    }

    private static bool IsGroup(Type kind) => kind is { IsClass: true, Namespace: { } space } && space.StartsWith(nameof(Mina), StringComparison.Ordinal);

    private static string? FaultOf(IConfigurationSection setting, Type kind)
    {
        // An empty value leaves the setting out.
        if (setting.Value is not { Length: > 0 } value || kind == typeof(string))
            return null;
        if (!TypeDescriptor.GetConverter(kind).IsValid(value))
            return $"the setting {setting.Path}, '{value}', is not {NameOf(kind)}.";
        return kind == typeof(TimeSpan) && DaysUnawares(value) is { } days
            ? $"the setting {setting.Path}, '{value}', would be {days} days; name days with a dot: 1.00:00:00 is a day, 00:00:05 are 5 s."
            : null;
    }

    // .NET takes 5 for five days, and 24:00:00 for 24 days. Whoever writes that means seconds, or hours.
    private static int? DaysUnawares(string value) =>
        !value.Contains('.') && value.Count(character => character == ':') < 3 && TimeSpan.Parse(value, CultureInfo.InvariantCulture).Days is var days and not 0
            ? days : null;

    private static string NameOf(Type kind) =>
        kind == typeof(bool) ? "true or false"
        : kind == typeof(TimeSpan) ? "a time, such as 00:00:05 for 5 s or 1.00:00:00 for a day"
        : kind == typeof(int) || kind == typeof(long) ? "a whole number"
        : kind == typeof(double) ? "a number"
        : $"a {kind.Name}";
}
