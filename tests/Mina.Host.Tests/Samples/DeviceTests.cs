using Mina.Host.Tests.Monitor;
using Xunit;

namespace Mina.Host.Tests.Samples;

/// <summary>samples/Device.</summary>
public sealed class DeviceTests
{
    [Fact]
    public async Task The_sample_device_sends_a_recording_that_the_monitor_classifies()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        var address = $"{monitor.Http.Replace("http://", "ws://", StringComparison.Ordinal)}/streams/bed-7";
        var sent = (await SampleProgram.RunDotnetAsync("Device", Path.Combine(Places.DataRaw, "sim00001.hea"), address, "1000")).ShouldSucceed();
        Assert.Contains("27 chunks of sim00001 sent", sent.Output, StringComparison.Ordinal);
        Assert.Equal(10, (await monitor.VerdictsAsync("bed-7", 10)).Count);
    }
}
