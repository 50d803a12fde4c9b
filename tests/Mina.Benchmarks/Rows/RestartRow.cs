using System.Diagnostics;
using System.Net.Sockets;

namespace Mina.Benchmarks;

/// <summary>
/// A monitor that is killed under load and started again: how long it takes, from the start of the process, until every stream has a verdict
/// on signal that came afterwards. The devices keep what they could not send, and send it as soon as the broker is there.
/// </summary>
internal static class RestartRow
{
    // Each stream is written down every 15 s, so that there is something of everything: snapshots, and chunks since.
    private const int SecondsBefore = 50;
    private const int SecondsAfter = 40;

    public static IEnumerable<Comparison> Run(Options options)
    {
        var streams = options.MonitorStreams[^1];
        var (open, last) = MeasureAsync(streams).GetAwaiter().GetResult();
        yield return new Comparison(
            $"restart of {streams} streams after SIGKILL", "s", false, null, "10 s to the last stream's first verdict at 2,000; aim 3 s",
            [Figure.From("broker open", [open]), Figure.From("first verdict of the last stream", [last])],
            $"one run, from the start of the process; killed after {SecondsBefore} s of 300 Hz in chunks of 1 s over MQTT; devices send what has waited "
                + "when the broker is open, the load on the same machine");
    }

    private static async Task<(double Open, double Last)> MeasureAsync(int streams)
    {
        var signals = MonitorLoad.Make(SecondsBefore + SecondsAfter);
        await using var monitor = new MonitorProcess(streams);
        monitor.Start();
        await monitor.ReadyAsync().ConfigureAwait(false);
        var begin = DateTimeOffset.UtcNow.AddSeconds(2);
        await MonitorLoad.SendAsync(monitor.Broker, signals, streams, SecondsBefore, begin).ConfigureAwait(false);
        await monitor.KillAsync().ConfigureAwait(false);

        var started = DateTimeOffset.UtcNow;
        var clock = Stopwatch.StartNew();
        monitor.Start();
        while (!await IsOpenAsync(monitor.Broker).ConfigureAwait(false))
            await Task.Delay(20).ConfigureAwait(false);
        var open = clock.Elapsed.TotalSeconds;
        var load = MonitorLoad.SendAsync(monitor.Broker, signals, streams, SecondsAfter, begin, SecondsBefore);
        var since = (started - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        long judged;
        double last;
        do
        {
            await Task.Delay(200).ConfigureAwait(false);
            last = clock.Elapsed.TotalSeconds;
            judged = monitor.Number("SELECT count(DISTINCT stream) FROM verdicts WHERE seen >= $1", since);
            Console.Error.WriteLine(FormattableString.Invariant($"{last:0.0} s: {judged} streams have a verdict"));
        }
        while (judged < streams && !load.IsCompleted);
        return judged == streams ? (open, last) : throw new BenchmarkException($"only {judged} of {streams} streams had a verdict after {last:0} s");
    }

    private static async Task<bool> IsOpenAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
