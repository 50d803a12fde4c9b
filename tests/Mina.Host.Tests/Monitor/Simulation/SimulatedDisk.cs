using System.Text.Json.Nodes;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;
using Mina.Preprocess;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>What outlives the processes of a simulation: the content of the store, and what is wrong with it now.</summary>
internal sealed class SimulatedDisk(World world, Func<IStoredContent> create)
{
    /// <summary>What SQLite says, by its codes: whether the content is lost too, so that the file has to be opened again.</summary>
    public static IReadOnlyList<(int Code, string Text, bool IsLost)> Failures { get; } =
    [
        (5, "database is locked", false),
        (8, "attempt to write a readonly database", false),
        (10, "disk I/O error", false),
        (11, "database disk image is malformed", true),
        (13, "database or disk is full", false),
        (26, "file is not a database", true),
    ];

    private readonly List<IStoredContent> _lost = [];
    private IStoredContent _held = create();

    /// <summary>What the store holds, for whoever looks at it from outside.</summary>
    public IMonitorStore Content => _held.Content;

    /// <summary>The content that a store which is opened now belongs to.</summary>
    public IStoredContent Held => _held;

    /// <summary>Why commands fail now; null: they work.</summary>
    public (int Code, string Text, bool IsLost)? Failure { get; private set; }

    /// <summary>Since when commands have failed, or have worked again.</summary>
    public DateTimeOffset Changed { get; private set; } = World.Epoch;

    /// <summary>Decides by the number of a command (from 1 on) whether that one fails, and how; null: none does.</summary>
    public Func<long, (int Code, string Text, bool IsLost)?>? FailsCommand { get; set; }

    /// <summary>Is called before and after each write, and may kill the process that writes.</summary>
    public Action? AroundWrite { get; set; }

    /// <summary>How often the content was lost.</summary>
    public int Losses { get; private set; }

    /// <summary>How often a command failed.</summary>
    public int Failed { get; set; }

    public long Commands { get; set; }

    /// <summary>Lets commands fail from now on.</summary>
    public void Fail((int Code, string Text, bool IsLost) how) => (Failure, Changed) = (how, Failure is null ? world.Now : Changed);

    /// <summary>Lets commands work again; after a failure that takes the content along the file is a new one.</summary>
    public void Mend()
    {
        if (Failure is not { } failure)
            return;
        if (failure.IsLost)
            Lose();
        (Failure, Changed) = (null, world.Now);
    }

    public void Lose()
    {
        // A process that has the old one open goes on with it until it finds that out.
        _lost.Add(_held);
        _held = create();
        Losses++;
    }

    /// <summary>Closes whatever is open.</summary>
    public void Close()
    {
        foreach (var content in _lost.Append(_held))
            content.DisposeAsync().AsTask().Wait();
    }

    /// <summary>The process that has the store open is killed.</summary>
    public void Crash(Random random) => _held.Crash(random);
}

/// <summary>The store as one process of the simulation has it open.</summary>
internal sealed class SimulatedStore(SimulatedDisk disk, SimulatedProcess process, World world) : IMonitorStore
{
    private IMonitorStore? _opened;
    private IStoredContent? _content;

    public Task<StoredMonitor> OpenAsync(CancellationToken cancel = default) => RunAsync(
        store => store.OpenAsync(cancel),
        Reopen,
        failure => new ProblemException($"monitor.db cannot be used as the monitor's database ({failure})"));

    public Task WriteAsync(StoreChanges changes, CancellationToken cancel = default) => RunAsync(async store =>
    {
        disk.AroundWrite?.Invoke();
        if (process.IsDead)
            throw new StoreException("killed before the write");
        await SimulatedProcess.Wait(store.WriteAsync(changes, cancel));
        disk.AroundWrite?.Invoke();
        return process.IsDead ? throw new StoreException("killed after the write") : true;
    });

