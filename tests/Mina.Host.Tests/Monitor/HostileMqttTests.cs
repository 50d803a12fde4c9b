using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mina.Host.Monitor.Edges;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>What strangers may take of the broker before they give a password, and what devices may after it; a good device is beside them.</summary>
public sealed class HostileMqttTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Strangers_who_claim_huge_packets_send_rubbish_or_nothing_are_ended_and_a_device_loses_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"));
        var broker = IPEndPoint.Parse(new Uri(monitor.Mqtt).Authority);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var strangers = new List<Socket>();
        var good = RunningMonitor.SendAsync(monitor.Mqtt, "good", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 250, 60), Start), "secret");
        for (var i = 0; i < 120; i++)
        {
            var stranger = new Socket(SocketType.Stream, ProtocolType.Tcp);
            strangers.Add(stranger);
            await stranger.ConnectAsync(broker);
            byte[] sent = (i % 4) switch
            {
                0 => [0x10, 0xFF, 0xFF, 0xFF, 0x7F], // a CONNECT of 256 MB
                1 => [0x30, 0x05, 0, 1, (byte)'a', 1, 2], // a PUBLISH before any CONNECT
                2 => [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], // a length of five bytes
                _ => [], // half open
            };
            await stranger.SendAsync(sent);
        }

        foreach (var (stranger, _) in strangers.Select((socket, i) => (socket, i)).Where(each => each.i % 4 != 3))
            Assert.Equal(0, await EndOfAsync(stranger));
        await good;
        Assert.Equal(31, (await VerdictsAsync(monitor)).Count);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 100 << 20, "strangers have taken memory");
        foreach (var stranger in strangers)
            stranger.Dispose();
    }

    [Fact]
    public async Task A_device_with_the_password_may_not_send_a_packet_larger_than_a_message_and_its_topic()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"));
        using var device = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await device.ConnectAsync(IPEndPoint.Parse(new Uri(monitor.Mqtt).Authority));
        await device.SendAsync(Connect("device", "mina", "secret"));
        var answer = new byte[4];
        Assert.Equal(4, await device.ReceiveAsync(answer));
        Assert.Equal([0x20, 2, 0, 0], answer);
        await device.SendAsync((byte[])[0x30, 0xFF, 0xFF, 0xFF, 0x7F]);
        Assert.Equal(0, await EndOfAsync(device));
    }

    [Fact]
    public async Task The_oldest_who_is_not_let_in_makes_room_and_nobody_waits_for_longer_than_the_limit()
    {
        var clock = new SettableTimers();
        var refused = new List<string>();
        var endpoint = new IPEndPoint(IPAddress.Loopback, RunningMonitor.FreePort());
        var limits = new MqttLimits(Connections: 3, Waiting: 2, TimeSpan.FromSeconds(10), ConnectBytes: 100, PacketBytes: 100);
        using var listener = new MqttListener(endpoint, null, limits, Add, clock)
        {
            ClientHandler = adapter => adapter.ReceivePacketAsync(CancellationToken.None),
        };
        await listener.StartAsync(new MQTTnet.Server.MqttServerOptionsBuilder().Build(), new MQTTnet.Diagnostics.Logger.MqttNetNullLogger());
        var clients = new List<Socket>();
        for (var i = 0; i < 4; i++)
        {
            clients.Add(new Socket(SocketType.Stream, ProtocolType.Tcp));
            await clients[i].ConnectAsync(endpoint);
            await RunningMonitor.Until(() => clock.Timers >= i + 1);
        }

        Assert.Equal(0, await EndOfAsync(clients[0]));
        Assert.Equal(0, await EndOfAsync(clients[1]));
        Assert.Equal(["crowded out", "crowded out"], Reasons());
        clock.Fire();
        Assert.Equal(0, await EndOfAsync(clients[2]));
        Assert.Equal(0, await EndOfAsync(clients[3]));
        Assert.Equal(2, Reasons().Count(reason => reason == "late"));
        await listener.StopAsync();
        foreach (var client in clients)
            client.Dispose();

        void Add(string reason)
        {
            lock (refused)
                refused.Add(reason);
        }

        string[] Reasons()
        {
            lock (refused)
                return [.. refused];
        }
    }

    [Theory]
    [InlineData("10 05 01 02 03 04 05 30 03 00 01 61", null)]
    [InlineData("10 C8 01", "too large")]
    [InlineData("30 00", "no connect")]
    [InlineData("10 80 80 80 80", "malformed")]
    public void A_meter_finds_what_is_wrong_at_the_first_byte_that_shows_it_however_the_bytes_are_cut(string hex, string? wrong)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var meter = new MqttPacketMeter(100, 1000);
            Assert.Equal(wrong, meter.Follow(bytes.AsSpan(0, cut)) ?? meter.Follow(bytes.AsSpan(cut)));
        }

        Assert.Null(new MqttPacketMeter(100, 1000) { IsLetIn = true }.Follow([0x10, 0xC8, 0x01]));
    }

    [Fact]
    public void A_large_packet_takes_room_while_it_arrives_and_one_without_room_is_refused_before_it_does()
    {
        var room = new MessageRoom(100_000);
        using var first = new MqttPacketMeter(100, 200_000, room) { IsLetIn = true };
        using var second = new MqttPacketMeter(100, 200_000, room) { IsLetIn = true };
        byte[] header = [0x10, 0xF0, 0xA2, 0x04]; // A CONNECT of 70,000 bytes
        Assert.Null(first.Follow(header));
        Assert.Equal(70_000, room.Held);
        Assert.Equal("no room", second.Follow(header));
        Assert.Null(first.Follow(new byte[70_000]));
        Assert.Equal(0, room.Held);
        Assert.Null(first.Follow([0x30, 0xF0, 0xA2, 0x04]));
        first.Dispose();
        Assert.Equal(0, room.Held);
    }

    private static async Task<IReadOnlyList<Mina.Host.Monitor.WindowStatus>> VerdictsAsync(RunningMonitor monitor)
    {
        monitor.Client.DefaultRequestHeaders.Authorization = new("Bearer", "secret");
        return await monitor.VerdictsAsync("good", 31);
    }

    /// <summary>Reads until the other side ends the connection.</summary>
    private static async Task<int> EndOfAsync(Socket socket)
    {
        var buffer = new byte[256];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset rather than closed: ended all the same.
        }

        return 0;
    }

    /// <summary>A CONNECT of MQTT 3.1.1.</summary>
    private static byte[] Connect(params string[] texts)
    {
        var body = new List<byte> { 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 0xC2, 0, 60 };
        foreach (var text in texts)
        {
            var length = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)text.Length);
            body.AddRange([.. length, .. Encoding.ASCII.GetBytes(text)]);
        }

        return [0x10, (byte)body.Count, .. body];
    }

    /// <summary>A clock whose timers go off when the test says.</summary>
    private sealed class SettableTimers : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> _timers = [];

        public int Timers
        {
            get
            {
                lock (_timers)
                    return _timers.Count;
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_timers)
                _timers.Add((callback, state));
            return new Still();
        }

        public void Fire()
        {
            (TimerCallback Callback, object? State)[] timers;
            lock (_timers)
                timers = [.. _timers];
            foreach (var (callback, state) in timers)
                callback(state);
        }

        private sealed class Still : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
