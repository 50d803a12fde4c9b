using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Mina.Host.Tests.Monitor.Simulation;
using Mina.Streaming.Live;
using Mina.Streaming.Log;
using Xunit;

namespace Mina.Host.Tests.Monitor.Faults;

/// <summary>
/// The whole monitor on its real log and store, whose disk fails: nothing is acknowledged, the monitor says so and goes on showing, and works
/// again without a restart when the disk does.
/// </summary>
// The metrics that a monitor exports are those of its whole process, so that no other monitor may run in it.
[Collection(nameof(SimulationCollection))]
public sealed class LogDiskFaultTests
{
    private const int SecondsBefore = 20;
    private const int SecondsOfFault = 15;
    private const int Seconds = 50;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<DiskFault, bool> Faults
    {
        get
        {
            var faults = new TheoryData<DiskFault, bool>();
            foreach (var fault in Enum.GetValues<DiskFault>())
            {
                faults.Add(fault, false);
                faults.Add(fault, true);
            }

            return faults;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Faults))]
    public async Task A_monitor_whose_disk_fails_acknowledges_nothing_says_so_goes_on_showing_and_recovers_without_a_restart(DiskFault fault, bool storeToo)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "the faulty disk knows SQLite's structures on Linux of 64 bits only");
        FaultyDisk.Use();
        using var folder = new TemporaryFolder();
        var disk = Directory.CreateDirectory(folder["disk"]).FullName;
        await CheckAsync(
            folder,
            log: Path.Combine(disk, "log"),
            database: storeToo ? Path.Combine(disk, "monitor.db") : folder["monitor.db"],
            fail: () => FaultyDisk.Break(disk, fault),
            mend: () => FaultyDisk.Mend(disk));
    }

    [SkippableFact]
    public async Task A_monitor_whose_real_disk_is_full_does_the_same()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root on Linux can make a small disk");
        using var folder = new TemporaryFolder();
        var disk = Directory.CreateDirectory(folder["disk"]).FullName;
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk), "this machine does not let tests mount a tmpfs");
        try
        {
            var ballast = Path.Combine(disk, "ballast");
            await CheckAsync(folder, Path.Combine(disk, "log"), folder["monitor.db"], () => Fill(ballast), () => File.Delete(ballast));
        }
        finally
        {
            Assert.True(Run("umount", "-l", disk));
        }
    }

    private static async Task CheckAsync(TemporaryFolder folder, string log, string database, Action fail, Action mend)
    {
        var chunks = RunningMonitor.Chunks(RunningMonitor.Beats("bed", 1, 300, Seconds), Start).ToList();
        await using (var monitor = await RunningMonitor.StartAsync(folder, ("LogFolder", log), ("Database", database)))
        {
            foreach (var chunk in chunks.Take(SecondsBefore))
                Assert.Equal(HttpStatusCode.Accepted, await PostAsync(monitor, chunk));
            var (before, judged) = (Verdicts(SecondsBefore), Verdicts(SecondsBefore + SecondsOfFault));
            await monitor.VerdictsAsync("bed", before);

            fail();
            // Where only the room is gone, what is there may be room for a little more.
            var refused = 0;
            foreach (var chunk in chunks.Skip(SecondsBefore).Take(SecondsOfFault))
                refused += await PostAsync(monitor, chunk) == HttpStatusCode.ServiceUnavailable ? 1 : 0;
            Assert.InRange(refused, SecondsOfFault - 3, SecondsOfFault);
            Assert.Contains("not acknowledged", monitor.Service.Warning, StringComparison.Ordinal);
            var ready = await monitor.Client.GetAsync("/health/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains("written to disk", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await UpAsync(monitor));
            // What is not on disk is shown all the same.
            await RunningMonitor.Until(() => monitor.Service.Streaming.Find("bed")!.LastStart >= (judged - 1) * 5 / 3.0);

            mend();
            // No chunk comes meanwhile.
            await RunningMonitor.UntilAsync(async () => (await monitor.Client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);
            Assert.Null(monitor.Service.Warning);
            Assert.Equal(1, await UpAsync(monitor));
            foreach (var chunk in chunks.Skip(SecondsBefore))
                Assert.Equal(HttpStatusCode.Accepted, await PostAsync(monitor, chunk));
            Assert.Equal(Verdicts(Seconds), (await monitor.VerdictsAsync("bed", Verdicts(Seconds))).Count);
        }

        await using var again = new SqliteChunkLog(Path.Combine(log, "monitor.chunks"));
        Assert.Null((await again.OpenAsync()).Damage);
        var kept = await again.SamplesAsync("bed", Start.AddDays(-1), Start.AddDays(1));
        Assert.Equal(Enumerable.Range(0, Seconds).Select(i => (long)i), kept.Select(chunk => chunk.Sequence).Distinct());
    }

    private static int Verdicts(int seconds) => 1 + ((seconds - 10) * 3 / 5);

    private static async Task<HttpStatusCode> PostAsync(RunningMonitor monitor, SampleChunk chunk)
    {
        using var content = new ByteArrayContent(ChunkBinary.Write(chunk));
        return (await monitor.Client.PostAsync("/streams/bed/samples", content)).StatusCode;
    }

    private static async Task<int> UpAsync(RunningMonitor monitor)
    {
        var metrics = await monitor.Client.GetStringAsync("/metrics");
        return int.Parse(Regex.Match(metrics, @"^mina_log_up(?:\{[^}]*\})? ([0-9])", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static void Fill(string ballast)
    {
        using var file = new FileStream(ballast, FileMode.Create);
        try
        {
            for (var bytes = new byte[4096]; ;)
                file.Write(bytes);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        process!.WaitForExit();
        return process.ExitCode == 0;
    }
}
