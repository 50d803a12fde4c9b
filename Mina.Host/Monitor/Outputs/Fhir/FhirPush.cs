using System.Net.Http.Headers;
using System.Reactive.Linq;
using System.Text.Json;
using Mina.Host.Monitor.Api;
using Mina.Host.Monitor.Strips;
using Mina.Streaming.Files;

namespace Mina.Host.Monitor.Outputs.Fhir;

/// <summary>
/// Sends each episode to a FHIR server: some 30 s after its onset as preliminary, when it is over as final, and once more when all of its strips
/// are kept. A server that is sent the same twice has it once, because resources are put by ids of ours.
/// </summary>
internal sealed class FhirPush(
    MonitorService monitor,
    StripKeeper strips,
    FhirWriter writer,
    MonitorOptions options,
    MonitorMetrics metrics,
    TimeProvider time,
    ILogger<FhirPush> log,
    HttpMessageHandler? server = null)
    : OutboxSender<EpisodeNotice>("FHIR server", options.Fhir.Url is { } url ? new Uri(url) : null, monitor, time, log, server)
{
    // Of what a server says of a fault: some are pages of stack traces.
    private const int MaxOutcomeBytes = 1 << 16;
    private const int MaxReason = 300;

    private readonly AuthenticationHeaderValue? _token = options.Fhir.Token is { } token ? new("Bearer", token) : null;

    /// <inheritdoc/>
    protected override IObservable<EpisodeNotice> Notices => Monitor.EndedEpisodes.Merge(strips.Notices);

    /// <summary>A replay opens an episode again that was over, until it comes to its end, which has a notice again.</summary>
    protected override async Task<bool> IsDueAsync(EpisodeNotice notice, CancellationToken cancel) =>
        notice.Stage != EpisodeStage.Ended || await FindAsync(notice, cancel) is not { Open: true };

    /// <inheritdoc/>
    protected override void Count(bool taken) => metrics.Sent(taken);

    /// <inheritdoc/>
    protected override async Task<HttpRequestMessage?> RequestAsync(Uri address, EpisodeNotice notice, CancellationToken cancel)
    {
        if (await FindAsync(notice, cancel) is not { } episode)
            return null;
        var bundle = writer.WriteTransaction(await FhirEpisode.ReadAsync(Monitor, episode, cancel));
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(bundle)) };
        request.Content.Headers.ContentType = new(FhirJson.MediaType);
        request.Headers.Accept.Add(new(FhirJson.MediaType));
        request.Headers.Add("Prefer", "return=minimal");
        request.Headers.Authorization = _token;
        return request;
    }

    /// <summary>The status, and what the server's OperationOutcome says is wrong.</summary>
    protected override async Task<string> WhyAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var why = await base.WhyAsync(answer, cancel);
        return await ReadReasonAsync(answer, cancel) is { Length: > 0 } reason ? $"{why}: {reason}" : why;
    }

    private Task<EpisodeStatus?> FindAsync(EpisodeNotice notice, CancellationToken cancel) => MonitorApi.FindEpisodeAsync(Monitor, notice.Episode, cancel);

    private static async Task<string?> ReadReasonAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancel);
            var buffer = new byte[MaxOutcomeBytes];
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
            using var outcome = JsonDocument.Parse(buffer.AsMemory(0, length));
            foreach (var issue in outcome.RootElement.GetProperty("issue").EnumerateArray())
            {
                var said = issue.TryGetProperty("diagnostics", out var diagnostics) ? diagnostics.GetString()
                    : issue.TryGetProperty("details", out var details) && details.TryGetProperty("text", out var text) ? text.GetString()
                    : null;
                if (said is not null)
                    return PlainText.Clean(said.Length > MaxReason ? said[..MaxReason] : said);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException or HttpRequestException)
        {
            // It says nothing that can be read.
        }

        return null;
    }
}
