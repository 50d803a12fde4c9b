using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Store.Sqlite;

/// <summary>
/// The versions of the database's schema. A database of any earlier version is brought to this one, a step at a time, in one transaction.
/// A step is never changed once it was released; a later version adds one.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>The version that this program reads and writes.</summary>
    public const int Version = 7;

    // Version 1 gave ids by counting, kept everything by the device's clock, and let two alarms of a kind be open at once, which stopped
    // the next start. What it counted as an id is not kept: ids are made of stream, kind and time now.
    private const string FromVersion1 = """
        DROP INDEX verdicts_by_start;
        DROP INDEX episodes_by_stream;
        DROP INDEX alarms_open;
        ALTER TABLE streams RENAME TO old_streams;
        ALTER TABLE verdicts RENAME TO old_verdicts;
        ALTER TABLE episodes RENAME TO old_episodes;
        ALTER TABLE alarms RENAME TO old_alarms;
        """;

    // Of version 2.
    private const string Create = """
        CREATE TABLE streams (
            name TEXT PRIMARY KEY, origin INTEGER NOT NULL, last_start REAL, fs REAL NOT NULL, last_sample INTEGER NOT NULL,
            seen INTEGER NOT NULL, episodes TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX streams_by_seen ON streams (seen);
        CREATE TABLE verdicts (
            stream TEXT NOT NULL, start INTEGER NOT NULL, probability REAL, verdict TEXT NOT NULL, reason TEXT, seen INTEGER NOT NULL,
            PRIMARY KEY (stream, start)) WITHOUT ROWID;
        CREATE INDEX verdicts_by_seen ON verdicts (seen);
        CREATE TABLE episodes (
            stream TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, open INTEGER NOT NULL, mean_probability REAL NOT NULL, seen INTEGER NOT NULL,
            PRIMARY KEY (stream, start)) WITHOUT ROWID;
        CREATE UNIQUE INDEX episodes_open ON episodes (stream) WHERE open;
        CREATE INDEX episodes_by_seen ON episodes (seen);
        CREATE TABLE alarms (
            stream TEXT NOT NULL, kind TEXT NOT NULL, raised INTEGER NOT NULL, acknowledged INTEGER, acknowledged_by TEXT,
            cleared INTEGER CHECK (cleared >= raised), signal INTEGER, PRIMARY KEY (stream, kind, raised)) WITHOUT ROWID;
        CREATE UNIQUE INDEX alarms_open ON alarms (stream, kind) WHERE cleared IS NULL;
        CREATE INDEX alarms_by_raised ON alarms (raised);
        CREATE INDEX alarms_by_cleared ON alarms (cleared);
        CREATE TABLE notices (
            id TEXT PRIMARY KEY, number INTEGER NOT NULL, event TEXT NOT NULL, stream TEXT NOT NULL, kind TEXT NOT NULL, raised INTEGER NOT NULL,
            acknowledged INTEGER, acknowledged_by TEXT, cleared INTEGER, signal INTEGER) WITHOUT ROWID;
        CREATE TABLE mark (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL);
        """;

    // Of the open alarms of a kind and stream the latest stays open, and each earlier one is cleared when the next was raised; of the open
    // episodes of a stream likewise. How long a row is kept counts from its time in the signal where that can be, else from now.
    private const string Copy = """
        INSERT INTO streams
            SELECT name, origin, last_start, fs, last_sample,
                CASE WHEN last_sample BETWEEN $earliest AND $now THEN last_sample ELSE $now END, episodes FROM old_streams;
        INSERT INTO verdicts
            SELECT stream, start, probability, verdict, reason, CASE WHEN start BETWEEN $earliest AND $now THEN start ELSE $now END FROM old_verdicts;
        INSERT OR REPLACE INTO episodes
            SELECT stream, start, max(start, end),
                open AND NOT EXISTS (SELECT 1 FROM old_episodes later WHERE later.stream = old.stream AND later.open AND later.id > old.id), mean_probability,
                CASE WHEN end BETWEEN $earliest AND $now THEN end ELSE $now END
            FROM old_episodes old ORDER BY id;
        INSERT OR REPLACE INTO alarms
            SELECT stream, kind, raised, acknowledged, acknowledged_by,
                max(raised, coalesce(cleared, (
                    SELECT max(later.raised, old.raised) FROM old_alarms later
                    WHERE later.stream = old.stream AND later.kind = old.kind AND later.cleared IS NULL AND later.id > old.id ORDER BY later.id LIMIT 1))),
                raised
            FROM old_alarms old ORDER BY id;
        DROP TABLE old_streams;
        DROP TABLE old_verdicts;
        DROP TABLE old_episodes;
        DROP TABLE old_alarms;
        """;

    // Version 3 keeps heart rates, packs verdicts that are no longer new, and has strips of ECG. Which strips of an episode were looked for
    // is a bit each; see StripKind.
    private const string FromVersion2 = """
        ALTER TABLE verdicts ADD COLUMN heart_rate REAL;
        CREATE TABLE packed (
            stream TEXT NOT NULL, start INTEGER NOT NULL, until INTEGER NOT NULL, seen INTEGER NOT NULL, data BLOB NOT NULL,
            PRIMARY KEY (stream, start)) WITHOUT ROWID;
        CREATE INDEX packed_by_seen ON packed (seen);
        ALTER TABLE episodes ADD COLUMN strips INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX episodes_by_strips ON episodes (strips) WHERE strips < 7;
        CREATE TABLE strips (
            stream TEXT NOT NULL, start INTEGER NOT NULL, kind INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (stream, start, kind));
        """;

    // Version 4 knows which episode an alarm of AF is about. Those of before get the last episode that had begun when they were raised.
    private const string FromVersion3 = """
        ALTER TABLE alarms ADD COLUMN onset INTEGER;
        ALTER TABLE notices ADD COLUMN onset INTEGER;
        CREATE INDEX alarms_latched ON alarms (raised) WHERE acknowledged IS NULL AND cleared IS NOT NULL AND kind = 'AF';
        UPDATE alarms SET onset = (
            SELECT max(start) FROM episodes WHERE episodes.stream = alarms.stream AND start <= signal AND end >= signal - 600000000) WHERE kind = 'AF';
        """;

    // Version 5 has reviews, which are added and never changed. What one replaces is named by when that one was made.
    private const string FromVersion4 = """
        CREATE TABLE reviews (
            stream TEXT NOT NULL, made INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, verdict TEXT NOT NULL, was TEXT, comment TEXT,
            by TEXT NOT NULL, replaces INTEGER, onset INTEGER, PRIMARY KEY (stream, made)) WITHOUT ROWID;
        CREATE INDEX reviews_by_made ON reviews (made);
        CREATE TRIGGER reviews_stay BEFORE UPDATE ON reviews BEGIN SELECT RAISE(ABORT, 'a review never changes'); END;
        """;

    // Version 6 has notices of episodes too, which have neither kind nor time raised; an episode's end is in the column of when an alarm was cleared.
    private const string FromVersion5 = """
        ALTER TABLE notices RENAME TO old_notices;
        CREATE TABLE notices (
            id TEXT PRIMARY KEY, number INTEGER NOT NULL, event TEXT NOT NULL, stream TEXT NOT NULL, kind TEXT, raised INTEGER,
            acknowledged INTEGER, acknowledged_by TEXT, cleared INTEGER, signal INTEGER, onset INTEGER) WITHOUT ROWID;
        INSERT INTO notices
            SELECT id, number, event, stream, kind, raised, acknowledged, acknowledged_by, cleared, signal, onset FROM old_notices;
        DROP TABLE old_notices;
        """;

    // Version 7 knows which alarms nobody acknowledged in time, and has beds, and an audit log, to which entries are added; they are never changed,
    // and go by age alone.
    private const string FromVersion6 = """
        ALTER TABLE alarms ADD COLUMN escalated INTEGER;
        ALTER TABLE notices ADD COLUMN escalated INTEGER;
        CREATE TABLE beds (
            name TEXT PRIMARY KEY, unit TEXT, patient TEXT, stream TEXT NOT NULL, admitted INTEGER NOT NULL, discharged INTEGER,
            paused INTEGER, paused_until INTEGER, pause_reason TEXT, paced INTEGER NOT NULL, af_alarm_off INTEGER) WITHOUT ROWID;
        CREATE TABLE audit (at INTEGER PRIMARY KEY, who TEXT, action TEXT NOT NULL, about TEXT, address TEXT);
        CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'an entry of the audit log never changes'); END;
        """;

    private static readonly TimeSpan LongestKept = TimeSpan.FromDays(400);

    /// <summary>Brings a database to this version; one that has none yet is made.</summary>
    /// <param name="connection">Open, and the only one that writes.</param>
    /// <param name="path">For messages.</param>
    /// <param name="now">The server's clock.</param>
    /// <exception cref="ProblemException">It is of a later version than this program knows.</exception>
    /// <exception cref="SqliteException">It cannot be read or written.</exception>
    public static void Update(SqliteConnection connection, string path, DateTimeOffset now)
    {
        var version = (int)ReadNumber(connection, "PRAGMA user_version");
        if (version is < 0 or > Version)
            throw new ProblemException(
                $"{path} is of version {version}, and this program reads versions up to {Version}; "
                + $"name another file with --database, or use the program that wrote it.");
        if (version == Version)
            return;
        using var transaction = connection.BeginTransaction();
        if (version == 1)
            connection.Execute(FromVersion1);
        if (version < 2)
            connection.Execute(Create);
        if (version == 1)
            connection.Execute(Copy, ("$now", StoreTime.ToMicroseconds(now)), ("$earliest", StoreTime.ToMicroseconds(now - LongestKept)));
        if (version < 3)
            connection.Execute(FromVersion2);
        if (version < 4)
            connection.Execute(FromVersion3);
        if (version < 5)
            connection.Execute(FromVersion4);
        if (version < 6)
            connection.Execute(FromVersion5);
        connection.Execute(FromVersion6);

        // By which a file that took its place is known to be another one.
        connection.Execute($"PRAGMA application_id = {RandomNumberGenerator.GetInt32(1, int.MaxValue)}");
        connection.Execute($"PRAGMA user_version = {Version}");
        transaction.Commit();
    }

    /// <summary>What a statement of one number says.</summary>
    public static long ReadNumber(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
