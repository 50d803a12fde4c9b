using Mina.Host.Monitor;
using Mina.Host.Monitor.Edges;
using Mina.Host.Monitor.Store;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Log;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>
/// A ward's evening from one seed: devices, network, disks, receivers and the processes of the monitor, all on one thread. The monitor is the
/// real one; <see cref="MonitorOracles"/> says what must hold of it at every look and at the end.
/// </summary>
internal sealed class MonitorSimulation
{
    public const double Seconds = 90;
    /// <summary>How long one device goes on sending after everything works again.</summary>
    public const double CalmSeconds = 45;

    private const string HostileStream = "hostile";

    private readonly Random _random;
    private readonly Troubles _troubles;
    private readonly MonitorOracles _oracles;
    private readonly WardDisks _disks;
    private int _starts;

    public MonitorSimulation(int seed)
    {
        _random = new Random(seed);
        _troubles = (Troubles)_random.Next(128);
        World = new World(_random);
        _disks = new WardDisks(World, seed);
        Lines = new SimulatedLog(World);
        Options = new MonitorOptions { Threshold = 0.5, Webhook = "http://receiver.invalid/" };
        Options.Fhir.Url = "http://fhir.invalid/";
        Options.Episodes.MinimumSeconds = 10;
        _oracles = new MonitorOracles(this);
        Disk.AroundWrite = () =>
        {
            if (Has(Troubles.Kills) && !IsMended && _random.Next(400) == 0)
                Kill();
        };
    }

    public World World { get; }
    public SimulatedDisk Disk => _disks.Store;
    public SimulatedLog Lines { get; }
    public RecordedLog Recorded => _disks.Recorded;

    public FaultyChunkLog Log => _disks.Log;

    public MonitorOptions Options { get; }

    /// <summary>The process that runs; null: none does now.</summary>
    public MonitorLife? Life { get; private set; }

    /// <summary>Chunks that devices know to be taken.</summary>
    public HashSet<(string Stream, long Sequence, DateTimeOffset First)> Acknowledged { get; } = [];

    /// <summary>When chunks were offered, by stream.</summary>
    public Dictionary<string, DateTimeOffset> LastOffered { get; } = [];

    /// <summary>Notices that the receiver of the webhook has taken, in order.</summary>
    public List<string> Received { get; } = [];

    /// <summary>Status and end of each episode that the FHIR server has, by its id.</summary>
    public Dictionary<string, string> AtServer { get; } = [];

    /// <summary>Notices that listeners inside the processes heard, in order.</summary>
    public List<string> Told { get; } = [];

    /// <summary>Alarms that a person has acknowledged, and was told so.</summary>
    public HashSet<string> Seen { get; } = [];

    /// <summary>Whether nothing goes wrong any more.</summary>
    public bool IsMended { get; private set; }

    /// <summary>Whether a chunk was shown that is not on disk, so that a kill may forget what came of it.</summary>
    public bool WasUnlogged { get; private set; }

    /// <summary>Since when nothing can be written to the log; null: it can.</summary>
    public DateTimeOffset? LogFailsSince { get; private set; }

    public long ClassifierFailures { get; private set; }
    public bool Has(Troubles trouble) => _troubles.HasFlag(trouble);

    public override string ToString() => $"{_troubles}; {_starts} starts, {Recorded.Chunks.Count} chunks, {Disk.Failed} failed commands, "
        + $"{Disk.Losses} losses, {Told.Count} notices, {World.Steps} steps";

    /// <summary>Runs it all.</summary>
    public void Run()
    {
        using var disks = _disks;
        try
        {
            RunToEnd();
        }
        finally
        {
            // Else the runtime's list of meters would hold on to it, and to all that it holds.
            Life?.Kill();
            World.End();
        }
    }

