using System.CommandLine;
using Mina.Host.Monitor;
using Mina.Host.Shell;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Commands;

/// <summary><c>mina monitor</c>: takes streams, finds episodes, raises alarms and serves a page.</summary>
internal static class MonitorCommand
{
    public static Command Create()
    {
        Option<string?>[] texts =
        [
            Text("Model", "--model", "The model's folder. Default: the one that Mina ships.", "-m"),
            Text("Mqtt", "--mqtt", "Take streams from this broker (mqtt://host:1883) instead of the built-in one."),
            Text("Broker", "--broker", "The address at which the built-in broker listens; empty for no broker. Default: 127.0.0.1:1883."),
            Text("Urls", "--urls", "The addresses of page and API. Default: http://127.0.0.1:5080."),
            Text("Replay", "--replay", "A folder of recordings, which are replayed in real time, each as a stream."),
            Text("Follow", "--follow",
                $"A recording that is being written ({RecordingFormats.All.MainExtensions()}), or a folder of them; each is a stream as it grows."),
            Text("Lead", "--lead", $"The lead of --replay and --follow, by name or by index from 0. {CommonOptions.LeadDefault}"),
            Text("Fs", "--fs", CommonOptions.Fs().Description!),
            Text("Beds", "--beds", "A CSV file of the beds that have patients (name, unit, patient, stream, paced, af_alarm_off), read again when it changes."),
            Text("Record", "--record", "Write every segment to shards in this directory, unlabelled."),
            Text("Database", "--database", "The file of verdicts, episodes and alarms. Default: monitor.db in the user's state folder."),
            Text("Otlp", "--otlp", "Send metrics to this OpenTelemetry collector too, by gRPC (http://host:4317)."),
            Text("Webhook", "--webhook", "Post alarms to this address as JSON."),
            Text("Fhir:Url", "--fhir", "Send episodes to the FHIR R4 server at this base URL (https://host/fhir)."),
        ];
        var port = new Option<int?>("--port") { Description = "The port of page and API on this machine; short for --urls http://127.0.0.1:PORT." };
        var threshold = CommonOptions.Threshold();
        var insecure = new Option<bool>("--insecure") { Description = "Let other machines in without TLS, for a proxy in front of the monitor that has it." };
        var command = new Command("monitor", "Classify streams continuously: MQTT, WebSocket, HTTP or files in, episodes and alarms out, with a web page.")
        {
            port,
            threshold,
            insecure,
        };
        foreach (var text in texts)
            command.Options.Add(text);
        command.SetAction(parsed => CommandLine.RunGuardedAsync(async () =>
        {
            var flags = new Dictionary<string, string?>();
            foreach (var text in texts)
            {
                if (parsed.GetValue(text) is { } value)
                    flags[text.HelpName!] = value;
            }

            if (parsed.GetValue(port) is { } number)
                flags[nameof(MonitorOptions.Urls)] = $"http://127.0.0.1:{number}";
            if (parsed.GetValue(threshold) is { } given)
                flags[nameof(MonitorOptions.Threshold)] = FormattableString.Invariant($"{given}");
            if (parsed.GetValue(insecure))
                flags[nameof(MonitorOptions.Insecure)] = "true";
            await using var app = MonitorHost.Build(flags);
            await MonitorHost.RunAsync(app).ConfigureAwait(false);
            return ExitCodes.Done;
        }));
        return command;

        // Help shows the setting's name as the name of the value.
        static Option<string?> Text(string setting, string name, string description, params string[] aliases) =>
            new(name, aliases) { Description = description, HelpName = setting };
    }
}
