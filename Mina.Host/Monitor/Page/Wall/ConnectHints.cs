namespace Mina.Host.Monitor.Page;

/// <summary>Command lines that send a first stream to an empty wall and can be typed as they stand.</summary>
/// <param name="Replay">Plays a recording to this monitor.</param>
/// <param name="Http">Sends samples with curl.</param>
/// <param name="Mqtt">Sends samples with an MQTT client; null when the monitor listens to no broker.</param>
/// <remarks><c>{address}</c> stands for the address that the page was opened at, <c>{host}</c> for its host alone.</remarks>
public sealed record ConnectHints(string Replay, string Http, string? Mqtt)
{
    /// <summary>The hints for a monitor with its default settings.</summary>
    public static ConnectHints Default { get; } = For(new MonitorOptions());

    /// <summary>The hints for a monitor with these settings, with its broker, and a token where it demands one.</summary>
    public static ConnectHints For(MonitorOptions options)
    {
        var token = !options.DemandsToken ? ("", "", "") : (" --token TOKEN", " -H 'Authorization: Bearer TOKEN'", " -u mina -P TOKEN");
        return new(
            $"mina replay data/raw/sim00001.hea --to {{address}} --stream bed-1{token.Item1}",
            $"curl {{address}}/streams/bed-1/samples{token.Item2} -H 'Content-Type: application/json' \\\n  -d {Message}",
            Broker(options) is { } broker ? $"mosquitto_pub {broker}{token.Item3} -q 1 -V mqttv5 -t mina/bed-1/samples \\\n  -m {Message}" : null);
    }

    private static string? Broker(MonitorOptions options) =>
        options.Mqtt is { } address && Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"-h {uri.Host}{(uri.Port > 0 ? $" -p {uri.Port}" : "")}"
        : !System.Net.IPEndPoint.TryParse(options.Broker, out var own) ? null
        : $"-h {{host}}{(own.Port == 1883 ? "" : $" -p {own.Port}")}{(options.BrokerCertificate is null ? "" : " --cafile CERTIFICATE")}";

    // The quotes are for a shell, which fills in the time.
    private static string Message => """'{"seq":0,"time":"'$(date -u +%FT%TZ)'","fs":250,"samples":[0.02,0.03,0.91,0.12]}'""";

    /// <summary>Fills in the address.</summary>
    /// <param name="address">The absolute address at which the browser reaches this monitor.</param>
    public ConnectHints At(Uri address) => new(Fill(Replay, address), Fill(Http, address), Mqtt is { } mqtt ? Fill(mqtt, address) : null);

    private static string Fill(string line, Uri address) => line
        .Replace("{address}", address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
        .Replace("{host}", address.Host, StringComparison.Ordinal);
}
