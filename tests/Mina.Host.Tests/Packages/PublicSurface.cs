using System.Reflection;
using System.Text;

namespace Mina.Host.Tests.Packages;

/// <summary>What a library offers to programs, as text: one line a type or member, in an order that does not depend on the sources'.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(short)] = "short",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>The text.</summary>
    public static string Write(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().Where(type => !IsHidden(type)).OrderBy(Name, StringComparer.Ordinal))
        {
            text.Append(Heading(type)).Append('\n');
            foreach (var member in type.GetMembers(Declared).Select(Line).OfType<string>().Distinct().Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static string Heading(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var bases = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            bases.Add(Name(parent));
        bases.AddRange(type.GetInterfaces()
            .Where(one => one.Namespace?.StartsWith("Mina", StringComparison.Ordinal) == true || one == typeof(IDisposable) || one == typeof(IAsyncDisposable))
                .Select(Name).Order(StringComparer.Ordinal));
        return bases.Count == 0 ? $"{kind} {Name(type)}" : $"{kind} {Name(type)} : {string.Join(", ", bases)}";
    }

    /// <summary>One member; null: it is not offered, or says nothing of its own (accessors, what every record or union has).</summary>
    private static string? Line(MemberInfo member) => member switch
    {
        _ when member.Name.Contains('<', StringComparison.Ordinal) || IsHidden(member) => null,
        FieldInfo { IsPublic: true, DeclaringType.IsEnum: true, IsStatic: true } field => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue())}",
        FieldInfo { IsPublic: true, IsSpecialName: false } field =>
            $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
        PropertyInfo property when Offered(property.GetMethod) || Offered(property.SetMethod) => Property(property),
        ConstructorInfo { IsStatic: false } constructor when Offered(constructor) => $"new({Parameters(constructor)})",
        MethodInfo { IsSpecialName: false } method when Offered(method) && !IsInherited(method) => Method(method),
        EventInfo change when Offered(change.AddMethod) => $"event {Name(change.EventHandlerType!)} {change.Name}",
        _ => null,
    };

    private static string Property(PropertyInfo property)
    {
        var accessors = (Offered(property.GetMethod) ? "get; " : "") + (Offered(property.SetMethod) ? IsInit(property) ? "init; " : "set; " : "");
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        return $"{(property.GetMethod ?? property.SetMethod)!.IsStaticText()}{Name(property.PropertyType)} {name} {{ {accessors}}}";
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{method.IsStaticText()}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string IsStaticText(this MethodBase method) => method.IsStatic ? "static " : "";

    private static bool Offered(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static bool IsInit(PropertyInfo property) =>
        property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit");

    private static bool IsInherited(MethodInfo method) =>
        method.GetBaseDefinition() != method || method.Name is "Equals" or "CompareTo" or "GetHashCode" or "Deconstruct" or "PrintMembers" or "Clone";

    private static bool IsHidden(MemberInfo member) =>
        member.Name.Contains('@', StringComparison.Ordinal) || member.Name.StartsWith("__", StringComparison.Ordinal)
        || member.CustomAttributes.Any(attribute => attribute.AttributeType.Name is "CompilerGeneratedAttribute" && member is Type);

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var passed = parameter.IsOut ? "out " : type.IsByRef ? parameter.IsIn ? "in " : "ref " : "";
        return $"{passed}{Name(type.IsByRef ? type.GetElementType()! : type)} {parameter.Name}{(parameter.IsOptional ? " = default" : "")}";
    }

    private static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsByRef || type.IsPointer)
            return $"{Name(type.GetElementType()!)}{(type.IsByRef ? "&" : "*")}";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Name(value)}?";
        if (type.IsGenericParameter)
            return type.Name;
        var space = type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true ? "" : $"{type.Namespace}.";
        var own = type.Name.Split('`')[0];
        var name = type.DeclaringType is { } outer ? $"{Name(outer)}.{own}" : space + own;
        var arguments = type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).ToArray();
        return arguments.Length == 0 ? name : $"{name}<{string.Join(", ", arguments.Select(Name))}>";
    }
}
