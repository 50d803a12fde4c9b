using Microsoft.Data.Sqlite;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Reviewing;
using Mina.Model;

namespace Mina.Host.Monitor.Store.Sqlite;

/// <summary>What is asked of the database, each over a connection of its own, so that no reader waits for the writer.</summary>
/// <param name="connect">Connection string of a reader.</param>
internal sealed class SqliteQueries(string connect)
{
    /// <summary>What <see cref="Verdict"/> reads.</summary>
    public const string VerdictColumns = "start, probability, verdict, reason, heart_rate, seen";

    private const string EpisodeColumns = "stream, start, end, open, mean_probability";
    private const string ReviewColumns = "stream, start, end, verdict, was, comment, by, made, replaces, onset";
    private const string AlarmColumns = "stream, kind, raised, acknowledged, acknowledged_by, cleared, signal, onset, escalated";

    /// <summary>Where each stream stands. One whose state cannot be read begins its episodes again; it never stops the monitor.</summary>
    public List<StoredStream> Streams() => Read("SELECT name, origin, last_start, fs, last_sample, seen, episodes FROM streams", row => new StoredStream(
        row.GetString(0),
        Time(row, 1),
        row.IsDBNull(2) ? null : row.GetDouble(2),
        row.GetDouble(3),
        Time(row, 4),
        Time(row, 5),
        StreamStateJson.TryRead(row.GetString(6), out var state) ? state : Episodes.Start));

    /// <summary>Verdicts of windows that start between two times, in order; those in rows of their own are newer than those that are packed.</summary>
    public List<WindowStatus> Verdicts(string stream, DateTimeOffset from, DateTimeOffset to)
    {
        var (first, last) = (StoreTime.ToMicroseconds(from), StoreTime.ToMicroseconds(to));
        var range = new[] { ("$stream", (object)stream), ("$from", first), ("$to", last) };
        // The rows first: what is packed meanwhile is read twice, and not missed.
        var rows = Read($"SELECT {VerdictColumns} FROM verdicts WHERE stream = $stream AND start >= $from AND start < $to ORDER BY start", Verdict, range);
        var blocks = Read(
            "SELECT data FROM packed WHERE stream = $stream AND start < $to AND until >= $from ORDER BY start", row => row.GetFieldValue<byte[]>(0), range);
        var packed = blocks.SelectMany(VerdictBlock.Read).Where(row => row.Start >= first && row.Start < last);
        return
        [
            .. rows.UnionBy(packed, row => row.Start).OrderBy(row => row.Start)
                .Select(row => new WindowStatus(StoreTime.FromMicroseconds(row.Start), row.Probability, row.Verdict, row.Reason) { HeartRate = row.HeartRate }),
        ];
    }

    /// <summary>A row of <see cref="VerdictColumns"/>.</summary>
    public static VerdictBlock.Row Verdict(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.IsDBNull(1) ? null : row.GetDouble(1),
        row.GetString(2),
        row.IsDBNull(3) ? null : row.GetString(3),
        row.IsDBNull(4) ? null : row.GetDouble(4),
        row.GetInt64(5));

    /// <summary>Episodes of which a strip may be due, oldest first, and the strips that were looked for: while one is open, its onset's.</summary>
    public List<(EpisodeStatus Episode, StripKinds Kept)> WithoutStrips(int max) => Read(
        $"SELECT {EpisodeColumns}, strips FROM episodes WHERE strips < 7 AND (NOT open OR strips & 1 = 0) ORDER BY start LIMIT $max",
        row => (Episode(row), (StripKinds)row.GetInt32(5)),
        ("$max", max));

    /// <summary>The strips of an episode.</summary>
    public List<Strip> Strips(string stream, DateTimeOffset episode) => Read(
        "SELECT kind, data FROM strips WHERE stream = $stream AND start = $start ORDER BY kind",
        row => new Strip(stream, episode, (StripKinds)row.GetInt32(0), StripCodec.Read(row.GetFieldValue<byte[]>(1))),
        ("$stream", stream),
        ("$start", StoreTime.ToMicroseconds(episode)));

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

    /// <summary>Alarms that were cleared, latch, and were not acknowledged, oldest first.</summary>
    public List<AlarmStatus> LatchedAlarms() => Read(
        $"SELECT {AlarmColumns} FROM alarms WHERE acknowledged IS NULL AND cleared IS NOT NULL AND kind = 'AF' ORDER BY raised, stream, kind",
        row => Alarm(row, 0));

