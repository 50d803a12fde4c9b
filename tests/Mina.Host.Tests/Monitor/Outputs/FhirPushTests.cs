using System.Net;
using Hl7.Fhir.Model;
using Mina.Host.Monitor;
using Mina.Preprocess;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace Mina.Host.Tests.Monitor.Outputs;

/// <summary>Episodes sent to a FHIR server, which is now and then not there.</summary>
public sealed class FhirPushTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_episode_reaches_a_server_that_failed_first_and_is_there_once_however_often_it_was_sent()
    {
        using var folder = new TemporaryFolder();
        await using var server = await FhirServer.StartAsync();
        (server.Refusal, server.LosesAnswers) = (503, true);
        await using var monitor = await RunningMonitor.StartAsync(
            folder, ("Fhir:Url", server.Url), ("Fhir:Token", "secret"), ("StaleAfter", "00:00:02"), ("CloseAfter", "00:00:04"));
        await RunningMonitor.SendEpisodeAsync(monitor, "bed", Start);

        await RunningMonitor.Until(() => server.Refused > 0);
        server.Refusal = null;
        await RunningMonitor.Until(() => server.Taken > 1);
        server.LosesAnswers = false;
        await RunningMonitor.Until(() => server.Episodes.Any(one => one.Status == ObservationStatus.Final));
        var kept = (await monitor.GetAsync<EpisodeStatus[]>("/api/episodes")).Single();
        // It is sent once more when the strips of its end are there; what the server then has is to be had from the monitor too.
        await RunningMonitor.Until(() => BundleAsync().GetAwaiter().GetResult() is { Count: > 2 } sent && sent.SequenceEqual(server.Kept.Keys.Order()));
        var episode = Assert.Single(server.Episodes);
        Assert.Equal(kept.Id, episode.Identifier.Single().Value);
        Assert.All(episode.DerivedFrom, strip => Assert.StartsWith("urn:uuid:", strip?.Reference));
        Assert.Equal(episode.DerivedFrom.Count, server.Kept.Values.Count(one => one.Value is SampledData));
        Assert.NotEmpty(episode.DerivedFrom);
        Assert.All(server.Tokens, token => Assert.Equal("Bearer secret", token));
        var alone = FhirCheck.Read<Observation>(await monitor.Client.GetStringAsync($"/api/episodes/{kept.Id}/fhir"));
        Assert.Equal(episode.Id, alone.Id);

        async Task<List<string>> BundleAsync()
        {
            var bundle = FhirCheck.Read<Bundle>(await monitor.Client.GetStringAsync($"/api/episodes/{kept.Id}/fhir/bundle"));
            return [.. bundle.Entry.Select(entry => Assert.IsType<string>(entry.Request?.Url)).Order()];
        }
    }

    [Fact]
    public async Task What_a_server_did_not_take_is_sent_after_a_restart_and_then_no_more()
    {
        using var folder = new TemporaryFolder();
        await using var server = await FhirServer.StartAsync();
        server.Refusal = 500;
        (string, string?)[] flags = [("Fhir:Url", server.Url), ("StaleAfter", "00:00:02"), ("CloseAfter", "00:00:04")];
        await using (var monitor = await RunningMonitor.StartAsync(folder, flags))
        {
            await RunningMonitor.SendEpisodeAsync(monitor, "bed", Start);
            await RunningMonitor.Until(() => server.Refused > 0);
        }

        server.Refusal = null;
        await using (await RunningMonitor.StartAsync(folder, flags))
            await RunningMonitor.Until(() => server.Episodes.Any(one => one.Status == ObservationStatus.Final));
        await using (var monitor = await RunningMonitor.StartAsync(folder, flags))
            Assert.Empty(await monitor.Service.Undelivered);
        Assert.Single(server.Episodes);
    }

    [Fact]
    public async Task What_cannot_be_answered_is_an_operation_outcome_that_a_FHIR_client_understands()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        foreach (var (path, status, code) in new[]
        {
            ("/api/episodes/bed~20260101T120000000000Z/fhir", HttpStatusCode.NotFound, OperationOutcome.IssueType.NotFound),
            ("/api/episodes/bed~20260101T120000000000Z/fhir/bundle", HttpStatusCode.NotFound, OperationOutcome.IssueType.NotFound),
            ("/api/episodes/bed~20260101T120000000000Z/fhir?form=json", HttpStatusCode.BadRequest, OperationOutcome.IssueType.Invalid),
        })
        {
            using var answer = await monitor.Client.GetAsync(path);
            Assert.Equal((status, "application/fhir+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Assert.Equal(code, FhirCheck.Read<OperationOutcome>(await answer.Content.ReadAsStringAsync()).Issue.Single().Code);
        }
    }

    [Theory]
    [InlineData("Fhir:Url", "nowhere", "no base URL")]
    [InlineData("Fhir:Url", "https://host/fhir?x=1", "no base URL")]
    [InlineData("Fhir:Url", "https://nurse:secret@host/fhir", "Fhir:Token")]
    [InlineData("Fhir:DeviceSystem", "beds", "no URI")]
    [InlineData("Fhir:SubjectSystem", "patients", "no URI")]
    [InlineData("Fhir:Uri", "https://host/fhir", "did you mean Monitor:Fhir:Url")]
    public void A_wrong_setting_is_told_in_one_sentence_without_its_secrets(string setting, string value, string says)
    {
        var refused = Assert.Throws<ProblemException>(() => MonitorHost.Build(new Dictionary<string, string?> { [setting] = value }));
        Assert.Contains(says, refused.Message);
        Assert.DoesNotContain("secret", refused.Message);
    }

    [Fact]
    public void A_token_goes_to_another_machine_only_over_TLS()
    {
        Dictionary<string, string?> settings = new() { ["Fhir:Url"] = "http://host.example/fhir", ["Fhir:Token"] = "secret" };
        var refused = Assert.Throws<ProblemException>(() => MonitorHost.Build(settings));
        Assert.Contains("plain text", refused.Message);
        Assert.DoesNotContain("secret", refused.Message);
    }
}
