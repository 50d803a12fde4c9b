using System.Collections.Concurrent;
using System.Globalization;
using Xunit;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>Tests that run beside no other ones.</summary>
[CollectionDefinition(nameof(SimulationCollection), DisableParallelization = true)]
public sealed class SimulationCollection;

/// <summary>
/// The whole monitor under simulated devices, networks, disks, receivers and kills, on one thread and from one seed.
/// <c>MINA_SIMULATION_RUNS=5000</c> runs more seeds, <c>MINA_SIMULATION_FROM=1000</c> others, <c>MINA_SIMULATION_SEED=17</c> that one.
/// </summary>
[Collection(nameof(SimulationCollection))]
public sealed class MonitorSimulationTests
{
    private const int MaxFailures = 5;

    [Fact]
    public void Whatever_network_disks_and_kills_do_nothing_acknowledged_is_lost_or_told_twice_and_nothing_shown_is_false()
    {
        var one = Setting("MINA_SIMULATION_SEED", -1);
        var from = one >= 0 ? one : Setting("MINA_SIMULATION_FROM", 0);
        var failed = new ConcurrentBag<string>();
        // Each run has one thread, and there are as many runs at once as there are processors.
        Parallel.For(from, from + (one >= 0 ? 1 : Setting("MINA_SIMULATION_RUNS", 150)), (seed, loop) =>
        {
            try
            {
                new MonitorSimulation(seed).Run();
            }
            catch (Exception e)
            {
                failed.Add($"Seed {seed} (MINA_SIMULATION_SEED={seed} runs it alone): {e}");
                if (failed.Count >= MaxFailures)
                    loop.Stop();
            }
        });
        Assert.True(failed.IsEmpty, string.Join("\n\n", failed));
    }

    [Fact]
    public void The_same_seed_gives_the_same_history()
    {
        var runs = Enumerable.Range(0, 2).Select(_ => new MonitorSimulation(11)).ToList();
        foreach (var run in runs)
            run.Run();
        Assert.Equal(runs[0].Told, runs[1].Told);
        Assert.Equal(runs[0].Received, runs[1].Received);
        Assert.Equal(runs[0].ToString(), runs[1].ToString());
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
