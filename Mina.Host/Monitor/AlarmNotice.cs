using Mina.Model;

namespace Mina.Host.Monitor;

/// <summary>What happened to an alarm, for those who listen.</summary>
/// <param name="Event">Raised, acknowledged or cleared.</param>
/// <param name="Alarm">As it stands now.</param>
public sealed record AlarmNotice(AlarmEventKind Event, AlarmStatus Alarm);
