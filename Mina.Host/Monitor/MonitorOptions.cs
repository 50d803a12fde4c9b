using Mina.Host.Monitor.Outputs.Fhir;
using Mina.Host.Monitor.Security;
using Mina.Model;

namespace Mina.Host.Monitor;

/// <summary>How the monitor runs: section <c>Monitor</c> of appsettings.json, environment <c>MINA_Monitor__Token</c> and so on, flags.</summary>
public sealed class MonitorOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Monitor";

    /// <summary>The model's folder; null: the one that Mina ships.</summary>
    public string? Model { get; set; }

    /// <summary>A window is AF from this probability on; null: the model's threshold.</summary>
    public double? Threshold { get; set; }

    /// <summary>How episodes are made from verdicts.</summary>
    public EpisodeOptions Episodes { get; set; } = new();

    /// <summary>Addresses of page and API.</summary>
    public string Urls { get; set; } = "http://127.0.0.1:5080";

    /// <summary>An existing broker to take streams from (mqtt://host:1883, mqtts://host:8883); null: the built-in one.</summary>
    public string? Mqtt { get; set; }

    /// <summary>The user at that broker, where its address names none.</summary>
    public string? MqttUser { get; set; }

    /// <summary>The password at that broker, where its address names none. The monitor's own token never goes there.</summary>
    public string? MqttPassword { get; set; }

    /// <summary>
    /// The name by which that broker knows the monitor and keeps its session. Each monitor at one broker needs a name of its own, and keeps it:
    /// the broker holds what arrives while the monitor of that name is not there, for an hour.
    /// </summary>
    public string MqttClientId { get; set; } = "mina-monitor";

    /// <summary>Where the built-in broker listens; empty: nowhere.</summary>
    public string Broker { get; set; } = "127.0.0.1:1883";

    /// <summary>PKCS #12 file for the built-in broker's TLS; null: none.</summary>
    public string? BrokerCertificate { get; set; }

    /// <summary>The password of that file.</summary>
    public string? BrokerCertificatePassword { get; set; }

    /// <summary>
    /// A token that page, API, WebSocket and MQTT (as the password) demand, and that may do all; null: none. Tokens with names and roles, by
    /// <c>mina token</c>, are demanded too. Without any, only this machine has access.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>
    /// Host names by which browsers may reach the monitor, separated by semicolons; * for any. Null: localhost, the machine's own name, those in
    /// the addresses, and any where a token is demanded. IP addresses are always allowed.
    /// </summary>
    public string? Hosts { get; set; }

    /// <summary>Allows other machines in without TLS: something in front of this does that.</summary>
    public bool Insecure { get; set; }

    /// <summary>A CSV file of the beds that have patients, read at the start and when it changes; null: beds are managed on the page and by the API.</summary>
    public string? Beds { get; set; }

    /// <summary>A folder of recordings that are replayed as streams; recordings that are added later are taken too.</summary>
    public string? Replay { get; set; }

    /// <summary>A recording that another program is still writing, a WFDB header or a CSV file, or a folder of them; each is a stream.</summary>
    public string? Follow { get; set; }

    /// <summary>The lead of recordings, by name or by index from 0; null: I, II, MLII, ECG, else the first.</summary>
    public string? Lead { get; set; }

    /// <summary>Sampling frequency in Hz of CSV recordings without a time column.</summary>
    public double? Fs { get; set; }

    /// <summary>A shard directory that every segment is written to, without labels; null: none.</summary>
    public string? Record { get; set; }

    /// <summary>The store of verdicts, episodes and alarms: sqlite, or memory, whose content ends with the process.</summary>
    public string Store { get; set; } = "sqlite";

    /// <summary>The file of verdicts, episodes and alarms. One monitor at a time uses it.</summary>
    public string Database { get; set; } = Path.Combine(DataFolders.State, "monitor.db");

    /// <summary>Verdicts, closed episodes and cleared alarms are kept so long, by the server's clock.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Entries of the audit log are kept so long, by the server's clock.</summary>
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>
    /// The folder of the log that every chunk is written to before it is acknowledged; null: that of the database. With the memory store
    /// there is no log.
    /// </summary>
    public string? LogFolder { get; set; }

    /// <summary>How long a chunk waits for others, so that they share one write to the disk.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The ECG of all streams is kept so long, by the server's clock, as far as <see cref="MaxLogBytes"/> allow.</summary>
    public TimeSpan KeepSamples { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Bytes that the log may take on disk; beyond that, the oldest ECG is deleted. A stream of 300 Hz takes some 100 MB a day.</summary>
    public long MaxLogBytes { get; set; } = 20L << 30;

    /// <summary>Alarms are posted to this address as JSON; null: nowhere.</summary>
    public string? Webhook { get; set; }

    /// <summary>
    /// An alarm of AF that nobody has acknowledged for so long is escalated: every page says so above all else, and the webhook is told once.
    /// Null: never.
    /// </summary>
    public TimeSpan? EscalateAfter { get; set; }

    /// <summary>How episodes are written as FHIR resources, and the server that they are sent to.</summary>
    public FhirOptions Fhir { get; set; } = new();

    /// <summary>An OpenTelemetry collector that metrics are sent to (http://host:4317, by gRPC); null: none; /metrics serves them in any case.</summary>
    public string? Otlp { get; set; }

    /// <summary>A stream that has sent nothing for so long is stale.</summary>
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A stream that sends, but has had no verdict for so long by the server's clock, is not monitored, and says so.</summary>
    public TimeSpan MaxVerdictAge { get; set; } = TimeSpan.FromSeconds(11.5);

    /// <summary>Settings of edges that were added, by the edge's name: section <c>Monitor:Edges:NAME</c>.</summary>
    public Dictionary<string, Dictionary<string, string?>> Edges { get; set; } = [];

    /// <summary>The open episode of a stream that has sent nothing for so long is closed.</summary>
    public TimeSpan CloseAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The largest message, bytes.</summary>
    public int MaxMessageBytes { get; set; } = 1 << 20;

    /// <summary>The largest number of streams at once.</summary>
    public int MaxStreams { get; set; } = 5000;

    /// <summary>
    /// Bytes of chunks that may wait in memory, over all streams. A stream may hold an eighth of what is free; a chunk beyond that is refused
    /// (429), and has to be sent again.
    /// </summary>
    public long MaxQueuedBytes { get; set; } = 128 << 20;

    /// <summary>
    /// Seconds of a stream's samples that stay in memory, at least 10; a stream takes 0.6 kB for each. Older samples are read from the log; with
    /// the memory store the page can scroll back no further than this.
    /// </summary>
    public int KeptSeconds { get; set; } = 20;

    /// <summary>
    /// The largest number of samples a second, averaged over 10 s, that a stream may send; further ones wait. A live device sends fs, a replay at
    /// full speed more.
    /// </summary>
    public double MaxSamplesPerSecond { get; set; } = 1_000_000;

    /// <summary>Whether a token is demanded from the start on.</summary>
    internal bool DemandsToken => !string.IsNullOrEmpty(Token) || TokenFile.Of(this).Exists;

    /// <summary>The rules of every stream.</summary>
    /// <param name="threshold">A window is AF from this probability on.</param>
    /// <param name="rhythm">The rhythm level that makes the episodes; null: they are made from the windows' own probabilities.</param>
    internal StreamRules RulesAt(double threshold, RhythmModel? rhythm) => new(
        rhythm,
        rhythm is null ? Episodes.RulesAt(threshold) : Episodes.Over(rhythm.Settings.Rules),
        threshold,
        StaleAfter,
        // The fold adds the length of a chunk, which is usually a second.
        MaxVerdictAge > UsualChunk ? MaxVerdictAge - UsualChunk : TimeSpan.Zero,
        CloseAfter);

    private static readonly TimeSpan UsualChunk = TimeSpan.FromSeconds(1.5);
}