    /// <summary>All alarms raised between two times, oldest first.</summary>
    public List<AlarmStatus> Alarms(DateTimeOffset from, DateTimeOffset to) => Read(
        $"SELECT {AlarmColumns} FROM alarms WHERE raised >= $from AND raised < $to ORDER BY raised, stream, kind",
        row => Alarm(row, 0),
        ("$from", StoreTime.ToMicroseconds(from)), ("$to", StoreTime.ToMicroseconds(to)));

    /// <summary>The reviews of a stream (null: of all), in the order in which they were made.</summary>
    public List<ReviewStatus> Reviews(string? stream) => Read(
        $"SELECT {ReviewColumns} FROM reviews {(stream is null ? "" : "WHERE stream = $stream ")}ORDER BY made, stream",
        Review,
        stream is null ? [] : [("$stream", stream)]);

    /// <summary>Notices that no receiver has taken, oldest first.</summary>
    public List<INotice> Notices() => Read<INotice>(
        $"SELECT event, {AlarmColumns} FROM notices ORDER BY number, id",
        row => row.IsDBNull(2)
            ? new EpisodeNotice(row.GetString(1), Time(row, 8), Enum.Parse<EpisodeStage>(row.GetString(0)), TimeOrNull(row, 6))
            : new AlarmNotice(Enum.Parse<AlarmEventKind>(row.GetString(0)), Alarm(row, 1)));

    /// <summary>Entries of the audit log between two times, oldest first.</summary>
    public List<AuditEntry> Audit(DateTimeOffset from, DateTimeOffset to) => Read(
        "SELECT at, who, action, about, address FROM audit WHERE at >= $from AND at < $to ORDER BY at",
        row => new AuditEntry(Time(row, 0), TextOrNull(row, 1), Enum.Parse<AuditAction>(row.GetString(2)), TextOrNull(row, 3), TextOrNull(row, 4)),
        ("$from", StoreTime.ToMicroseconds(from)),
        ("$to", StoreTime.ToMicroseconds(to)));

    /// <summary>All beds, in order of their names.</summary>
    public List<Bed> Beds() => Read(
        "SELECT name, unit, patient, stream, admitted, discharged, paused, paused_until, pause_reason, paced, af_alarm_off FROM beds ORDER BY name",
        row => new Bed(row.GetString(0), TextOrNull(row, 1), TextOrNull(row, 2), row.GetString(3), Time(row, 4))
        {
            Discharged = TimeOrNull(row, 5),
            Pause = row.IsDBNull(6) ? null : new BedPause(Time(row, 6), Time(row, 7), row.GetString(8)),
            Paced = row.GetBoolean(9),
            AFAlarmOff = TimeOrNull(row, 10),
        });

    private static EpisodeStatus Episode(SqliteDataReader row) => new(row.GetString(0), Time(row, 1), Time(row, 2), row.GetBoolean(3), row.GetDouble(4));

    private static AlarmStatus Alarm(SqliteDataReader row, int at) => new(
        row.GetString(at),
        Enum.Parse<AlarmKind>(row.GetString(at + 1)),
        Time(row, at + 2),
        TimeOrNull(row, at + 3),
        TextOrNull(row, at + 4),
        TimeOrNull(row, at + 5),
        TimeOrNull(row, at + 6))
    {
        Onset = TimeOrNull(row, at + 7),
        Escalated = TimeOrNull(row, at + 8),
    };

    private static ReviewStatus Review(SqliteDataReader row) => new(
        row.GetString(0),
        Time(row, 1),
        Time(row, 2),
        Enum.Parse<ReviewVerdict>(row.GetString(3)),
        row.IsDBNull(4) ? null : Enum.Parse<RejectedAs>(row.GetString(4)),
        TextOrNull(row, 5),
        row.GetString(6),
        Time(row, 7))
    {
        ReplacedMade = TimeOrNull(row, 8),
        Onset = TimeOrNull(row, 9),
    };

    private static string? TextOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset Time(SqliteDataReader row, int column) => StoreTime.FromMicroseconds(row.GetInt64(column));

    private static DateTimeOffset? TimeOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Time(row, column);

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> make, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection(connect);
        connection.Open();
        return connection.Rows(sql, make, parameters);
    }
}
