namespace Mina.Host.Monitor.Page;

/// <summary>An offset from UTC, as a browser reports it.</summary>
/// <param name="From">When it came into force, in ms since 1970; the first of a list is in force before it as well.</param>
/// <param name="Minutes">The offset.</param>
public sealed record ViewerOffset(double From, int Minutes);

/// <summary>
/// A viewer's time zone by the offsets that the browser knows, so that a time has the offset that was in force then, whatever is in force
/// now, and whether or not the server has a database of time zones.
/// </summary>
/// <param name="offsets">In order of time; without any, times are UTC.</param>
internal sealed class ViewerZone(IReadOnlyList<ViewerOffset> offsets)
{
    /// <summary>A time with the offset that is in force at it.</summary>
    public DateTimeOffset ToLocal(DateTimeOffset time) => time.ToOffset(OffsetAt(time));

    private TimeSpan OffsetAt(DateTimeOffset time)
    {
        var milliseconds = ScriptData.Encode(time);
        var found = offsets.LastOrDefault(offset => offset.From <= milliseconds) ?? (offsets.Count > 0 ? offsets[0] : null);
        return TimeSpan.FromMinutes(found?.Minutes ?? 0);
    }
}
