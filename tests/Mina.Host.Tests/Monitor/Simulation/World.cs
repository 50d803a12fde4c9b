using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Mina.Streaming.Live.Partitions;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>
/// Time and threads of a simulation: everything runs on the thread that calls <see cref="RunUntil"/>, one piece of work after the other.
/// What is ready at one instant runs in an order that the seed decides.
/// </summary>
internal sealed class World(Random random)
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Action, (DateTimeOffset At, long Order)> _later = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile string? _strayed;
    private long _order;

    /// <summary>The simulated instant.</summary>
    public DateTimeOffset Now { get; private set; } = Epoch;

    /// <summary>Pieces of work that have run.</summary>
    public long Steps { get; private set; }

    /// <summary>The process that runs now; null: none does.</summary>
    public SimulatedProcess? Process { get; set; }

    /// <summary>Lets something happen after a while.</summary>
    public void Plan(TimeSpan after, Action action) => _later.Enqueue(action, (Now + (after > TimeSpan.Zero ? after : TimeSpan.Zero), _order++));

    /// <summary>Runs until an instant.</summary>
    public void RunUntil(DateTimeOffset until)
    {
        while (true)
        {
            if (_strayed is { } where)
                throw new InvalidOperationException($"The simulated monitor has left the simulation's thread: {where}");
            if (Process is { HasWork: true } process)
            {
                Steps++;
                process.RunOne(random);
                continue;
            }

            if (!_later.TryPeek(out _, out var next) || next.At > until)
            {
                Now = until;
                return;
            }

            Steps++;
            Now = next.At > Now ? next.At : Now;
            _later.Dequeue()();
        }
    }

    /// <summary>Forgets what was planned. The thread pool holds on to tasks that are done, and they to all that is planned here.</summary>
    public void End()
    {
        _later.Clear();
        Process = null;
    }

    /// <summary>Notes when something of the simulated process runs on a thread that the simulation does not know.</summary>
    /// <returns>Whether it is the simulation's thread.</returns>
    public bool CheckThread()
    {
        if (Environment.CurrentManagedThreadId == _thread)
            return true;
        _strayed ??= Environment.StackTrace;
        return false;
    }
}

/// <summary>The simulated instant as a clock, for what belongs to no process.</summary>
internal sealed class WorldClock(World world) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => world.Now;
}

/// <summary>A process in the simulated world: its context, its clock and its threads. Nothing of it runs after it was killed.</summary>
internal sealed class SimulatedProcess(World world) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];

    /// <summary>Whether it was killed.</summary>
    public bool IsDead { get; private set; }

    public bool HasWork => !IsDead && _ready.Count > 0;

    /// <summary>Its clock, which is the server's.</summary>
    public TimeProvider Time => _time ??= new Clock(this, world);

    private TimeProvider? _time;

    /// <summary>How long a batch waits now before it is classified.</summary>
    public TimeSpan ClassifierStalls { get; set; }

    /// <summary>What the shell runs on.</summary>
    public ShellThreads Threads => new()
    {
        Partitions = 2,
        Clock = new PostingScheduler(this, world),
        // What follows the classifier is done at once, so that its thread never waits for it.
        Thread = name => name switch
        {
            "Mina verdicts" => ImmediateScheduler.Instance,
            "Mina classifier" => new PostingScheduler(this, world, () => ClassifierStalls),
            _ => new PostingScheduler(this, world),
        },
    };

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        IsDead = true;
        _ready.Clear();
    }

    /// <summary>Waits on the simulation's thread for something real, with threads of its own: the simulation stands still meanwhile.</summary>
    /// <returns>The same task, which is completed, so that nothing continues on another thread.</returns>
    public static T Wait<T>(T task)
        where T : Task
    {
        if (!task.IsCompleted)
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        return task;
    }

    /// <summary>Runs one of the pieces of work that are ready.</summary>
    public void RunOne(Random random)
    {
        // Mostly the first: then chance decides among a few, so that work of one stream is overtaken by others'.
        var at = random.Next(4) == 0 ? random.Next(Math.Min(_ready.Count, 8)) : 0;
        var (callback, state) = _ready[at];
        _ready.RemoveAt(at);
        Enter(() => callback(state));
    }

    /// <summary>Runs something as a part of this process.</summary>
    public void Enter(Action action)
    {
        if (IsDead)
            return;
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        // A timer of a process that was killed rings once more when it is collected, on the collector's thread.
        if (!IsDead && world.CheckThread())
            _ready.Add((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing in the monitor waits for another thread.");

    private sealed class Clock(SimulatedProcess process, World world) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => world.Now;

        public override long GetTimestamp() => world.Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Alarm(process, world, () => callback(state), dueTime, period);
    }

    private sealed class Alarm : ITimer
    {
        private readonly SimulatedProcess _process;
        private readonly World _world;
        private readonly Action _callback;
        private int _setting;

        public Alarm(SimulatedProcess process, World world, Action callback, TimeSpan dueTime, TimeSpan period)
        {
            (_process, _world, _callback) = (process, world, callback);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan)
                _world.Plan(dueTime, () => Ring(setting, period));
            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Ring(int setting, TimeSpan period)
        {
            if (setting != _setting || _process.IsDead)
                return;
            if (period > TimeSpan.Zero)
                _world.Plan(period, () => Ring(setting, period));
            _process.Enter(_callback);
        }
    }

    private sealed class PostingScheduler(SimulatedProcess process, World world, Func<TimeSpan>? stalls = null) : IScheduler
    {
        public DateTimeOffset Now => world.Now;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
        {
            if (stalls?.Invoke() is { Ticks: > 0 } stall)
                return Schedule(state, stall, action);
            var cancelled = new SingleAssignmentDisposable();
            process.Post(
                _ =>
                {
                    if (!cancelled.IsDisposed)
                        cancelled.Disposable = action(this, state);
                },
                null);
            return cancelled;
        }

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            var cancelled = new SingleAssignmentDisposable();
            world.Plan(
                dueTime,
                () => process.Enter(() =>
                {
                    if (!cancelled.IsDisposed)
                        cancelled.Disposable = action(this, state);
                }));
            return cancelled;
        }

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            Schedule(state, dueTime - world.Now, action);
    }
}
