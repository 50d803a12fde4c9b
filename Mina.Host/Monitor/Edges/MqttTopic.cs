namespace Mina.Host.Monitor.Edges;

/// <summary>The topics of streams, <c>mina/STREAM/samples</c>.</summary>
public static class MqttTopic
{
    /// <summary>The topic filter for all streams.</summary>
    public const string All = "mina/+/samples";

    private const string Before = "mina/";
    private const string After = "/samples";

    /// <summary>The topic of a stream.</summary>
    public static string ForStream(string stream) => Before + stream + After;

    /// <summary>The stream of a topic; null where the topic has another form.</summary>
    public static string? StreamOf(string topic) =>
        topic.Length > Before.Length + After.Length && topic.StartsWith(Before, StringComparison.Ordinal) && topic.EndsWith(After, StringComparison.Ordinal)
            && topic.AsSpan(Before.Length, topic.Length - Before.Length - After.Length).IndexOf('/') < 0
            ? topic[Before.Length..^After.Length]
            : null;
}