    private void RunToEnd()
    {
        for (var device = 0; device < 2; device++)
            Connect($"bed-{device}", Devices.Arrivals(_random.Next(), Seconds, Has(Troubles.Network) ? DeviceFaults.Rough : DeviceFaults.Calm));
        Connect("calm", Devices.Arrivals(_random.Next(), Seconds + CalmSeconds, DeviceFaults.Calm));
        if (Has(Troubles.Hostile))
            Connect(HostileStream, Devices.HostileArrivals(_random.Next(), Seconds));
        PlanTroubles();
        PlanLooks(Seconds + CalmSeconds + 100);
        Start();
        World.RunUntil(World.Epoch.AddSeconds(Seconds));
        Mend();
        World.RunUntil(World.Epoch.AddSeconds(Seconds + CalmSeconds - 3));
        _oracles.CheckReady();
        World.RunUntil(World.Epoch.AddSeconds(Seconds + CalmSeconds + 100));
        _oracles.CheckEnd();
    }

    private void Connect(string stream, IReadOnlyList<(TimeSpan At, SampleChunk Chunk)> arrivals)
    {
        foreach (var (at, chunk) in arrivals)
        {
            // As the monitor will read it, whose times are of whole microseconds.
            var message = ChunkBinary.Write(chunk);
            var sent = ChunkBinary.TryRead(message, out var read, out _) ? read : chunk;
            World.Plan(at, () => Send(stream, sent, message));
        }
    }

    // A device keeps a chunk, and sends it again, until it is acknowledged.
    private void Send(string stream, SampleChunk chunk, byte[] message)
    {
        var key = (stream, chunk.Sequence, chunk.FirstSample);
        var life = Life;
        var answered = false;
        if (life?.UpSince is null)
        {
            World.Plan(TimeSpan.FromSeconds(0.5 + _random.NextDouble()), () => Send(stream, chunk, message));
            return;
        }

        LastOffered[stream] = World.Now;
        life.Process.Enter(async void () =>
        {
            var answer = await life.TakeAsync(stream, message);
            answered = true;
            if (answer.Result == IntakeResult.Taken)
                Acknowledged.Add(key);
            else if (answer.IsWorthRepeating)
                World.Plan(TimeSpan.FromSeconds(1 + _random.NextDouble()), () => Send(stream, chunk, message));
            else if (stream != HostileStream)
                _oracles.Fail($"a good chunk of {stream} was refused: {answer}");
            WasUnlogged |= answer.Result == IntakeResult.NotDurable && !life.Process.IsDead;
        });
        World.Plan(TimeSpan.FromMilliseconds(2 + _random.Next(20)), () => life.Process.Enter(() => Log.Commit(1 + _random.Next(4))));
        World.Plan(TimeSpan.FromMilliseconds(50), () => life.Process.Enter(() => Log.Commit()));
        World.Plan(TimeSpan.FromSeconds(15), () =>
        {
            if (!answered)
                Send(stream, chunk, message);
        });
    }

    private void Start()
    {
        _starts++;
        var life = Life = new MonitorLife(
            World,
            Disk,
            Log,
            Options,
            Lines,
            process => new SimulatedReceiver(process, Received, () => IsMended || _random.Next(4) > 0 ? 200 : _random.Next(2) == 0 ? 503 : 0),
            Predict,
            process => new SimulatedFhirServer(process, AtServer, () => IsMended || _random.Next(4) > 0 ? 200 : _random.Next(2) == 0 ? 504 : 0));
        World.Process = life.Process;
        life.Process.Enter(async void () =>
        {
            life.Service.Notices.Subscribe(notice =>
            {
                if (!life.Process.IsDead)
                    Told.Add(notice.Id);
            });
            try
            {
                await life.StartAsync();
            }
            catch (ProblemException e)
            {
                if (Disk.Failure is null && Disk.FailsCommand is null)
                    _oracles.Fail($"a monitor does not start on a database that can be reached: {e.Message}");
                life.Kill();
                _disks.Crash(_random, 0);
                World.Plan(TimeSpan.FromSeconds(1), Start);
            }
            catch (Exception e)
            {
                _oracles.Fail($"a start failed: {e}");
            }
        });
    }

    private void Kill()
    {
        if (Life is not { Process.IsDead: false } life)
            return;
        life.Kill();
        // At the end of what runs now, which reaches no disk any more.
        World.Plan(TimeSpan.Zero, () => _disks.Crash(_random, _random.Next(3)));
        World.Plan(TimeSpan.FromSeconds(_random.Next(3) == 0 ? 20 * _random.NextDouble() : 0.1), Start);
    }

