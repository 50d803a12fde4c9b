using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Reviewing;
using Mina.Model;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Xunit;

namespace Mina.Host.Tests.Monitor.Api;

/// <summary>Reviews as an integrator makes, reads and exports them.</summary>
public sealed class ReviewApiTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private const string Minute = "\"stream\":\"bed\",\"start\":\"2026-01-01T12:00:00Z\",\"end\":\"2026-01-01T12:01:00Z\"";

    private static readonly (string, string?)[] Patient = [("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"), ("MaxVerdictAge", "00:10:00")];

    [Fact]
    public async Task An_episode_is_rejected_confirmed_again_and_withdrawn_and_every_step_stays_on_record()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, Patient);
        await RunningMonitor.SendEpisodeAsync(monitor, "bed", Start);
        var episode = (await monitor.GetAsync<EpisodeStatus[]>("/api/episodes")).Single();
        Assert.Contains(episode.Id, await monitor.Client.GetStringAsync("/api/episodes.csv?unreviewed=true"));

        var rejected = await MakeAsync(
            monitor, new { by = " Dr Ada Quist ", verdict = "Rejected", was = "Ectopy", comment = "bigeminy", episode = episode.Id });
        Assert.Equal(
            (episode.Id, "Dr Ada Quist", episode.Start, episode.End, RejectedAs.Ectopy, true),
            (rejected.Episode, rejected.By, rejected.Start, rejected.End, rejected.Was, rejected.Counts));
        Assert.Contains(",Rejected,Ectopy,Dr Ada Quist,", await monitor.Client.GetStringAsync("/api/episodes.csv"));
        Assert.DoesNotContain(episode.Id, await monitor.Client.GetStringAsync("/api/episodes.csv?unreviewed=true"));

        var confirmed = await MakeAsync(monitor, new
        {
            by = "Dr Bo",
            verdict = "Confirmed",
            episode = episode.Id,
            start = episode.Start.AddSeconds(3),
            replaces = rejected.Id,
        });
        Assert.True(confirmed.Made > rejected.Made);
        using (var late = await PostAsync(monitor, new { by = "x", verdict = "Confirmed", episode = episode.Id, replaces = rejected.Id }))
            Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        await MakeAsync(monitor, new { by = "Dr Bo", verdict = "Withdrawn", episode = episode.Id, replaces = confirmed.Id });

        var all = await monitor.GetAsync<ReviewStatus[]>("/api/reviews?stream=bed");
        Assert.Equal([ReviewVerdict.Rejected, ReviewVerdict.Confirmed, ReviewVerdict.Withdrawn], all.Select(review => review.Verdict));
        Assert.All(all, review => Assert.False(review.Counts));
        Assert.Equal(confirmed with { Counts = false }, await monitor.GetAsync<ReviewStatus>($"/api/reviews/{confirmed.Id}"));
        Assert.Contains(episode.Id, await monitor.Client.GetStringAsync("/api/episodes.csv?unreviewed=true"));
    }

    [Fact]
    public async Task Reviews_are_listed_by_stream_time_and_verdict_page_by_page()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, Patient);
        foreach (var bed in new[] { "bed-b", "bed-a" })
            await RunningMonitor.SendEpisodeAsync(monitor, bed, Start);
        for (var i = 0; i < 4; i++)
        {
            await MakeAsync(monitor, new
            {
                by = "nurse 3",
                verdict = i == 2 ? "Noted" : "Confirmed",
                comment = "seen",
                stream = i % 2 == 0 ? "bed-b" : "bed-a",
                start = Start.AddSeconds(10 * i),
                end = Start.AddSeconds((10 * i) + 5),
            });
        }

        var all = await monitor.GetAsync<ReviewStatus[]>("/api/reviews");
        Assert.Equal(["bed-b", "bed-a", "bed-b", "bed-a"], all.Select(review => review.Stream));
        Assert.Equal(2, (await monitor.GetAsync<ReviewStatus[]>("/api/reviews?stream=bed-a")).Length);
        Assert.Single(await monitor.GetAsync<ReviewStatus[]>("/api/reviews?verdict=noted"));
        Assert.Equal(3, (await monitor.GetAsync<ReviewStatus[]>("/api/reviews?counts=true")).Length);
        Assert.Equal([all[1], all[2]], await monitor.GetAsync<ReviewStatus[]>("/api/reviews?from=2026-01-01T12:00:12Z&to=2026-01-01T12:00:21Z"));
        Assert.Equal(all, await ApiTests.PagesAsync<ReviewStatus>(monitor, "/api/reviews?limit=3"));
    }

    [Theory]
    [InlineData("""{"by":"x","verdict":"Confirmed"}""", 400, "a review is of an 'episode', or of a 'stream' from 'start' to 'end'")]
    [InlineData("""{"by":" ","verdict":"Confirmed",SPAN}""", 400, "'by' says who")]
    [InlineData("""{"by":"x","verdict":"Rejected",SPAN}""", 400, "'was' says what")]
    [InlineData("""{"by":"x","verdict":"Noted",SPAN}""", 400, "'comment' is what")]
    [InlineData("""{"by":"x","verdict":"Withdrawn",SPAN}""", 400, "'replaces' is the id")]
    [InlineData("""{"by":"x","verdict":7,SPAN}""", 400, "'verdict' is Confirmed, Rejected")]
    [InlineData("""{"by":"x","verdict":"Noted","stream":"bed","start":"2026-01-01T12:01:00Z","end":"2026-01-01T12:00:00Z"}""", 400, "'start' is before")]
    [InlineData("""{"by":"x","verdict":"Noted","stream":"bed","start":"2026-01-01T12:00:00","end":"2026-01-01T12:01:00Z"}""", 400, "the body is not")]
    [InlineData("""{"by":"x","verdict":"Confirmed",SPAN}""", 404, "there is no stream 'bed'")]
    [InlineData("""{"by":"x","verdict":"Confirmed","episode":"bed~20260101T120000000000Z"}""", 404, "there is no episode of this id")]
    public async Task What_is_wrong_with_a_review_is_a_problem_in_one_sentence(string body, int status, string detail)
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        using var content = new StringContent(body.Replace("SPAN", Minute, StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json");
        using var answer = await monitor.Client.PostAsync("/api/reviews", content);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(detail, problem.GetProperty("detail").GetString());
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Reviewed_spans_are_rhythms_beside_the_ECG_that_is_kept_of_them_and_what_nobody_reviewed_is_none()
    {
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(folder, Patient);
        await RunningMonitor.SendEpisodeAsync(monitor, "bed", Start);
        foreach (var (from, to, verdict, was) in new[] { (5, 40, "Confirmed", (string?)null), (20, 30, "Rejected", "Noise"), (63, 75, "Rejected", "Flutter") })
            await MakeAsync(monitor, new { by = "x", verdict, was, stream = "bed", start = Start.AddSeconds(from), end = Start.AddSeconds(to) });

        var atr = WfdbAnnotations.Decode(await monitor.Client.GetByteArrayAsync("/api/streams/bed/reviews.atr"));
        Assert.Equal(
            [(1500, "(AFIB"), (6000, "(NOISE"), (9000, "(AFIB"), (12000, ")"), (18900, "(AFL"), (22500, ")")],
            atr.Where(one => one.Code == WfdbAnnotation.Rhythm).Select(one => ((int)one.Sample, one.Aux)));

        using var zip = new ZipArchive(await monitor.Client.GetStreamAsync("/api/streams/bed/reviews.zip"));
        zip.ExtractToDirectory(folder["export"]);
        var records = Directory.GetFiles(folder["export"], "*.hea").Order().ToList();
        Assert.Equal(2, records.Count);
        Assert.All(records, record => Assert.True(File.Exists(Path.ChangeExtension(record, ".atr")) && File.Exists(Path.ChangeExtension(record, ".dat"))));
        var first = WfdbAnnotations.Rhythms(WfdbAnnotations.Decode(await File.ReadAllBytesAsync(Path.ChangeExtension(records[0], ".atr"))), 1);
        Assert.Equal(["AFIB", "NOISE", "AFIB"], first.Select(span => span.Rhythm));
        Assert.Equal(10, first[1].EndSeconds - first[1].StartSeconds, 0.01);
        Assert.Equal(HttpStatusCode.NotFound, (await monitor.Client.GetAsync("/api/streams/nobody/reviews.zip")).StatusCode);
    }

    private static Task<HttpResponseMessage> PostAsync(RunningMonitor monitor, object body) => monitor.Client.PostAsJsonAsync("/api/reviews", body);

    private static async Task<ReviewStatus> MakeAsync(RunningMonitor monitor, object body)
    {
        using var answer = await PostAsync(monitor, body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<ReviewStatus>(RunningMonitor.Json))!;
    }
}