    public Task<IReadOnlyList<WindowStatus>> VerdictsAsync(string stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        RunAsync(store => store.VerdictsAsync(stream, from, to, cancel));

    public Task<IReadOnlyList<EpisodeStatus>> EpisodesAsync(string? stream, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        RunAsync(store => store.EpisodesAsync(stream, from, to, cancel));

    public Task<IReadOnlyList<AlarmStatus>> AlarmsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        RunAsync(store => store.AlarmsAsync(from, to, cancel));

    public Task<IReadOnlyList<ReviewStatus>> ReviewsAsync(string? stream, CancellationToken cancel = default) =>
        RunAsync(store => store.ReviewsAsync(stream, cancel));

    public Task<IReadOnlyList<AuditEntry>> AuditAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) =>
        RunAsync(store => store.AuditAsync(from, to, cancel));

    public Task<bool> ForgetAuditAsync(DateTimeOffset before, int max, CancellationToken cancel = default) =>
        RunAsync(store => store.ForgetAuditAsync(before, max, cancel));

    public Task<bool> ForgetAsync(DateTimeOffset before, int max, CancellationToken cancel = default) =>
        RunAsync(store => store.ForgetAsync(before, max, cancel));

    public Task<bool> PackAsync(CancellationToken cancel = default) => RunAsync(store => store.PackAsync(cancel));

    public Task<IReadOnlyList<(EpisodeStatus Episode, StripKinds Kept)>> WithoutStripsAsync(int max, CancellationToken cancel = default) =>
        RunAsync(store => store.WithoutStripsAsync(max, cancel));

    public Task<IReadOnlyList<Strip>> StripsAsync(string stream, DateTimeOffset episode, CancellationToken cancel = default) =>
        RunAsync(store => store.StripsAsync(stream, episode, cancel));

    public Task CheckAsync(CancellationToken cancel = default) => RunAsync(store => Task.FromResult(
        _content == disk.Held ? true : throw new StoreException("monitor.db is another file than the one that was opened") { IsLost = true }));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // A store that opens the same file again is the same one, and holds its lock already.
    private void Reopen()
    {
        if (_opened is not null && _content == disk.Held)
            return;
        _content = disk.Held;
        _opened = _content.Begin();
    }

    private async Task<T> RunAsync<T>(Func<IMonitorStore, Task<T>> command, Action? before = null, Func<string, Exception>? exception = null)
    {
        world.CheckThread();
        if (process.IsDead)
            throw new StoreException("the process is dead");
        if ((disk.Failure ?? disk.FailsCommand?.Invoke(++disk.Commands)) is { } failure)
        {
            disk.Failed++;
            throw exception?.Invoke(failure.Text) ?? new StoreException(failure.Text) { IsLost = failure.IsLost };
        }

        before?.Invoke();
        var result = command(_opened ?? throw new StoreException("monitor.db is not open"));
        // A store in files has threads of its own; the simulation stands still meanwhile.
        return await SimulatedProcess.Wait(result);
    }
}

/// <summary>A FHIR server that takes transactions, and remembers each Observation of an episode by its id as it was put last.</summary>
internal sealed class SimulatedFhirServer(SimulatedProcess process, Dictionary<string, string> kept, Func<int> answer) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var code = process.IsDead ? 0 : answer();
        // It has what it says that it did not take.
        if (code is 200 or 504)
        {
            var bundle = JsonNode.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken))!;
            foreach (var resource in bundle["entry"]!.AsArray().Select(entry => entry!["resource"]!).Where(one => one["valueCodeableConcept"] is not null))
                kept[(string)resource["identifier"]![0]!["value"]!] = $"{resource["status"]} {resource["effectivePeriod"]!["end"]}";
        }

        return code == 0 ? throw new HttpRequestException("nobody answers") : new HttpResponseMessage((System.Net.HttpStatusCode)code);
    }
}

/// <summary>Somebody who takes alarms at the webhook's address, and remembers them; sometimes it does not answer.</summary>
internal sealed class SimulatedReceiver(SimulatedProcess process, List<string> taken, Func<int> answer) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var code = process.IsDead ? 0 : answer();
        if (code == 0)
            return Task.FromException<HttpResponseMessage>(new HttpRequestException("nobody answers"));
        if (code == 200)
            taken.Add(request.Headers.GetValues("Idempotency-Key").Single());
        return Task.FromResult(new HttpResponseMessage((System.Net.HttpStatusCode)code));
    }
}
