using Microsoft.Data.Sqlite;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Store.Sqlite;
using Mina.Host.Tests.Samples;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Monitor.Store;

/// <summary>The SQLite store: the contract, databases of earlier versions, and files that go wrong.</summary>
public sealed class SqliteStoreTests : StoreContract
{
    private const string Version1 = """
        CREATE TABLE streams (name TEXT PRIMARY KEY, origin INTEGER NOT NULL, last_start REAL, fs REAL NOT NULL,
            last_sample INTEGER NOT NULL, episodes TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE verdicts (stream TEXT NOT NULL, start INTEGER NOT NULL, probability REAL, verdict TEXT NOT NULL,
            reason TEXT, PRIMARY KEY (stream, start)) WITHOUT ROWID;
        CREATE INDEX verdicts_by_start ON verdicts (start);
        CREATE TABLE episodes (id INTEGER PRIMARY KEY, stream TEXT NOT NULL, start INTEGER NOT NULL,
            end INTEGER NOT NULL, open INTEGER NOT NULL, mean_probability REAL NOT NULL);
        CREATE INDEX episodes_by_stream ON episodes (stream, start);
        CREATE TABLE alarms (id INTEGER PRIMARY KEY, stream TEXT NOT NULL, kind TEXT NOT NULL, raised INTEGER NOT NULL,
            acknowledged INTEGER, acknowledged_by TEXT, cleared INTEGER);
        CREATE INDEX alarms_open ON alarms (cleared) WHERE cleared IS NULL;
        PRAGMA user_version = 1;
        """;

    // The core's record as version 1 wrote it by reflection.
    private const string Version1State = """
        {"Recent":[{"StartSeconds":40,"Probability":0.9}],"Passed":1,"Pending":{"StartSeconds":38,"Probability":null},"PendingFrom":38.25,"Settled":36,
        "Run":{"Active":true,"Open":true,"Start":2.5,"End":35.75,"Seconds":30,"Weighted":27,"PauseSeconds":0,"PauseWeighted":0,"BlindSeconds":0},
        "ClassifiableSeconds":30.5,"ClosedSeconds":0,"UnclassifiableSeconds":2}
        """;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_database_of_version_1_is_brought_to_this_one_with_all_that_is_in_it()
    {
        MakeVersion1("old.db", $"""
            INSERT INTO streams VALUES ('bed', {Micros(0)}, 40, 250, {Micros(50)}, '{Version1State}');
            INSERT INTO verdicts VALUES ('bed', {Micros(0)}, 0.9, 'af', NULL), ('bed', {Micros(10)}, NULL, 'unclassifiable', 'gap');
            INSERT INTO episodes VALUES (1, 'bed', {Micros(0)}, {Micros(35)}, 1, 0.9);
            INSERT INTO alarms VALUES (1, 'bed', 'AF', {Micros(30)}, {Micros(31)}, 'nurse 3', NULL),
                (2, 'bed', 'Stale', {Micros(60)}, NULL, NULL, {Micros(55)});
            """);
        await using var store = new SqliteStore(_folder["old.db"], TimeProvider.System);
        var stored = await store.OpenAsync();
        var read = Assert.Single(stored.Streams).Episodes;
        Assert.Equal([new Verdict(40, 0.9, WindowFault.None)], read.Recent);
        Assert.Equal((1, 38.25, 30.5, true, true, 2.5, 35.75),
            (read.Passed, read.PendingFrom, read.ClassifiableSeconds, read.Run.Active, read.Run.Open, read.Run.Start, read.Run.End));
        Assert.Equal(new Verdict(38, null, WindowFault.Gap), read.Pending);
        Assert.Equal(2, (await store.VerdictsAsync("bed", Start, Start.AddHours(1))).Count);
        Assert.Equal("bed~20260101T120000000000Z", Assert.Single(stored.OpenEpisodes).Id);
        var af = Assert.Single(stored.OpenAlarms);
        Assert.Equal(("bed~AF~20260101T120030000000Z", "nurse 3"), (af.Id, af.AcknowledgedBy));
        // What an earlier version cleared before it was raised is cleared when it was raised.
        Assert.Equal(Start.AddSeconds(60), (await store.AlarmsAsync(Start, Start.AddHours(1))).Single(alarm => alarm.Kind == AlarmKind.Stale).Cleared);
        await store.CheckAsync();
    }

