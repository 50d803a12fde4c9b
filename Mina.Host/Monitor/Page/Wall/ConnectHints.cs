namespace Mina.Host.Monitor.Page;

/// <summary>How to get a first stream onto an empty wall: lines to be typed as they stand.</summary>
/// <param name="Replay">Plays a recording to this monitor.</param>
/// <param name="Http">Sends samples with curl.</param>
/// <param name="Mqtt">Sends samples with an MQTT client; null when the monitor listens to no broker.</param>
/// <remarks><c>{address}</c> stands for the address that the page was opened at, <c>{host}</c> for its host alone.</remarks>
public sealed record ConnectHints(string Replay, string Http, string? Mqtt)
{
    /// <summary>For a monitor with its usual settings.</summary>
    public static ConnectHints Default { get; } = For(new MonitorOptions());

    /// <summary>For a monitor with these settings: its broker, and a token where one is wanted.</summary>
    public static ConnectHints For(MonitorOptions options)
    {
        var token = string.IsNullOrEmpty(options.Token) ? ("", "", "") : (" --token TOKEN", " -H 'Authorization: Bearer TOKEN'", " -u mina -P TOKEN");
        return new(
            $"mina replay data/raw/sim00001.hea --to {{address}} --stream bed-1{token.Item1}",
            $"curl {{address}}/streams/bed-1/samples{token.Item2} -H 'Content-Type: application/json' \\\n  -d {Message}",
            Broker(options) is { } broker ? $"mosquitto_pub {broker}{token.Item3} -q 1 -V mqttv5 -t mina/bed-1/samples \\\n  -m {Message}" : null);
    }

    private static string? Broker(MonitorOptions options) =>
        options.Mqtt is { } address && Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"-h {uri.Host}{(uri.Port > 0 ? $" -p {uri.Port}" : "")}"
        : !System.Net.IPEndPoint.TryParse(options.Broker, out var own) ? null
        : $"-h {{host}}{(own.Port == 1883 ? "" : $" -p {own.Port}")}{(options.BrokerCertificate is null ? "" : " --cafile CERTIFICATE")}";

    // In quotes for a shell, which fills in the time.
    private static string Message => """'{"seq":0,"time":"'$(date -u +%FT%TZ)'","fs":250,"samples":[0.02,0.03,0.91,0.12]}'""";

    /// <summary>The same with the address filled in.</summary>
    /// <param name="address">Absolute, as the browser knows this monitor.</param>
    public ConnectHints At(Uri address) => new(Fill(Replay, address), Fill(Http, address), Mqtt is { } mqtt ? Fill(mqtt, address) : null);

    private static string Fill(string line, Uri address) => line
        .Replace("{address}", address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
        .Replace("{host}", address.Host, StringComparison.Ordinal);
}
