namespace Mina.Host.Monitor.Store;

/// <summary>Times as the database has them: whole microseconds since 1970, UTC.</summary>
internal static class StoreTime
{
    /// <summary>A time's microseconds.</summary>
    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time of so many microseconds.</summary>
    public static DateTimeOffset At(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}
