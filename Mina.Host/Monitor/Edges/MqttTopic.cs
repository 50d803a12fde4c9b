namespace Mina.Host.Monitor.Edges;

/// <summary>Topics are <c>mina/STREAM/samples</c>.</summary>
public static class MqttTopic
{
    /// <summary>All streams.</summary>
    public const string All = "mina/+/samples";

    private const string Before = "mina/";
    private const string After = "/samples";

    /// <summary>A stream's topic.</summary>
    public static string ForStream(string stream) => Before + stream + After;

    /// <summary>The stream of a topic; null when the topic is another one.</summary>
    public static string? StreamOf(string topic) =>
        topic.Length > Before.Length + After.Length && topic.StartsWith(Before, StringComparison.Ordinal) && topic.EndsWith(After, StringComparison.Ordinal)
            && topic.AsSpan(Before.Length, topic.Length - Before.Length - After.Length).IndexOf('/') < 0
            ? topic[Before.Length..^After.Length]
            : null;
}
