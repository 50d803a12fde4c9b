using System.Diagnostics;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>A real broker that is not the monitor's own, on a free port.</summary>
internal sealed class Mosquitto : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _broker;

    private Mosquitto(string program)
    {
        var port = RunningMonitor.FreePort();
        Address = $"mqtt://127.0.0.1:{port}";
        File.WriteAllText(_folder["mosquitto.conf"], $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n");
        _broker = Process.Start(new ProcessStartInfo(
            program, ["-c", _folder["mosquitto.conf"]])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
    }

    public string Address { get; }

    public static Mosquitto StartOrSkip()
    {
        var program = new[] { "/usr/sbin/mosquitto", "/usr/bin/mosquitto" }.FirstOrDefault(File.Exists);
        Skip.If(program is null || !File.Exists("/usr/bin/mosquitto_pub"), "mosquitto is not on this machine");
        return new Mosquitto(program!);
    }

    /// <summary>Sends a chunk again and again, until the broker has started, the monitor has subscribed, and it arrived.</summary>
    public Task SendUntilAsync(string stream, SampleChunk chunk, Func<bool> arrived) => RunningMonitor.Until(() =>
    {
        try
        {
            RunningMonitor.SendAsync(Address, stream, [chunk]).GetAwaiter().GetResult();
        }
        catch (IOException)
        {
            // It is still starting.
        }

        return arrived();
    });

    public void Dispose()
    {
        _broker.Kill();
        _broker.WaitForExit();
        _broker.Dispose();
        _folder.Dispose();
    }
}
