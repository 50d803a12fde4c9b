using Mina.Model;

namespace Mina.Host.Monitor.Api;

/// <summary>Selects what the lists of alarms and of episodes show, on the page and as CSV.</summary>
/// <param name="Name">A part of the stream's name; empty: all streams.</param>
/// <param name="Kind">The kind of alarm; null: all kinds.</param>
/// <param name="Unacknowledged">Whether only open alarms that nobody has acknowledged are shown.</param>
internal readonly record struct AlarmFilter(string Name, AlarmKind? Kind = null, bool Unacknowledged = false)
{
    /// <summary>The kinds, for a sentence.</summary>
    public static string Kinds => string.Join(", ", Enum.GetNames<AlarmKind>());

    /// <summary>Reads the name of a kind of alarm, in upper or lower case; null where the text names no kind.</summary>
    public static AlarmKind? ReadKind(string? text) => Enum.TryParse<AlarmKind>(text, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : null;

    /// <summary>Whether an alarm is in the list.</summary>
    public bool Has(AlarmStatus alarm) =>
        IsOf(alarm.Stream) && (Kind is null || alarm.Kind == Kind) && (!Unacknowledged || alarm is { Acknowledged: null, Open: true });

    /// <summary>Whether a stream's name has what is looked for.</summary>
    public bool IsOf(string stream) => stream.Contains(Name, StringComparison.OrdinalIgnoreCase);
}
