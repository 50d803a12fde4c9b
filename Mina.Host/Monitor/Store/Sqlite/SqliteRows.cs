using Microsoft.Data.Sqlite;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Reviewing;

namespace Mina.Host.Monitor.Store.Sqlite;

/// <summary>Writes rows within one transaction. A row that is there already becomes as it is given.</summary>
internal sealed class SqliteRows(SqliteConnection connection, SqliteTransaction transaction) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    /// <summary>All of a set of changes.</summary>
    public void Put(StoreChanges changes)
    {
        foreach (var name in changes.Removed)
            Run("DELETE FROM streams WHERE name = $0", name);
        foreach (var stream in changes.Streams)
            Put(stream);
        foreach (var verdict in changes.Verdicts)
            Put(verdict);
        foreach (var (episode, seen) in changes.Episodes)
            Put(episode, seen);
        foreach (var strip in changes.Strips)
            Put(strip);
        foreach (var alarm in changes.Alarms)
            Put(alarm);
        foreach (var review in changes.Reviews)
            Put(review);
        foreach (var entry in changes.Audit)
            Put(entry);
        foreach (var bed in changes.Beds)
            Put(bed);
        foreach (var (id, notice) in changes.Notices)
            Put(id, notice);
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
    }

    private void Put(StoredStream stream) => Run(
        """
        INSERT INTO streams (name, origin, last_start, fs, last_sample, seen, episodes) VALUES ($0, $1, $2, $3, $4, $5, $6)
        ON CONFLICT DO UPDATE SET origin = $1, last_start = $2, fs = $3, last_sample = $4, seen = $5, episodes = $6
        """,
        stream.Name,
        StoreTime.ToMicroseconds(stream.Origin),
        stream.LastStart,
        stream.Fs,
        StoreTime.ToMicroseconds(stream.LastSample),
        StoreTime.ToMicroseconds(stream.Seen),
        StreamStateJson.Write(stream.Episodes));

    private void Put(StoredVerdict verdict) => Run(
        """
        INSERT INTO verdicts (stream, start, probability, verdict, reason, heart_rate, seen) VALUES ($0, $1, $2, $3, $4, $5, $6)
        ON CONFLICT DO UPDATE SET probability = $2, verdict = $3, reason = $4, heart_rate = $5, seen = $6
        """,
        verdict.Stream,
        StoreTime.ToMicroseconds(verdict.Window.Start),
        verdict.Window.Probability,
        verdict.Window.Verdict,
        verdict.Window.Reason,
        verdict.Window.HeartRate,
        StoreTime.ToMicroseconds(verdict.Seen));

    // The schema allows one open episode of a stream, and one open alarm of a kind and stream. Whatever has happened before, a newer one ends
    // an older one, rather than that a write fails for good.
    private void Put(EpisodeStatus episode, DateTimeOffset seen)
    {
        var start = StoreTime.ToMicroseconds(episode.Start);
        if (episode.Open)
            Run("UPDATE episodes SET open = 0 WHERE stream = $0 AND open AND start <> $1", episode.Stream, start);
        Run(
            """
            INSERT INTO episodes (stream, start, end, open, mean_probability, seen) VALUES ($0, $1, $2, $3, $4, $5)
            ON CONFLICT DO UPDATE SET end = $2, open = $3, mean_probability = $4, seen = $5
            """,
            episode.Stream,
            start,
            StoreTime.ToMicroseconds(episode.End),
            episode.Open ? 1 : 0,
            episode.MeanProbability,
            StoreTime.ToMicroseconds(seen));
    }

    // The episode remembers that the strip was looked for, so that it is not looked for again where the ECG is gone.
    private void Put(Strip strip)
    {
        var start = StoreTime.ToMicroseconds(strip.Episode);
        if (strip.Stretches.Count > 0)
            Run(
                "INSERT INTO strips (stream, start, kind, data) VALUES ($0, $1, $2, $3) ON CONFLICT DO UPDATE SET data = $3",
                strip.Stream,
                start,
                (int)strip.Kind,
                strip.Encoded);
        Run("UPDATE episodes SET strips = strips | $2 WHERE stream = $0 AND start = $1", strip.Stream, start, (int)strip.Kind);
    }

    // What a person saw, and that the cause went away, stays true whoever writes the alarm again: a replay begins with its being raised.
    private void Put(AlarmStatus alarm)
    {
        var raised = StoreTime.ToMicroseconds(alarm.Raised);
        long? cleared = alarm.Cleared is { } at ? Math.Max(raised, StoreTime.ToMicroseconds(at)) : null;
        // One that is over ended no later than the next of its kind was raised, and one that is open ends when a newer one is open.
        Run(
            """
            UPDATE alarms SET cleared = $2 WHERE stream = $0 AND kind = $1 AND raised < $2 AND (cleared > $2 OR (cleared IS NULL AND $3 IS NULL
                AND NOT EXISTS (SELECT 1 FROM alarms WHERE stream = $0 AND kind = $1 AND raised = $2 AND cleared IS NOT NULL)))
            """,
            alarm.Stream,
            alarm.Kind.ToString(),
            raised,
            cleared);
        Run(
            """
            INSERT INTO alarms (stream, kind, raised, acknowledged, acknowledged_by, cleared, signal, onset, escalated)
            VALUES ($0, $1, $2, $3, $4, (SELECT min(value) FROM (
                SELECT $5 AS value UNION ALL SELECT min(raised) FROM alarms
                    WHERE stream = $0 AND kind = $1 AND raised > $2 AND (cleared IS NULL OR $5 IS NOT NULL))), $6, $7, $8)
            ON CONFLICT DO UPDATE SET acknowledged = coalesce($3, acknowledged), acknowledged_by = coalesce($4, acknowledged_by),
                cleared = min(coalesce(excluded.cleared, cleared), coalesce(cleared, excluded.cleared)), signal = coalesce($6, signal),
                onset = coalesce($7, onset), escalated = coalesce($8, escalated)
            """,
            alarm.Stream,
            alarm.Kind.ToString(),
            raised,
            Micros(alarm.Acknowledged),
            alarm.AcknowledgedBy,
            cleared,
            Micros(alarm.Signal),
            Micros(alarm.Onset),
            Micros(alarm.Escalated));
    }

    private void Put(ReviewStatus review) => Run(
        """
        INSERT INTO reviews (stream, made, start, end, verdict, was, comment, by, replaces, onset)
        VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
        """,
        review.Stream,
        StoreTime.ToMicroseconds(review.Made),
        StoreTime.ToMicroseconds(review.Start),
        StoreTime.ToMicroseconds(review.End),
        review.Verdict.ToString(),
        review.Was?.ToString(),
        review.Comment,
        review.By,
        Micros(review.ReplacedMade),
        Micros(review.Onset));

    private void Put(AuditEntry entry) => Run(
        "INSERT INTO audit (at, who, action, about, address) VALUES ($0, $1, $2, $3, $4) ON CONFLICT DO NOTHING",
        StoreTime.ToMicroseconds(entry.At),
        entry.Who,
        entry.Action.ToString(),
        entry.About,
        entry.Address);

    private void Put(Bed bed) => Run(
        """
        INSERT INTO beds (name, unit, patient, stream, admitted, discharged, paused, paused_until, pause_reason, paced, af_alarm_off)
        VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO UPDATE SET unit = $1, patient = $2, stream = $3, admitted = $4,
            discharged = $5, paused = $6, paused_until = $7, pause_reason = $8, paced = $9, af_alarm_off = $10
        """,
        bed.Name,
        bed.Unit,
        bed.Patient,
        bed.Stream,
        StoreTime.ToMicroseconds(bed.Admitted),
        Micros(bed.Discharged),
        Micros(bed.Pause?.From),
        Micros(bed.Pause?.Until),
        bed.Pause?.Reason,
        bed.Paced,
        Micros(bed.AFAlarmOff));

    private void Put(string id, INotice? notice)
    {
        switch (notice)
        {
            case null:
                Run("DELETE FROM notices WHERE id = $0", id);
                break;
            case EpisodeNotice episode:
                Run(
                    """
                    INSERT INTO notices (id, number, event, stream, onset, cleared)
                    VALUES ($0, (SELECT ifnull(max(number), 0) + 1 FROM notices), $1, $2, $3, $4) ON CONFLICT DO NOTHING
                    """,
                    id,
                    episode.Stage.ToString(),
                    episode.Stream,
                    StoreTime.ToMicroseconds(episode.Onset),
                    Micros(episode.End));
                break;
            case AlarmNotice alarm:
                Put(id, alarm.Event.ToString(), alarm.Alarm);
                break;
            default:
                throw new ArgumentException($"the store has no rows for a {notice.GetType().Name}", nameof(notice));
        }
    }

    private void Put(string id, string happened, AlarmStatus alarm) =>
        Run(
            """
            INSERT INTO notices (id, number, event, stream, kind, raised, acknowledged, acknowledged_by, cleared, signal, onset, escalated)
            VALUES ($0, (SELECT ifnull(max(number), 0) + 1 FROM notices), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
            """,
            id,
            happened,
            alarm.Stream,
            alarm.Kind.ToString(),
            StoreTime.ToMicroseconds(alarm.Raised),
            Micros(alarm.Acknowledged),
            alarm.AcknowledgedBy,
            Micros(alarm.Cleared),
            Micros(alarm.Signal),
            Micros(alarm.Onset),
            Micros(alarm.Escalated));

    private static long? Micros(DateTimeOffset? time) => time is { } known ? StoreTime.ToMicroseconds(known) : null;

    private void Run(string sql, params object?[] values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            _commands[sql] = command;
        }

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        command.ExecuteNonQuery();
    }
}
