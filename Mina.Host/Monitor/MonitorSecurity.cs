using System.Net;
using Mina.Preprocess;

namespace Mina.Host.Monitor;

/// <summary>Checks that other machines have access only with a token and over TLS.</summary>
internal static class MonitorSecurity
{
    /// <summary>Refuses settings that would open the monitor to other machines without a token or without TLS.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="kestrel">The web server's own section, whose endpoints take the place of the options' addresses; null: none.</param>
    /// <exception cref="ProblemException">The settings would do that.</exception>
    public static void Check(MonitorOptions options, IConfiguration? kestrel = null)
    {
        var endpoints = kestrel?.GetSection("Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>() ?? [];
        foreach (var url in options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Concat(endpoints))
        {
            var address = BindingAddress.Parse(url);
            Check(options, url, IsLoopback(address.Host), address.Scheme == "https");
        }

        if (options.Broker.Length > 0 && options.Mqtt is null && IPEndPoint.TryParse(options.Broker, out var broker))
            Check(options, $"the broker at {options.Broker}", IPAddress.IsLoopback(broker.Address), options.BrokerCertificate is not null);
    }

    private static void Check(MonitorOptions options, string what, bool isLocal, bool secure)
    {
        if (isLocal)
            return;
        if (!secure && !options.Insecure)
            throw new ProblemException(
                $"{what} lets other machines in without TLS; give an https address (a broker: BrokerCertificate) "
                + $"and certificate, or say --insecure if something in front of it does that.");
        if (!options.DemandsToken)
            throw new ProblemException($"{what} lets other machines in without a token; make one with mina token add, or set MINA_Monitor__Token.");
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
