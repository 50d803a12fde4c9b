using Microsoft.Data.Sqlite;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Store.Sqlite;
using Xunit;

namespace Mina.Host.Tests.Monitor.Store;

/// <summary>Verdicts that are no longer new take little room, and nothing about them reads differently.</summary>
public sealed class VerdictPackingTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly SettableClock _clock = new() { Now = Start };
    private SqliteStore _store = null!;
    private readonly Random _random = new(1);
    private StoreChanges _changes = new();

    public async Task InitializeAsync()
    {
        _store = new SqliteStore(_folder["monitor.db"], _clock);
        await _store.OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_block_read_back_is_what_was_written(int seed)
    {
        var random = new Random(seed);
        var start = random.NextInt64(-1_000_000_000_000, 1_000_000_000_000);
        var rows = Enumerable.Range(0, random.Next(1, VerdictPacker.MaxRows + 1)).Select(i => new VerdictBlock.Row(
            start += random.NextInt64(1, random.Next(4) == 0 ? 3_000_000_000 : 1_666_667),
            random.Next(5) switch { 0 => null, 1 when seed == 3 => random.NextDouble(), _ => random.NextSingle() },
            random.Next(2) == 0 ? "af" : "unclassifiable",
            random.Next(3) switch { 0 => null, 1 => "", _ => "lead off, \"é\"" },
            random.Next(3) == 0 ? null : Math.Round(40 + (100 * random.NextDouble()), 1),
            random.NextInt64(long.MinValue / 8, long.MaxValue / 8))).ToList();
        Assert.Equal(rows, VerdictBlock.Read(VerdictBlock.Write(rows)));
    }

    [Fact]
    public void A_damaged_block_is_named_whatever_was_changed()
    {
        var block = VerdictBlock.Write([.. Enumerable.Range(0, 50).Select(i => new VerdictBlock.Row(i * 1_666_667L, i / 64.0, "not_af", null, 70, i))]);
        for (var i = 0; i < block.Length; i++)
        {
            byte[] changed = [.. block];
            changed[i] ^= 0x55;
            TryRead(changed);
            TryRead(block[..i]);
        }

        static void TryRead(byte[] bytes)
        {
            try
            {
                _ = VerdictBlock.Read(bytes);
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    [Fact]
    public async Task Every_verdict_reads_the_same_before_and_after_packing_and_most_are_packed()
    {
        var sent = new List<WindowStatus>();
        for (var second = 0; second < 3600; second++)
            sent.AddRange(await WriteAsync("bed", second, write: second % 60 == 59));
        await WriteAsync("other", 3599);
        var before = await ReadAsync("bed");
        await PackAsync();
        Assert.Equal(before, await ReadAsync("bed"));
        Assert.Equal(sent, await ReadAsync("bed"));
        Assert.Equal(sent.Where(window => window.Start >= Start.AddMinutes(20) && window.Start < Start.AddMinutes(50)),
            await _store.VerdictsAsync("bed", Start.AddMinutes(20), Start.AddMinutes(50)));
        Assert.Single(await ReadAsync("other"));
        // Five minutes, up to the end of a slot of 4 s, and that of the other stream.
        Assert.InRange(Number("SELECT count(*) FROM verdicts"), 300, 306);
        Assert.InRange(Number("SELECT count(*) FROM packed"), 4, 6);
        // A verdict in a row of its own takes some 100 bytes.
        Assert.InRange(Number("SELECT sum(length(data)) FROM packed") / (double)(sent.Count - 301), 3, 7);
    }

    [Fact]
    public async Task A_verdict_that_is_written_again_replaces_the_one_that_is_packed()
    {
        for (var second = 0; second < 1800; second++)
            await WriteAsync("bed", second, write: second % 60 == 59);
        await PackAsync();
        await WriteAsync("bed", 5, 0.875);
        Assert.Equal(0.875, (await ReadAsync("bed"))[5].Probability);
        _clock.Now = Start.AddHours(2);
        await PackAsync();
        var read = await ReadAsync("bed");
        Assert.Equal((1800, 0.875), (read.Count, read[5].Probability));
        Assert.Equal(0, Number("SELECT count(*) FROM verdicts"));
        Assert.Equal(1800, read.Select(window => window.Start).Distinct().Count());
    }

    [Fact]
    public async Task A_damaged_block_stops_neither_the_packing_of_later_verdicts_nor_of_other_streams()
    {
        for (var second = 0; second < 1800; second++)
        {
            await WriteAsync("bed", second, write: false);
            await WriteAsync("other", second, write: second % 60 == 59);
        }

        await PackAsync();
        Number("UPDATE packed SET data = x'01ff' WHERE stream = 'bed'; SELECT changes()", write: true);
        await WriteAsync("bed", 5, 0.875);
        await WriteAsync("other", 5, 0.875);
        _clock.Now = Start.AddHours(2);
        await PackAsync();
        Assert.Equal(0, Number("SELECT count(*) FROM verdicts"));
        Assert.Equal((1800, 0.875), ((await ReadAsync("other")).Count, (await ReadAsync("other"))[5].Probability));
        await Assert.ThrowsAsync<StoreException>(() => ReadAsync("bed"));
        while (await _store.ForgetAsync(Start.AddDays(1), 2))
        {
        }

        Assert.Empty(await ReadAsync("bed"));
    }

    [Fact]
    public async Task Packed_verdicts_are_forgotten_by_the_server_s_clock()
    {
        for (var second = 0; second < 1800; second++)
            await WriteAsync("bed", second, write: second % 60 == 59);
        await PackAsync();
        while (await _store.ForgetAsync(Start.AddDays(1), 2))
        {
        }

        Assert.Empty(await ReadAsync("bed"));
        Assert.Equal(0, Number("SELECT count(*) FROM packed"));
    }

    [Fact]
    public async Task A_monitor_that_is_stopped_between_two_steps_loses_nothing()
    {
        for (var second = 0; second < 1800; second++)
        {
            for (var bed = 0; bed < 12; bed++)
                await WriteAsync($"bed-{bed}", second, write: second % 600 == 599 && bed == 11);
        }

        var before = await ReadAsync("bed-9");
        Assert.True(await _store.PackAsync());
        await _store.DisposeAsync();
        _store = new SqliteStore(_folder["monitor.db"], _clock);
        await _store.OpenAsync();
        Assert.Equal(before, await ReadAsync("bed-9"));
        await PackAsync();
        Assert.Equal(before, await ReadAsync("bed-9"));
    }

    private async Task<List<WindowStatus>> WriteAsync(string stream, int second, double? probability = null, bool write = true)
    {
        _clock.Now = Start.AddSeconds(second + 10);
        var classified = second % 50 != 7;
        var window = new WindowStatus(
            Start.AddSeconds(second),
            classified ? probability ?? _random.NextSingle() : null,
            classified ? "not_af" : "unclassifiable",
            classified ? null : "lead off")
        {
            HeartRate = classified ? Math.Round(60 + (30 * _random.NextDouble()), 1) : null,
        };
        _changes.Put(new StoredVerdict(stream, window, _clock.Now));
        if (write)
        {
            await _store.WriteAsync(_changes);
            _changes = new StoreChanges();
        }

        return [window];
    }

    private async Task PackAsync()
    {
        while (await _store.PackAsync())
        {
        }
    }

    private Task<IReadOnlyList<WindowStatus>> ReadAsync(string stream) => _store.VerdictsAsync(stream, Start.AddDays(-1), Start.AddDays(1));

    private long Number(string sql, bool write = false)
    {
        using var connection = new SqliteConnection($"Data Source={_folder["monitor.db"]};Mode={(write ? "ReadWrite" : "ReadOnly")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
