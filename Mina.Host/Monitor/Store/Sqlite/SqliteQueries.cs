using Microsoft.Data.Sqlite;
using Mina.Model;

namespace Mina.Host.Monitor.Store.Sqlite;

/// <summary>What is asked of the database, each over a connection of its own, so that no reader waits for the writer.</summary>
/// <param name="connect">Connection string of a reader.</param>
internal sealed class SqliteQueries(string connect)
{
    private const string EpisodeColumns = "stream, start, end, open, mean_probability";
    private const string AlarmColumns = "stream, kind, raised, acknowledged, acknowledged_by, cleared, signal";

    /// <summary>Where each stream stands. One whose state cannot be read begins its episodes again; it never stops the monitor.</summary>
    public List<StoredStream> Streams() => Read("SELECT name, origin, last_start, fs, last_sample, seen, episodes FROM streams", row => new StoredStream(
        row.GetString(0),
        Time(row, 1),
        row.IsDBNull(2) ? null : row.GetDouble(2),
        row.GetDouble(3),
        Time(row, 4),
        Time(row, 5),
        StreamStateJson.TryRead(row.GetString(6), out var state) ? state : Episodes.Start));

    /// <summary>Verdicts of windows that start between two times, in order.</summary>
    public List<WindowStatus> Verdicts(string stream, DateTimeOffset from, DateTimeOffset to) => Read(
        "SELECT start, probability, verdict, reason FROM verdicts WHERE stream = $stream AND start >= $from AND start < $to ORDER BY start",
        row => new WindowStatus(Time(row, 0), row.IsDBNull(1) ? null : row.GetDouble(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3)),
        ("$stream", stream), ("$from", StoreTime.ToMicroseconds(from)), ("$to", StoreTime.ToMicroseconds(to)));

    /// <summary>Episodes of a stream (null: of all) that overlap a time range, in order.</summary>
    public List<EpisodeStatus> EpisodesBetween(string? stream, DateTimeOffset from, DateTimeOffset to) => Read(
        $"SELECT {EpisodeColumns} FROM episodes WHERE {(stream is null ? "" : "stream = $stream AND ")}start < $to AND end > $from ORDER BY start, stream",
        Episode,
        [.. stream is null ? [] : new[] { ("$stream", (object)stream) }, ("$from", StoreTime.ToMicroseconds(from)), ("$to", StoreTime.ToMicroseconds(to))]);

    /// <summary>Episodes that go on.</summary>
    public List<EpisodeStatus> OpenEpisodes() => Read($"SELECT {EpisodeColumns} FROM episodes WHERE open ORDER BY start", Episode);

    /// <summary>Alarms that were not cleared, oldest first.</summary>
    public List<AlarmStatus> OpenAlarms() =>
        Read($"SELECT {AlarmColumns} FROM alarms WHERE cleared IS NULL ORDER BY raised, stream, kind", row => Alarm(row, 0));

    /// <summary>All alarms raised between two times, oldest first.</summary>
    public List<AlarmStatus> Alarms(DateTimeOffset from, DateTimeOffset to) => Read(
        $"SELECT {AlarmColumns} FROM alarms WHERE raised >= $from AND raised < $to ORDER BY raised, stream, kind",
        row => Alarm(row, 0),
        ("$from", StoreTime.ToMicroseconds(from)), ("$to", StoreTime.ToMicroseconds(to)));

    /// <summary>Notices that no receiver has taken, oldest first.</summary>
    public List<AlarmNotice> Notices() => Read(
        $"SELECT event, {AlarmColumns} FROM notices ORDER BY number, id", row => new AlarmNotice(Enum.Parse<AlarmEventKind>(row.GetString(0)), Alarm(row, 1)));

    private static EpisodeStatus Episode(SqliteDataReader row) => new(row.GetString(0), Time(row, 1), Time(row, 2), row.GetBoolean(3), row.GetDouble(4));

    private static AlarmStatus Alarm(SqliteDataReader row, int at) => new(
        row.GetString(at),
        Enum.Parse<AlarmKind>(row.GetString(at + 1)),
        Time(row, at + 2),
        TimeOrNull(row, at + 3),
        row.IsDBNull(at + 4) ? null : row.GetString(at + 4),
        TimeOrNull(row, at + 5),
        TimeOrNull(row, at + 6));

    private static DateTimeOffset Time(SqliteDataReader row, int column) => StoreTime.FromMicroseconds(row.GetInt64(column));

    private static DateTimeOffset? TimeOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Time(row, column);

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> make, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection(connect);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        using var reader = command.ExecuteReader();
        var found = new List<T>();
        while (reader.Read())
            found.Add(make(reader));
        return found;
    }
}
