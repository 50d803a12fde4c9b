namespace Mina.Host.Monitor.Store;

/// <summary>Times as a database has them: whole microseconds since 1970, UTC.</summary>
internal static class StoreTime
{
    /// <summary>A time after all that is kept.</summary>
    public static DateTimeOffset Never { get; } = DateTimeOffset.MaxValue.AddDays(-1);

    /// <summary>A time's microseconds.</summary>
    public static long ToMicroseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time of so many microseconds.</summary>
    public static DateTimeOffset FromMicroseconds(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    /// <summary>The earlier of two times that may be missing; null where both are.</summary>
    public static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    /// <summary>A time without what a database would not keep of it.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
