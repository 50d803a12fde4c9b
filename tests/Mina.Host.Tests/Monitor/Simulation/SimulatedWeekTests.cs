using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>
/// Whatever runs for long stays as large as what it keeps. Seven days of 20 minutes; <c>MINA_SIMULATION_DAY=1.00:00:00</c> makes them whole days.
/// </summary>
[Collection(nameof(SimulationCollection))]
public sealed class SimulatedWeekTests(ITestOutputHelper output)
{
    private const int Days = 7;

    // Packed verdicts go by the ten minutes or so that they were packed in, the retention is looked after every two minutes, and devices' clocks
    // differ from the server's by up to 100 s.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(16);

    [Fact]
    public void In_a_week_memory_log_and_store_stay_within_what_the_retention_keeps()
    {
        var day = TimeSpan.TryParse(Environment.GetEnvironmentVariable("MINA_SIMULATION_DAY"), CultureInfo.InvariantCulture, out var set)
            ? set : TimeSpan.FromMinutes(20);
        using var week = new SimulatedWeek(Days, day);
        week.Run();
        foreach (var look in week.Looks)
            output.WriteLine($"{look}");
        output.WriteLine($"{week.Acknowledged} chunks acknowledged");

        // By the end of the third day everything is as large as it will be.
        var full = World.Epoch + (3 * day);
        var (early, late) = (week.Looks.Where(look => look.At <= full).ToList(), week.Looks.Where(look => look.At > full).ToList());
        Assert.NotEmpty(late);
        // A window closes 5/3 s after the one before, on each of the two devices.
        var kept = 2 * (day + Slack).TotalSeconds * 3 / 5;
        Assert.All(late, look =>
        {
            Assert.InRange(look.Verdicts, 0.9 * 2 * day.TotalSeconds * 3 / 5, kept);
            Assert.True(look.Oldest >= look.At - day - Slack, $"at {look.At:O} the oldest verdict is of {look.Oldest:O}");
            Assert.InRange(look.LogBytes, 1, 1.3 * early.Max(one => one.LogBytes));
            Assert.InRange(look.StoreBytes, 1, 1.3 * early.Max(one => one.StoreBytes));
            Assert.InRange(look.Alarms, 0, early.Max(one => one.Alarms) + 10);
            Assert.InRange(look.Memory, 1, early.Max(one => one.Memory) + (8 << 20));
        });
    }
}
