using System.Diagnostics.CodeAnalysis;
using System.Net;
using Mina.Host.Monitor.Edges;
using Mina.Host.Monitor.Outputs.Fhir;
using Mina.Host.Monitor.Store;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Monitor;

/// <summary>Reads and checks the settings. A wrong one is reported in one sentence, with what it may be.</summary>
internal static class MonitorSettings
{
    // An hour, the longest time that an episode rule may span.
    private const double MaxRuleSeconds = 3600;

    private const int MinMessageBytes = 1000;

    private const long MinLogBytes = 64 << 20;

    // Of which an eighth holds the largest chunk.
    private const long MinQueuedBytes = 32 << 20;

    private static readonly TimeSpan MaxCommitInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MinVerdictAge = TimeSpan.FromSeconds(11);

    /// <summary>Adds the file in the working directory, the environment and the flags; a later one overrides an earlier one.</summary>
    /// <exception cref="ProblemException">The file is no JSON.</exception>
    public static void Add(IConfigurationManager configuration, IReadOnlyDictionary<string, string?> flags)
    {
        try
        {
            configuration.AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
                .AddEnvironmentVariables("MINA_")
                .AddInMemoryCollection(flags.Select(flag => KeyValuePair.Create($"{MonitorOptions.Section}:{flag.Key}", flag.Value)));
        }
        catch (InvalidDataException e)
        {
            throw new ProblemException(
                $"{Path.GetFullPath("appsettings.json")} is no JSON ({(e.InnerException ?? e).Message.ReplaceLineEndings(" ")}); mend it or take it away.");
        }

        // Relative paths are relative to the working directory; the web server would look for a certificate beside the program.
        configuration.AddInMemoryCollection(configuration.AsEnumerable()
            .Where(setting => setting.Value is { Length: > 0 } && setting.Key.StartsWith("Kestrel:", StringComparison.OrdinalIgnoreCase)
                && (setting.Key.EndsWith(":Path", StringComparison.OrdinalIgnoreCase) || setting.Key.EndsWith(":KeyPath", StringComparison.OrdinalIgnoreCase)))
            .Select(setting => KeyValuePair.Create(setting.Key, (string?)Path.GetFullPath(setting.Value!)))
            .ToList());
    }

    /// <summary>The settings, checked.</summary>
    /// <exception cref="ProblemException">One is unknown, cannot be read or is out of its range.</exception>
    public static MonitorOptions Read(IConfiguration configuration)
    {
        // A misspelt setting would otherwise silently have no effect.
        if (SettingNames.FindFault(configuration.GetSection(MonitorOptions.Section), typeof(MonitorOptions)) is { } fault)
            throw new ProblemException(fault);
        MonitorOptions options;
        try
        {
            options = configuration.GetSection(MonitorOptions.Section).Get<MonitorOptions>(binder => binder.ErrorOnUnknownConfiguration = true)
                ?? new MonitorOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new ProblemException(
                $"the section {MonitorOptions.Section} of the settings cannot be read: {e.Message.ReplaceLineEndings(" ")} "
                + $"(appsettings.json, MINA_{MonitorOptions.Section}__... or flags).");
        }

        Check(options);
        return options;
    }

