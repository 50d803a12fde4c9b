using System.Text.Json;
using Microsoft.Data.Sqlite;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Store;

/// <summary>
/// Verdicts, episodes, alarms and where each stream stands, in one SQLite file. What goes together is one transaction: a process
/// killed at any point goes on from a state that agrees with its history.
/// </summary>
/// <remarks>Any thread. Times are whole microseconds since 1970, UTC.</remarks>
public sealed class MonitorStore : IDisposable
{
    private const int Version = 1;

    private const string Schema = """
        CREATE TABLE streams (name TEXT PRIMARY KEY, origin INTEGER NOT NULL, last_start REAL, fs REAL NOT NULL, last_sample INTEGER NOT NULL, episodes TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE verdicts (stream TEXT NOT NULL, start INTEGER NOT NULL, probability REAL, verdict TEXT NOT NULL, reason TEXT, PRIMARY KEY (stream, start)) WITHOUT ROWID;
        CREATE INDEX verdicts_by_start ON verdicts (start);
        CREATE TABLE episodes (id INTEGER PRIMARY KEY, stream TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, open INTEGER NOT NULL, mean_probability REAL NOT NULL);
        CREATE INDEX episodes_by_stream ON episodes (stream, start);
        CREATE TABLE alarms (id INTEGER PRIMARY KEY, stream TEXT NOT NULL, kind TEXT NOT NULL, raised INTEGER NOT NULL, acknowledged INTEGER, acknowledged_by TEXT, cleared INTEGER);
        CREATE INDEX alarms_open ON alarms (cleared) WHERE cleared IS NULL;
        """;

    private readonly string _connect;
    private readonly SqliteConnection _writer;
    private readonly Lock _writing = new();
    private long _lastEpisode;
    private long _lastAlarm;