    private void Stop()
    {
        if (Life is not { UpSince: not null } life)
            return;
        life.Process.Enter(async void () =>
        {
            var stopping = life.StopAsync();
            Log.Commit();
            await stopping;
            // Killed while it stopped: then it is started again already.
            if (life.Process.IsDead)
                return;
            life.Kill();
            await Log.DisposeAsync();
            Disk.Crash(_random);
            World.Plan(TimeSpan.FromSeconds(5 * _random.NextDouble()), Start);
        });
    }

    private void PlanTroubles()
    {
        void Plan(Troubles trouble, double every, Action happen)
        {
            for (var at = every * _random.NextDouble() * 2; Has(trouble) && at < Seconds; at += every * _random.NextDouble() * 2)
                World.Plan(TimeSpan.FromSeconds(at), happen);
        }

        Plan(Troubles.Kills, 25, () =>
        {
            if (_random.Next(4) == 0)
                Stop();
            else
                Kill();
        });
        Plan(Troubles.Store, 30, () => FailStore(SimulatedDisk.Failures.Where(failure => !failure.IsLost).ToList()));
        Plan(Troubles.StoreLoss, 60, () =>
        {
            if (_random.Next(2) == 0)
                Disk.Lose();
            else
                FailStore(SimulatedDisk.Failures.Where(failure => failure.IsLost).ToList());
        });
        if (Has(Troubles.Store))
            Disk.FailsCommand = _ => _random.Next(60) == 0 ? SimulatedDisk.Failures[_random.Next(3)] : null;
        if (Has(Troubles.Log))
            Log.FailsAppend = _ => _random.Next(60) == 0;
        Plan(Troubles.Log, 40, () =>
        {
            Log.Fails = true;
            LogFailsSince ??= World.Now;
            World.Plan(TimeSpan.FromSeconds(20 * _random.NextDouble()), () => (Log.Fails, LogFailsSince) = (false, null));
        });
        Plan(Troubles.Classifier, 40, () =>
        {
            if (Life is not { } life)
                return;
            life.Process.ClassifierStalls = TimeSpan.FromSeconds(25 * _random.NextDouble());
            World.Plan(TimeSpan.FromSeconds(5), () => life.Process.ClassifierStalls = default);
        });
        Plan(Troubles.None, 20, Acknowledge);
        if (_disks.HasLogFile)
            Plan(Troubles.None, 15, _disks.Pack);
    }

    private void FailStore(IReadOnlyList<(int Code, string Text, bool IsLost)> failures)
    {
        Disk.Fail(failures[_random.Next(failures.Count)]);
        World.Plan(TimeSpan.FromSeconds(30 * _random.NextDouble()), Disk.Mend);
    }

    private void Mend()
    {
        IsMended = true;
        Disk.Mend();
        (Disk.FailsCommand, Log.FailsAppend, Log.Fails, LogFailsSince) = (null, null, false, null);
    }

    private void Acknowledge()
    {
        if (Life is not { UpSince: not null } life || life.Service.Alarms.FirstOrDefault(alarm => alarm.Acknowledged is null) is not { } alarm)
            return;
        life.Process.Enter(async void () =>
        {
            try
            {
                if (await life.Service.AcknowledgeAsync(alarm.Id, "nurse", CancellationToken.None))
                    Seen.Add(alarm.Id);
            }
            catch (StoreException)
            {
                // It is not acknowledged, and nobody was told so.
            }
        });
    }

    private float[] Predict(SegmentBatch batch)
    {
        World.CheckThread();
        if (Has(Troubles.Classifier) && !IsMended && _random.Next(60) == 0)
        {
            ClassifierFailures++;
            throw new MadeUpFailureException();
        }

        return Devices.Predict(batch);
    }

    private void PlanLooks(double until)
    {
        for (var at = 1.0; at < until; at += 0.3 + _random.NextDouble())
            World.Plan(TimeSpan.FromSeconds(at), _oracles.Look);
    }
}
