using System.Buffers;
using Microsoft.Extensions.Logging;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Api;
using Mina.Host.Monitor.Edges;
using Mina.Host.Monitor.Outputs.Fhir;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Strips;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Log;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>One process of the simulated monitor: all that the real one has between its edges and its disks, made from the real parts.</summary>
internal sealed class MonitorLife
{
    private static readonly Lazy<Classifier> Model = new(() =>
    {
        using var folder = new TemporaryFolder();
        return Detector.Load(RunningMonitor.Model(folder)).Classifier;
    });

    private readonly MonitorMetrics _metrics = new();
    private readonly AlarmWebhook _webhook;
    private readonly StripKeeper _strips;
    private readonly FhirPush _fhir;
    private readonly Intake _intake;
    private readonly World _world;

    public MonitorLife(
        World world,
        SimulatedDisk disk,
        IChunkLog log,
        MonitorOptions options,
        SimulatedLog lines,
        Func<SimulatedProcess, HttpMessageHandler> receiver,
        Func<SegmentBatch, float[]> predict,
        Func<SimulatedProcess, HttpMessageHandler>? fhir = null)
    {
        _world = world;
        Process = new SimulatedProcess(world);
        var store = new SimulatedStore(disk, Process, world);
        History = new History(store, _metrics, Process.Time, lines.For<History>());
        Service = new MonitorService(
            options,
            Model.Value,
            store,
            History,
            _metrics,
            Process.Time,
            lines.For<MonitorService>(),
            chunks: log,
            threads: Process.Threads,
            predict: predict);
        _webhook = new AlarmWebhook(Service, options, _metrics, Process.Time, lines.For<AlarmWebhook>(), receiver(Process));
        _strips = new StripKeeper(Service, store, History, options, Process.Time, lines.For<StripKeeper>());
        _fhir = new FhirPush(
            Service, _strips, new FhirWriter(new FhirMethod("1", "FreqNet", "", false), options.Fhir), options, _metrics, Process.Time, lines.For<FhirPush>(),
            fhir?.Invoke(Process));
        _intake = new Intake(Service, options, _metrics, Process.Time, lines.For<Intake>());
    }

    public SimulatedProcess Process { get; }

    public MonitorService Service { get; }

    public History History { get; }

    /// <summary>Since when it has been up; null: it is not, or no more.</summary>
    public DateTimeOffset? UpSince { get; private set; }

    public async Task StartAsync()
    {
        await _webhook.StartAsync(CancellationToken.None);
        await _fhir.StartAsync(CancellationToken.None);
        await Service.StartAsync(CancellationToken.None);
        UpSince = _world.Now;
        KeepStrips();
    }

    /// <summary>Stops in order: nothing is taken any more, and all that was is stored.</summary>
    public async Task StopAsync()
    {
        UpSince = null;
        await Service.StopAsync(CancellationToken.None);
    }

    public void Kill()
    {
        UpSince = null;
        Process.Kill();
        _metrics.Dispose();
    }

    public ValueTask<IntakeAnswer> TakeAsync(string stream, byte[] message) =>
        _intake.TakeAsync("simulated", stream, new ReadOnlySequence<byte>(message), null, CancellationToken.None);

    private void KeepStrips() => _world.Plan(TimeSpan.FromSeconds(5), () => Process.Enter(async void () =>
    {
        if (UpSince is null)
            return;
        try
        {
            await _strips.KeepAsync(CancellationToken.None);
        }
        catch (StoreException)
        {
            // As the service does: it is tried again.
        }

        KeepStrips();
    }));
}

/// <summary>What the simulated processes log: the last lines for whoever looks for a fault, and those that say that there is one.</summary>
internal sealed class SimulatedLog(World world)
{
    private const int MaxLines = 60;

    private readonly Queue<string> _lines = new();

    public IEnumerable<string> Lines => _lines;

    /// <summary>The first line of an error that nothing in the simulated world explains.</summary>
    public string? Fault { get; private set; }

    public ILogger<T> For<T>() => new Category<T>(this);

    private void Add(LogLevel level, string line, Exception? exception)
    {
        _lines.Enqueue($"{(world.Now - World.Epoch).TotalSeconds:0.000} {level}: {line}");
        if (_lines.Count > MaxLines)
            _lines.Dequeue();
        if (level >= LogLevel.Error && exception is not (null or MadeUpFailureException))
            Fault ??= $"{line}: {exception}";
    }

    private sealed class Category<T>(SimulatedLog log) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Add(logLevel, formatter(state, exception), exception);
    }
}

/// <summary>A failure that the simulation has made.</summary>
internal sealed class MadeUpFailureException() : Exception("made up by the simulation");
