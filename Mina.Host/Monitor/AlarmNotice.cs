using Mina.Model;

namespace Mina.Host.Monitor;

/// <summary>Something that happened to an alarm, for the webhook and the event stream.</summary>
/// <param name="Event">Raised, acknowledged, cleared or escalated.</param>
/// <param name="Alarm">The alarm after it.</param>
public sealed record AlarmNotice(AlarmEventKind Event, AlarmStatus Alarm) : INotice
{
    /// <summary>The alarm's id and the event: the same for every delivery of this notice.</summary>
    public string Id => $"{Alarm.Id}~{Event}";
}