    [Fact]
    public async Task A_database_that_stopped_the_earlier_version_s_start_is_opened()
    {
        // Two stale alarms open at once, of a stream that has no state, and two open episodes.
        MakeVersion1("old.db", $"""
            INSERT INTO alarms VALUES (1, 'bed', 'Stale', {Micros(0)}, NULL, NULL, NULL), (2, 'bed', 'Stale', {Micros(60)}, NULL, NULL, NULL),
                (3, 'bed', 'Stale', {Micros(60)}, NULL, NULL, NULL);
            INSERT INTO episodes VALUES (1, 'bed', {Micros(0)}, {Micros(35)}, 1, 0.9), (2, 'bed', {Micros(100)}, {Micros(90)}, 1, 0.9);
            INSERT INTO streams VALUES ('broken', {Micros(0)}, 40, 250, {Micros(50)}, 'no JSON');
            """);
        await using var store = new SqliteStore(_folder["old.db"], TimeProvider.System);
        var stored = await store.OpenAsync();
        Assert.Equal(Start.AddSeconds(60), Assert.Single(stored.OpenAlarms).Raised);
        Assert.Equal(Start.AddSeconds(100), Assert.Single(stored.OpenEpisodes).Start);
        Assert.Equal(Episodes.Start, Assert.Single(stored.Streams).Episodes);
        Assert.Equal(Start.AddSeconds(60), (await store.AlarmsAsync(Start, Start.AddSeconds(1)))[0].Cleared);
    }

    [Fact]
    public async Task A_later_version_s_database_and_a_file_of_something_else_are_refused_in_one_sentence()
    {
        MakeVersion1("new.db", "PRAGMA user_version = 99;");
        await using var store = new SqliteStore(_folder["new.db"], TimeProvider.System);
        Assert.Contains("version 99", (await Assert.ThrowsAsync<ProblemException>(() => store.OpenAsync())).Message);
        await File.WriteAllTextAsync(_folder["notes.txt"], new string('x', 5000));
        await using var other = new SqliteStore(_folder["notes.txt"], TimeProvider.System);
        Assert.Contains("cannot be used", (await Assert.ThrowsAsync<ProblemException>(() => other.OpenAsync())).Message);
    }

    [Fact]
    public async Task A_second_monitor_on_the_same_file_is_refused_in_one_sentence_and_starts_when_the_first_has_stopped()
    {
        await using var second = new SqliteStore(_folder["monitor.db"], TimeProvider.System);
        Assert.Contains("another monitor uses", (await Assert.ThrowsAsync<ProblemException>(() => second.OpenAsync())).Message);
        await base.DisposeAsync();
        await second.OpenAsync();
    }

    [Fact]
    public async Task A_state_of_a_later_version_is_not_guessed_at()
    {
        var (state, _) = Run(40);
        Assert.True(StreamStateJson.TryRead(StreamStateJson.Write(state), out var read));
        Assert.Equal(state, read);
        Assert.False(StreamStateJson.TryRead(StreamStateJson.Write(state).Replace("\"Version\":2", "\"Version\":3", StringComparison.Ordinal), out _));
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("replaced")]
    [InlineData("overwritten")]
    public async Task A_file_that_is_no_longer_the_one_that_was_opened_fails_the_check(string how)
    {
        await using var store = new SqliteStore(_folder["lost.db"], TimeProvider.System);
        await store.OpenAsync();
        await store.CheckAsync();
        if (how == "overwritten")
            await File.WriteAllTextAsync(_folder["lost.db"], new string('x', 100_000));
        else
            File.Delete(_folder["lost.db"]);
        if (how == "replaced")
            File.Copy(_folder["monitor.db"], _folder["lost.db"]);
        Assert.True((await Assert.ThrowsAsync<StoreException>(() => store.CheckAsync())).IsLost);
    }

