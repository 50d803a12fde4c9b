using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Api;
using Xunit;

namespace Mina.Host.Tests.Monitor.Api;

/// <summary>The API as an integrator meets it: what it says of itself is what it answers, and what is wrong with a request is said.</summary>
public sealed class ApiTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly (string, string?)[] Patient = [("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"), ("MaxVerdictAge", "00:10:00")];

    [Fact]
    public async Task Every_live_answer_is_valid_by_the_description()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, Patient);
        await RunningMonitor.SendEpisodeAsync(monitor, "bed", Start);
        var description = await monitor.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var check = new JsonSchemaCheck(description);
        var episode = (await monitor.Client.GetFromJsonAsync<EpisodeStatus[]>("/api/episodes", RunningMonitor.Json))!.Single().Id;
        var alarm = (await monitor.Client.GetFromJsonAsync<AlarmStatus[]>("/api/alarms", RunningMonitor.Json))!.First().Id;
        var review = (await (await monitor.Client.PostAsJsonAsync("/api/reviews", new { by = "x", verdict = "Rejected", was = "Noise", episode }))
            .Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        var compared = 0;
        foreach (var path in description.GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("get", out var operation) || path.Name.EndsWith("events", StringComparison.Ordinal))
                continue;
            var id = path.Name.Contains("/episodes/", StringComparison.Ordinal) ? episode
                : path.Name.Contains("/alarms/", StringComparison.Ordinal) ? alarm
                : path.Name.Contains("/api/reviews/", StringComparison.Ordinal) ? review : "bed";
            foreach (var given in new[] { id, "nothing~20260101T120000000000Z" })
            {
                using var answer = await monitor.Client.GetAsync(path.Name.Replace("{id}", given, StringComparison.Ordinal));
                var status = ((int)answer.StatusCode).ToString();
                Assert.True(operation.GetProperty("responses").TryGetProperty(status, out var response), $"{path.Name} does not describe {status}");
                var type = answer.Content.Headers.ContentType?.MediaType ?? "";
                JsonElement content = default;
                Assert.True(
                    response.TryGetProperty("content", out var types) && types.TryGetProperty(type, out content),
                    $"{path.Name}, {status} does not describe {type}");
                if (!type.EndsWith("json", StringComparison.Ordinal) || !content.TryGetProperty("schema", out var schema))
                    continue;
                var value = await answer.Content.ReadFromJsonAsync<JsonElement>();
                Assert.Empty(check.Faults(schema, value, path.Name));
                compared += value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : 1;
            }
        }

        Assert.True(compared > 40, $"only {compared} values were compared");
    }

    [Fact]
    public async Task Every_operation_has_a_name_of_its_own_and_numbers_are_numbers()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"));
        monitor.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        var text = await monitor.Client.GetStringAsync("/openapi/v1.json");
        Assert.DoesNotContain("Infinity", text, StringComparison.Ordinal);
        var description = JsonDocument.Parse(text).RootElement;
        var names = description.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value.GetProperty("operationId").GetString()).ToList();
        Assert.Equal(names.Distinct(), names);
        Assert.Contains("listEpisodes", names);
        var scheme = description.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Single();
        Assert.Equal("bearer", scheme.Value.GetProperty("scheme").GetString());
        Assert.True(description.GetProperty("security")[0].TryGetProperty(scheme.Name, out _));
    }

    [Theory]
    [InlineData("/api/episodes?form=2026-01-01T00:00:00Z", 400, "there is no parameter 'form' here; there are stream, from, to, limit, after")]
    [InlineData("/api/alarms.csv?kind=AV", 400, "'kind' is AF, LeadOff, Stale, NotMonitored")]
    [InlineData("/api/streams?limit=5", 400, "there is no parameter 'limit' here; there is none")]
    [InlineData("/api/episodes?from=2026-01-01T00:00:00", 400, "'from' is no time with its zone")]
    [InlineData("/api/episodes?from=2026-01-01", 400, "'from' is no time with its zone")]
    [InlineData("/api/episodes?limit=0", 400, "'limit' is 1 to 10000")]
    [InlineData("/api/episodes?after=x", 400, "'after' is not the id of an episode")]
    [InlineData("/api/alarms?from=2026-01-01T00:00:00Z", 400, "add all=true")]
    [InlineData("/api/streams/nobody", 404, "there is no stream 'nobody'")]
    [InlineData("/api/streams/nobody/verdicts", 404, "there is no stream 'nobody'")]
    [InlineData("/api/episodes/nothing", 404, "there is no episode of this id")]
    [InlineData("/api/alarms/nothing", 404, "there is no alarm of this id")]
    [InlineData("/api/reviews/nothing", 404, "there is no review of this id")]
    [InlineData("/api/reviews?verdict=Maybe", 400, "'verdict' is Confirmed, Rejected, Noted, Withdrawn")]
    [InlineData("/api/reviews?after=bed~20260101T120000000000Z", 400, "'after' is not the id of a review")]
    public async Task What_is_wrong_with_a_request_is_a_problem_in_one_sentence(string path, int status, string detail)
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        using var answer = await monitor.Client.GetAsync(path);
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_hold_everything_once_and_in_order()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, Patient);
        foreach (var bed in new[] { "bed-c", "bed-a", "bed-b" })
            await RunningMonitor.SendEpisodeAsync(monitor, bed, Start);
        var all = await monitor.Client.GetFromJsonAsync<EpisodeStatus[]>("/api/episodes", RunningMonitor.Json);
        Assert.Equal(all!.Select(episode => episode.Id), (await PagesAsync<EpisodeStatus>(monitor, "/api/episodes?limit=1")).Select(episode => episode.Id));
        Assert.Equal(3, all!.Length);

        var alarms = await monitor.Client.GetFromJsonAsync<AlarmStatus[]>("/api/alarms?all=true", RunningMonitor.Json);
        Assert.Equal(alarms!.Select(alarm => alarm.Id), (await PagesAsync<AlarmStatus>(monitor, "/api/alarms?all=true&limit=2")).Select(alarm => alarm.Id));

        var verdicts = await monitor.Client.GetFromJsonAsync<WindowStatus[]>("/api/streams/bed-a/verdicts", RunningMonitor.Json);
        Assert.Equal(verdicts, await PagesAsync<WindowStatus>(monitor, "/api/streams/bed-a/verdicts?limit=7"));
        Assert.True(verdicts!.Length > 20);
    }

    [Fact]
    public void A_page_goes_on_after_an_item_that_has_been_deleted_meanwhile()
    {
        var ids = new[] { "bed~20260101T120200000000Z", "bed~20260101T120000000000Z", "a~20260101T120100000000Z" };
        Assert.Equal([ids[1], ids[2], ids[0]], ApiPages.Following(ids, id => id, null));
        Assert.Equal([ids[2], ids[0]], ApiPages.Following(ids, id => id, "bed~20260101T120030000000Z"));
        Assert.Equal([ids[0]], ApiPages.Following(ids, id => id, ids[2]));
        Assert.Empty(ApiPages.Following(ids, id => id, ids[0]));
    }

    [Fact]
    public async Task It_says_what_is_running_and_by_which_rules_without_a_secret()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Token", "secret"), ("Threshold", "0.25"));
        monitor.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        var version = await monitor.Client.GetFromJsonAsync<JsonElement>("/api/version");
        Assert.Equal("FreqNet", version.GetProperty("network").GetString());
        var settings = await monitor.Client.GetStringAsync("/api/settings");
        Assert.Equal(0.25, JsonDocument.Parse(settings).RootElement.GetProperty("threshold").GetDouble());
        Assert.DoesNotContain("secret", settings, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-01-01T12:00:00Z", true)]
    [InlineData("2026-01-01T12:00:00.1234567+02:00", true)]
    [InlineData("2026-01-01T12:00:00 02:00", true)]
    [InlineData("2026-01-01T12:00:00", false)]
    [InlineData("2026-01-01", false)]
    [InlineData("12:00:00Z", false)]
    [InlineData("", false)]
    [InlineData("2026-13-01T12:00:00Z", false)]
    public void A_time_in_a_request_names_its_zone(string text, bool isTime) => Assert.Equal(isTime, UtcTime.TryParse(text, null, out _));

    /// <summary>All items of a list, page by page.</summary>
    internal static async Task<List<T>> PagesAsync<T>(RunningMonitor monitor, string path)
    {
        var items = new List<T>();
        for (string? next = path; next is not null;)
        {
            using var answer = await monitor.Client.GetAsync(next);
            answer.EnsureSuccessStatusCode();
            items.AddRange((await answer.Content.ReadFromJsonAsync<T[]>(RunningMonitor.Json))!);
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        return items;
    }
}