    /// <summary>Opens the file, and makes it where there is none.</summary>
    /// <exception cref="ProblemException">It cannot be written, or is none of this program's.</exception>
    public MonitorStore(string path)
    {
        _connect = new SqliteConnectionStringBuilder { DataSource = path, Pooling = true, DefaultTimeout = 30 }.ToString();
        _writer = new SqliteConnection(_connect);
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);
            _writer.Open();
            Run("PRAGMA journal_mode = WAL");
            Run("PRAGMA synchronous = NORMAL");
            var version = Number("PRAGMA user_version");
            if (version == 0)
                Run($"BEGIN; {Schema} PRAGMA user_version = {Version}; COMMIT;");
            else if (version != Version)
                throw new ProblemException($"{path} is of version {version}, and this program reads version {Version}; name another file with --database.");
            _lastEpisode = Number("SELECT ifnull(max(id), 0) FROM episodes");
            _lastAlarm = Number("SELECT ifnull(max(id), 0) FROM alarms");
        }
        catch (SqliteException e)
        {
            _writer.Dispose();
            throw new ProblemException($"{path} cannot be used as the monitor's database ({e.Message}); name another file with --database.");
        }
    }

    /// <summary>An id that no episode has.</summary>
    public long NextEpisode() => Interlocked.Increment(ref _lastEpisode);

    /// <summary>An id that no alarm has.</summary>
    public long NextAlarm() => Interlocked.Increment(ref _lastAlarm);

    /// <summary>Writes all of it in one transaction.</summary>
    public void Write(StoreChanges changes)
    {
        if (changes.IsEmpty)
            return;
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            using var rows = new StoreWriter(_writer, transaction);
            foreach (var stream in changes.Streams)
                rows.Put(stream);
            foreach (var (stream, window) in changes.Verdicts)
                rows.Put(stream, window);
            foreach (var episode in changes.Episodes)
                rows.Put(episode);
            foreach (var alarm in changes.Alarms)
                rows.Put(alarm);
            transaction.Commit();
        }
    }

    /// <summary>Forgets what ended before a time; open episodes and alarms stay, but for those of streams that stopped before it.</summary>
    public void Forget(DateTimeOffset before)
    {
        lock (_writing)
        {
            using var transaction = _writer.BeginTransaction();
            foreach (var sql in new[]
            {
                "DELETE FROM verdicts WHERE start < $before",
                "DELETE FROM episodes WHERE open = 0 AND end < $before",
                "DELETE FROM alarms WHERE cleared < $before OR (kind = 'Stale' AND cleared IS NULL AND raised < $before)",
                "DELETE FROM streams WHERE last_sample < $before AND name NOT IN (SELECT stream FROM episodes WHERE open) AND name NOT IN (SELECT stream FROM alarms WHERE cleared IS NULL)",
            })
            {
                using var command = _writer.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = sql;
                command.Parameters.AddWithValue("$before", StoreTime.Of(before));
                command.ExecuteNonQuery();
            }

            transaction.Commit();
        }
    }

    /// <summary>Where each stream stands.</summary>
    public IReadOnlyList<StoredStream> Streams() => Read("SELECT name, origin, last_start, fs, last_sample, episodes FROM streams", row => new StoredStream(
        row.GetString(0),
        StoreTime.At(row.GetInt64(1)),
        row.IsDBNull(2) ? null : row.GetDouble(2),
        row.GetDouble(3),
        StoreTime.At(row.GetInt64(4)),
        JsonSerializer.Deserialize<EpisodeState>(row.GetString(5))!));

    /// <summary>Verdicts of windows that start between two times, in order.</summary>
    public IReadOnlyList<WindowStatus> Verdicts(string stream, DateTimeOffset from, DateTimeOffset to) => Read(
        "SELECT start, probability, verdict, reason FROM verdicts WHERE stream = $stream AND start >= $from AND start < $to ORDER BY start",
        row => new WindowStatus(
            StoreTime.At(row.GetInt64(0)),
            row.IsDBNull(1) ? null : row.GetDouble(1),
            row.GetString(2),
            row.IsDBNull(3) ? null : row.GetString(3)),
        ("$stream", stream), ("$from", StoreTime.Of(from)), ("$to", StoreTime.Of(to)));

    /// <summary>Episodes of a stream (null: of all) that overlap a time range, in order.</summary>
    public IReadOnlyList<EpisodeStatus> Episodes(string? stream, DateTimeOffset from, DateTimeOffset to) => Read(
        "SELECT id, stream, start, end, open, mean_probability FROM episodes WHERE ($stream IS NULL OR stream = $stream) AND start < $to AND end > $from ORDER BY start, id",
        row => new EpisodeStatus(row.GetInt64(0), row.GetString(1), StoreTime.At(row.GetInt64(2)), StoreTime.At(row.GetInt64(3)), row.GetBoolean(4), row.GetDouble(5)),
        ("$stream", (object?)stream ?? DBNull.Value), ("$from", StoreTime.Of(from)), ("$to", StoreTime.Of(to)));

    /// <summary>Episodes that go on.</summary>
    public IReadOnlyList<EpisodeStatus> OpenEpisodes() => Read(
        "SELECT id, stream, start, end, open, mean_probability FROM episodes WHERE open ORDER BY id",
        row => new EpisodeStatus(row.GetInt64(0), row.GetString(1), StoreTime.At(row.GetInt64(2)), StoreTime.At(row.GetInt64(3)), row.GetBoolean(4), row.GetDouble(5)));

    /// <summary>Alarms that were not cleared, oldest first.</summary>
    public IReadOnlyList<AlarmStatus> OpenAlarms() => Alarms("cleared IS NULL");

    /// <summary>All alarms raised between two times, oldest first.</summary>
    public IReadOnlyList<AlarmStatus> Alarms(DateTimeOffset from, DateTimeOffset to) =>
        Alarms("raised >= $from AND raised < $to", ("$from", StoreTime.Of(from)), ("$to", StoreTime.Of(to)));

    /// <summary>Whether it answers.</summary>
    public bool IsWell()
    {
        try
        {
            return Read("SELECT 1", row => row.GetInt64(0)).Count == 1;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_writing)
            _writer.Dispose();
        using var pool = new SqliteConnection(_connect);
        SqliteConnection.ClearPool(pool);
    }

    private IReadOnlyList<AlarmStatus> Alarms(string where, params (string Name, object Value)[] parameters) => Read(
        $"SELECT id, stream, kind, raised, acknowledged, acknowledged_by, cleared FROM alarms WHERE {where} ORDER BY id",
        row => new AlarmStatus(
            row.GetInt64(0),
            row.GetString(1),
            Enum.Parse<AlarmKind>(row.GetString(2)),
            StoreTime.At(row.GetInt64(3)),
            row.IsDBNull(4) ? null : StoreTime.At(row.GetInt64(4)),
            row.IsDBNull(5) ? null : row.GetString(5),
            row.IsDBNull(6) ? null : StoreTime.At(row.GetInt64(6))),
        parameters);

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> make, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection(_connect);
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

    private void Run(string sql)
    {
        using var command = _writer.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private long Number(string sql)
    {
        using var command = _writer.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
