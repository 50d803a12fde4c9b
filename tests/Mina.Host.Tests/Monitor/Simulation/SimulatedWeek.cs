using Mina.Host.Monitor;
using Mina.Host.Monitor.Edges;
using Mina.Streaming.Live;
using Mina.Streaming.Log;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>
/// A monitor of two devices for days of simulated time, on the real store and the real log, killed once a day. A day may be shorter than 24 h:
/// then verdicts are kept for that long, and the ECG for a quarter of it.
/// </summary>
internal sealed class SimulatedWeek : IDisposable
{
    private const int LooksADay = 8;
    private const double SignalSeconds = 3600;

    private readonly Random _random = new(1);
    private readonly World _world;
    private readonly TemporaryFolder _folder = new();
    private readonly LogInFiles _files;
    private readonly FaultyChunkLog _log;
    private readonly SimulatedDisk _disk;
    private readonly SimulatedLog _lines;
    private readonly MonitorOptions _options;
    private readonly TimeSpan _day;
    private readonly DateTimeOffset _end;
    private readonly List<Look> _looks = [];
    private MonitorLife? _life;

    public SimulatedWeek(int days, TimeSpan day)
    {
        _world = new World(_random);
        (_day, _end) = (day, World.Epoch + (days * day));
        _files = new LogInFiles(_folder.Path);
        _log = new FaultyChunkLog(_files);
        var (contents, clock) = (0, new WorldClock(_world));
        _disk = new SimulatedDisk(_world, () => new ContentInFiles(Directory.CreateDirectory(_folder[$"store-{contents++}"]).FullName, clock));
        _lines = new SimulatedLog(_world);
        _options = new MonitorOptions { Threshold = 0.5, Webhook = "http://receiver.invalid/", Retention = day, KeepSamples = day / 4 };
        _options.Episodes.MinimumSeconds = 10;
    }

    /// <summary>What was seen, eight times a day.</summary>
    public IReadOnlyList<Look> Looks => _looks;

    /// <summary>Chunks that devices know to be taken.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Runs all of it.</summary>
    public void Run()
    {
        try
        {
            Connect("bed-0", 5);
            Connect("bed-1", 6);
            Repeat(TimeSpan.FromMinutes(1), _files.Pack);
            Repeat(_day / LooksADay, TakeLook);
            // At another instant than the looks.
            _world.Plan(TimeSpan.FromSeconds(30), () => Repeat(_day, Kill));
            Start();
            _world.RunUntil(_end);
        }
        finally
        {
            _life?.Kill();
        }
    }

    public void Dispose()
    {
        _files.DisposeAsync().AsTask().Wait();
        _disk.Close();
        _folder.Dispose();
    }

    private void Repeat(TimeSpan every, Action action) => _world.Plan(every, () =>
    {
        action();
        Repeat(every, action);
    });

    // An hour of a device, with AF in it, again and again.
    private void Connect(string stream, int seed)
    {
        var hour = Devices.Arrivals(seed, SignalSeconds, DeviceFaults.Calm);
        var chunks = hour.Max(one => one.Chunk.Sequence) + 1;
        Plan(0, 0);

        void Plan(int number, int hours)
        {
            var (at, chunk) = hour[number];
            var begins = TimeSpan.FromSeconds(hours * SignalSeconds);
            var sent = chunk with { Sequence = chunk.Sequence + (hours * chunks), FirstSample = chunk.FirstSample + begins, End = false };
            _world.Plan(World.Epoch + begins + at - _world.Now, () =>
            {
                Send(stream, ChunkBinary.Write(sent));
                Plan((number + 1) % hour.Count, number + 1 == hour.Count ? hours + 1 : hours);
            });
        }
    }

    private void Send(string stream, byte[] message)
    {
        void Again() => _world.Plan(TimeSpan.FromSeconds(1), () => Send(stream, message));

        if (_life is not { UpSince: not null } life)
        {
            Again();
            return;
        }

        life.Process.Enter(async void () =>
        {
            if ((await life.TakeAsync(stream, message)).Result == IntakeResult.Taken)
                Acknowledged++;
            else
                Again();
        });
    }

    private void Start()
    {
        var life = _life = new MonitorLife(
            _world, _disk, _log, _options, _lines, process => new SimulatedReceiver(process, [], () => 200), Devices.Predict);
        _world.Process = life.Process;
        life.Process.Enter(async void () => await life.StartAsync());
    }

    private void Kill()
    {
        _life!.Kill();
        _log.Crash();
        _files.Crash(_random);
        _disk.Crash(_random);
        _world.Plan(TimeSpan.FromSeconds(3), Start);
    }

    private void TakeLook()
    {
        if (_lines.Fault is { } fault)
            throw new InvalidOperationException(fault);
        var (verdicts, oldest) = (0, DateTimeOffset.MaxValue);
        foreach (var stream in new[] { "bed-0", "bed-1" })
        {
            var stored = _disk.Content.VerdictsAsync(stream, DateTimeOffset.MinValue, DateTimeOffset.MaxValue.AddDays(-1)).Result;
            verdicts += stored.Count;
            oldest = stored.Count > 0 && stored[0].Start < oldest ? stored[0].Start : oldest;
        }

        var alarms = _disk.Content.AlarmsAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue.AddDays(-1)).Result.Count;
        _looks.Add(new Look(
            _world.Now, verdicts, alarms, oldest, _files.Figures.Bytes, ((ContentInFiles)_disk.Held).Bytes, GC.GetTotalMemory(forceFullCollection: true)));
    }

    /// <summary>What there is at an instant.</summary>
    /// <param name="At">When.</param>
    /// <param name="Verdicts">Stored, of both devices.</param>
    /// <param name="Alarms">Stored.</param>
    /// <param name="Oldest">Start of the oldest verdict.</param>
    /// <param name="LogBytes">The log on disk.</param>
    /// <param name="StoreBytes">The store on disk.</param>
    /// <param name="Memory">Bytes in use, garbage collected.</param>
    internal sealed record Look(DateTimeOffset At, int Verdicts, int Alarms, DateTimeOffset Oldest, long LogBytes, long StoreBytes, long Memory);
}