    /// <summary>Checks that each setting is within its range, and that the files it names exist.</summary>
    /// <exception cref="ProblemException">A setting is wrong.</exception>
    public static void Check(MonitorOptions options)
    {
        var addresses = options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Demand(
            addresses.Length > 0 && addresses.All(IsAddress),
            nameof(options.Urls),
            options.Urls,
            "is no address; write, for example, http://127.0.0.1:5080");
        Demand(
            options.Broker.Length == 0 || options.Mqtt is not null || IPEndPoint.TryParse(options.Broker, out _),
            nameof(options.Broker),
            options.Broker,
            "is no address with a port; write, for example, 127.0.0.1:1883");
        Demand(
            StreamName.IsValid(options.MqttClientId),
            nameof(options.MqttClientId),
            PlainText.Clean(options.MqttClientId),
            "is no name for a broker's client; write 1 to 64 letters, digits, dots, hyphens and underscores, for example mina-ward-3");
        _ = MqttSubscriberOptions.From(options);
        Demand(
            options.Webhook is null || IsHttp(options.Webhook, out _),
            nameof(options.Webhook),
            options.Webhook,
            "is no address; write, for example, http://host/alarms");
        Check(options.Fhir, options.Insecure);
        Demand(
            options.Otlp is null || IsHttp(options.Otlp, out _),
            nameof(options.Otlp),
            options.Otlp,
            "is no address; write, for example, http://127.0.0.1:4317");
        Demand(options.Beds is null || File.Exists(options.Beds), nameof(options.Beds), options.Beds, "is not there; name a CSV file of beds");
        Demand(options.Replay is null || Path.Exists(options.Replay), nameof(options.Replay), options.Replay, "is not there; name a folder of recordings");
        Demand(
            options.Follow is null || Path.Exists(options.Follow),
            nameof(options.Follow),
            options.Follow,
            $"is not there; name a recording's {RecordingFormats.All.MainExtensions()} file, or a folder that they come into");
        Demand(
            options.Fs is null or (>= Preprocess.Preprocessor.LowestFs and <= Preprocess.Preprocessor.HighestFs),
            nameof(options.Fs),
            options.Fs,
            $"is outside {Preprocess.Preprocessor.LowestFs} to {Preprocess.Preprocessor.HighestFs} Hz");
        Demand(options.Threshold is null or (> 0 and < 1), nameof(options.Threshold), options.Threshold, "is no probability between 0 and 1");
        Demand(options.Retention > TimeSpan.Zero, nameof(options.Retention), options.Retention, "is no time; 30.00:00:00 is 30 days");
        Demand(options.AuditRetention > TimeSpan.Zero, nameof(options.AuditRetention), options.AuditRetention, "is no time; 365.00:00:00 is a year");
        Demand(options.StaleAfter > TimeSpan.Zero, nameof(options.StaleAfter), options.StaleAfter, "is no time; 00:00:05 is 5 s");
        Demand(
            options.MaxVerdictAge >= MinVerdictAge,
            nameof(options.MaxVerdictAge),
            options.MaxVerdictAge,
            "is less than 00:00:11, the time that a first window and its verdict take");
        Demand(
            options.CommitInterval >= TimeSpan.Zero && options.CommitInterval <= MaxCommitInterval,
            nameof(options.CommitInterval),
            options.CommitInterval,
            "is not between 0 and 00:00:01; 00:00:00.010 is 10 ms");
        Demand(options.KeepSamples >= TimeSpan.Zero, nameof(options.KeepSamples), options.KeepSamples, "is no time; 1.00:00:00 is a day");
        Demand(options.MaxLogBytes >= MinLogBytes, nameof(options.MaxLogBytes), options.MaxLogBytes, $"is less than {MinLogBytes}, 64 MB");
        Demand(Stores.IsKnown(options.Store), nameof(options.Store), options.Store, $"is no store; write one of {Stores.Names}");
        Demand(options.CloseAfter > TimeSpan.Zero, nameof(options.CloseAfter), options.CloseAfter, "is no time; 00:01:00 is a minute");
        Demand(
            options.EscalateAfter is null || options.EscalateAfter > TimeSpan.Zero,
            nameof(options.EscalateAfter),
            options.EscalateAfter,
            "is no time; 00:05:00 is 5 min");
        Demand(options.MaxMessageBytes >= MinMessageBytes, nameof(options.MaxMessageBytes), options.MaxMessageBytes, $"is less than {MinMessageBytes}");
        Demand(options.KeptSeconds >= 10, nameof(options.KeptSeconds), options.KeptSeconds, "is less than 10, the length of a window");
        Demand(options.MaxQueuedBytes >= MinQueuedBytes, nameof(options.MaxQueuedBytes), options.MaxQueuedBytes, $"is less than {MinQueuedBytes}, 32 MB");
        Demand(options.MaxStreams >= 1, nameof(options.MaxStreams), options.MaxStreams, "is less than 1");
        Demand(
            options.MaxSamplesPerSecond is >= Preprocess.Preprocessor.LowestFs and < double.PositiveInfinity,
            nameof(options.MaxSamplesPerSecond),
            options.MaxSamplesPerSecond,
            $"is less than {Preprocess.Preprocessor.LowestFs}, the slowest device's");
        Check(options.Episodes);
    }

