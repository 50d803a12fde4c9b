using Mina.Model;

namespace Mina.Host.Monitor;

/// <summary>What happened to an alarm, for those who listen.</summary>
/// <param name="Event">Raised, acknowledged or cleared.</param>
/// <param name="Alarm">The alarm as it stands after that.</param>
public sealed record AlarmNotice(AlarmEventKind Event, AlarmStatus Alarm)
{
    /// <summary>The alarm's id and the event: the same for every delivery of this notice.</summary>
    public string Id => $"{Alarm.Id}~{Event}";
}