    [Fact]
    public async Task A_second_monitor_is_refused_by_whatever_link_it_names_the_database()
    {
        await using var first = Stores.Create(new MonitorOptions { Database = _folder["linked.db"] }, TimeProvider.System);
        await first.OpenAsync();
        File.CreateSymbolicLink(_folder["link.db"], _folder["linked.db"]);
        File.CreateSymbolicLink(_folder["link-of-link.db"], _folder["link.db"]);
        foreach (var name in new[] { "link.db", "link-of-link.db", "linked.db" })
        {
            await using var second = Stores.Create(new MonitorOptions { Database = _folder[name] }, TimeProvider.System);
            Assert.Contains("another monitor uses", (await Assert.ThrowsAsync<ProblemException>(() => second.OpenAsync())).Message);
        }
    }

    [Fact]
    public async Task A_database_that_another_program_cut_off_is_lost_though_what_lies_beside_it_can_still_be_written()
    {
        await using var store = new SqliteStore(_folder["cut.db"], TimeProvider.System);
        await store.OpenAsync();
        await store.CheckAsync();
        using (var file = new FileStream(_folder["cut.db"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(4096);
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.CheckAsync());
        Assert.Contains("was cut off", failure.Message);
        Assert.True(failure.IsLost);
    }

    [SkippableFact]
    public async Task A_program_that_looks_into_the_database_and_leaves_does_not_take_its_log_away()
    {
        // Locks are a process's own, so it takes another one.
        var python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(one => SampleProgram.Imports(one, "sqlite3"));
        Skip.If(python is null, "needs a python3 that imports sqlite3");
        await using var store = new SqliteStore(_folder["shared.db"], TimeProvider.System);
        await store.OpenAsync();
        await store.CheckAsync();
        var look = $"sqlite3; db = sqlite3.connect('{_folder["shared.db"]}'); db.execute('SELECT * FROM alarms').fetchall(); db.close()";
        Assert.True(SampleProgram.Imports(python, look));
        Assert.True(File.Exists(_folder["shared.db-wal"]));
        var changes = new StoreChanges();
        changes.Put(new AlarmStatus("bed", AlarmKind.AF, Start, null, null, null));
        await store.WriteAsync(changes);
        await store.CheckAsync();
    }

    [Theory]
    [InlineData(".db-wal")]
    [InlineData(".db-shm")]
    [InlineData(".db-wal", ".db-shm")]
    public async Task A_database_whose_log_was_deleted_is_lost_until_it_is_opened_again(params string[] deleted)
    {
        await using var store = new SqliteStore(_folder["bare.db"], TimeProvider.System);
        await store.OpenAsync();
        await store.CheckAsync();
        foreach (var ending in deleted)
            File.Delete(_folder["bare" + ending]);
        var failure = await Record.ExceptionAsync(() => store.CheckAsync());
        Assert.True(failure is null or StoreException { IsLost: true }, $"{failure}");
        await store.OpenAsync();
        var changes = new StoreChanges();
        changes.Put(new AlarmStatus("bed", AlarmKind.AF, Start, null, null, null));
        await store.WriteAsync(changes);
        await store.CheckAsync();
        Assert.Single(await store.AlarmsAsync(Start, Start.AddHours(1)));
    }

    [Fact]
    public async Task A_write_to_a_locked_database_fails_soon_and_reads_go_on()
    {
        await using var store = new SqliteStore(_folder["locked.db"], TimeProvider.System);
        await store.OpenAsync();
        await using (var backup = new SqliteConnection($"Data Source={_folder["locked.db"]};Pooling=False"))
        {
            backup.Open();
            using var begin = backup.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
            var changes = new StoreChanges();
            changes.Put(new AlarmStatus("bed", AlarmKind.AF, Start, null, null, null));
            Assert.Contains("locked", (await Assert.ThrowsAsync<StoreException>(() => store.WriteAsync(changes))).Message);
            Assert.Empty(await store.AlarmsAsync(Start, Start.AddHours(1)));
        }

        await store.CheckAsync();
    }

    private protected override IMonitorStore Create() => new SqliteStore(_folder["monitor.db"], TimeProvider.System);

    private static long Micros(double seconds) => (long)((Start.AddSeconds(seconds) - DateTimeOffset.UnixEpoch).TotalMilliseconds * 1000);

    private void MakeVersion1(string name, string rows)
    {
        using var connection = new SqliteConnection($"Data Source={_folder[name]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = Version1 + rows;
        command.ExecuteNonQuery();
    }
}