    private static void Check(FhirOptions fhir, bool insecure)
    {
        const string In = $"{nameof(MonitorOptions.Fhir)}:";
        Demand(
            IsUri(fhir.DeviceSystem), In + nameof(fhir.DeviceSystem), fhir.DeviceSystem,
            "is no URI; write, for example, urn:oid:1.2.3 or https://hospital.example/devices");
        Demand(
            fhir.SubjectSystem is null || IsUri(fhir.SubjectSystem), In + nameof(fhir.SubjectSystem), fhir.SubjectSystem,
            "is no URI; write, for example, urn:oid:1.2.3 or https://hospital.example/patients");
        if (fhir.Url is null)
            return;
        Demand(
            IsHttp(fhir.Url, out var url) && url.Query.Length == 0 && url.Fragment.Length == 0, In + nameof(fhir.Url), fhir.Url,
            "is no base URL of a server; write, for example, https://host/fhir");
        const string Section = $"{MonitorOptions.Section}:{In}";
        if (url!.UserInfo.Length > 0)
            throw new ProblemException($"the setting {Section}{nameof(fhir.Url)} has a user in it; set {Section}{nameof(fhir.Token)} instead.");
        if (fhir.Token is not null && url.Scheme == "http" && !url.IsLoopback && !insecure)
        {
            throw new ProblemException(
                $"the token for the FHIR server at {url.Host} would go there in plain text; write https://, or say --insecure if the way there is safe.");
        }

        static bool IsUri(string text) => Uri.TryCreate(text, UriKind.Absolute, out _) && !text.Any(char.IsWhiteSpace);
    }

    private static void Check(EpisodeOptions rules)
    {
        const string In = "Episodes:";
        Demand(rules.Onset is null or (> 0 and <= 1), In + nameof(rules.Onset), rules.Onset, "is no probability above 0 and up to 1");
        Demand(rules.Offset is null or (> 0 and <= 1), In + nameof(rules.Offset), rules.Offset, "is no probability above 0 and up to 1");
        Seconds(nameof(rules.MinimumSeconds), rules.MinimumSeconds);
        Seconds(nameof(rules.MergeGapSeconds), rules.MergeGapSeconds);
        Seconds(nameof(rules.BridgeSeconds), rules.BridgeSeconds);
        Seconds(nameof(rules.SmoothingSeconds), rules.SmoothingSeconds);

        static void Seconds(string name, double? value) =>
            Demand(value is null or (>= 0 and <= MaxRuleSeconds), In + name, value, FormattableString.Invariant($"is not between 0 and {MaxRuleSeconds} s"));
    }

    /// <summary>Reads the options of an edge from its section of the settings; null where the settings have no such section.</summary>
    /// <exception cref="ProblemException">A setting there is unknown, or cannot be read.</exception>
    public static T? ReadEdge<T>(MonitorOptions options, string edge)
        where T : class
    {
        if (!options.Edges.TryGetValue(edge, out var settings))
            return null;
        try
        {
            return new ConfigurationBuilder().AddInMemoryCollection(settings).Build().Get<T>(binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new ProblemException(
                $"the section {MonitorOptions.Section}:Edges:{edge} of the settings cannot be read: {e.Message.ReplaceLineEndings(" ")}.",
                e);
        }
    }

    private static bool IsHttp(string text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && address.Scheme is "http" or "https";

    private static bool IsAddress(string url)
    {
        try
        {
            // A port beyond the last one would otherwise end the start with an exception of the web server's.
            return BindingAddress.Parse(url) is { Scheme: "http" or "https", Port: >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort };
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static void Demand(bool good, string setting, object? value, string wrong)
    {
        if (!good)
            throw new ProblemException(FormattableString.Invariant($"the setting {MonitorOptions.Section}:{setting}, '{value}', {wrong}."));
    }
}
