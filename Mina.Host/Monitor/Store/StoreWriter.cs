using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Mina.Host.Monitor.Store;

/// <summary>Puts rows in place of those of the same key, within one transaction.</summary>
internal sealed class StoreWriter(SqliteConnection connection, SqliteTransaction transaction) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    public void Put(StoredStream stream) => Put(
        "streams (name, origin, last_start, fs, last_sample, episodes)",
        stream.Name,
        StoreTime.Of(stream.Origin),
        stream.LastStart,
        stream.Fs,
        StoreTime.Of(stream.LastSample),
        JsonSerializer.Serialize(stream.Episodes));

    public void Put(string stream, WindowStatus window) => Put(
        "verdicts (stream, start, probability, verdict, reason)", stream, StoreTime.Of(window.Start), window.Probability, window.Verdict, window.Reason);

    public void Put(EpisodeStatus episode) => Put(
        "episodes (id, stream, start, end, open, mean_probability)",
        episode.Id,
        episode.Stream,
        StoreTime.Of(episode.Start),
        StoreTime.Of(episode.End),
        episode.Open ? 1 : 0,
        episode.MeanProbability);

    public void Put(AlarmStatus alarm) => Put(
        "alarms (id, stream, kind, raised, acknowledged, acknowledged_by, cleared)",
        alarm.Id,
        alarm.Stream,
        alarm.Kind.ToString(),
        StoreTime.Of(alarm.Raised),
        alarm.Acknowledged is { } seen ? StoreTime.Of(seen) : null,
        alarm.AcknowledgedBy,
        alarm.Cleared is { } cleared ? StoreTime.Of(cleared) : null);

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
    }

    private void Put(string into, params object?[] values)
    {
        if (!_commands.TryGetValue(into, out var command))
        {
            command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"INSERT OR REPLACE INTO {into} VALUES ({string.Join(", ", values.Select((_, i) => $"${i}"))})";
            for (var i = 0; i < values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            _commands[into] = command;
        }

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        command.ExecuteNonQuery();
    }
}
