using Microsoft.Extensions.Logging.Abstractions;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Edges;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>What holds for every edge: one that fails is started again, and one that is added needs a class, its options and a line.</summary>
public sealed class EdgeContractTests
{
    [Fact]
    public async Task An_edge_that_fails_is_started_again_and_the_others_go_on()
    {
        using var metrics = new MonitorMetrics();
        var (bad, good) = (new Edge("bad", failures: 1), new Edge("good", failures: 0));
        using var supervisor = new EdgeSupervisor([bad, good], metrics, TimeProvider.System, NullLogger<EdgeSupervisor>.Instance);
        await supervisor.StartAsync(CancellationToken.None);
        await RunningMonitor.Until(() => bad.Starts == 2);
        Assert.Equal(1, good.Starts);
        await supervisor.StopAsync(CancellationToken.None);
        Assert.True(bad.IsStopped && good.IsStopped);
    }

    [Fact]
    public void The_options_of_an_edge_that_was_added_come_from_its_own_section()
    {
        var settings = new MonitorOptions { Edges = { ["Serial"] = new() { ["Port"] = "/dev/ttyS0", ["Baud"] = "9600" } } };
        Assert.Equal(("/dev/ttyS0", 9600), MonitorSettings.ReadEdge<SerialOptions>(settings, "Serial") is { } read ? (read.Port, read.Baud) : default);
        Assert.Null(MonitorSettings.ReadEdge<SerialOptions>(settings, "Other"));
        settings.Edges["Serial"]["Bauds"] = "1";
        Assert.Contains("Bauds", Assert.Throws<ProblemException>(() => MonitorSettings.ReadEdge<SerialOptions>(settings, "Serial")).Message);
    }

    [Fact]
    public void The_password_of_another_broker_does_not_go_there_in_plain_text_and_the_token_never_does()
    {
        Assert.Contains("plain text",
            Assert.Throws<ProblemException>(() => MqttSubscriberOptions.From(new MonitorOptions { Mqtt = "mqtt://broker", MqttPassword = "x" })).Message);
        Assert.Contains("plain text", Assert.Throws<ProblemException>(() => MqttSubscriberOptions.From(new MonitorOptions { Mqtt = "mqtt://user:x@broker" }))
            .Message);
        foreach (var good in new[] { new MonitorOptions { Mqtt = "mqtts://broker", MqttPassword = "x" },
            new MonitorOptions { Mqtt = "mqtt://127.0.0.1", MqttPassword = "x" },
            new MonitorOptions { Mqtt = "mqtt://broker", MqttPassword = "x", Insecure = true } })
            Assert.Equal("x", MqttSubscriberOptions.From(good)!.Password);
        Assert.Null(MqttSubscriberOptions.From(new MonitorOptions { Mqtt = "mqtt://broker", Token = "secret" })!.Password);
    }

    [Fact]
    public void Data_lies_where_the_platform_has_it()
    {
        Assert.Equal("/var/lib/mina", Choose(true, ("STATE_DIRECTORY", "/var/lib/mina:/var/lib/other"), ("HOME", "/root")));
        Assert.Equal("/state/mina", Choose(true, ("XDG_STATE_HOME", "/state"), ("HOME", "/root")));
        Assert.Equal("/root/.local/state/mina", Choose(true, ("XDG_STATE_HOME", "relative"), ("HOME", "/root")));
        Assert.Equal(Path.Combine("local", "mina"), Choose(false, ("HOME", "/root")));

        static string Choose(bool isLinux, params (string Name, string Value)[] variables) =>
            DataFolders.Choose(name => variables.FirstOrDefault(variable => variable.Name == name).Value, isLinux, "local");
    }

    public sealed class SerialOptions
    {
        public string Port { get; set; } = "";

        public int Baud { get; set; }
    }

    private sealed class Edge(string name, int failures) : IEdge
    {
        public string Name => name;

        public int Starts { get; private set; }

        public bool IsStopped { get; private set; }

        public Task? ExecuteTask { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            ExecuteTask = Starts++ < failures ? Task.FromException(new InvalidOperationException("it failed")) : new TaskCompletionSource().Task;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            IsStopped = true;
            return Task.CompletedTask;
        }
    }
}
