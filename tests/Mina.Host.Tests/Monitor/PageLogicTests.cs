using FsCheck;
using FsCheck.Xunit;
using Mina.Host.Monitor;
using Mina.Host.Monitor.Page;
using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>What the page computes before it shows anything.</summary>
public sealed class PageLogicTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Streams_stand_AF_first_then_possible_AF_then_what_needs_a_look_and_bed_2_before_bed_10()
    {
        var streams = new[]
        {
            Stream("bed-10", StreamState.Normal), Stream("bed-2", StreamState.Normal), Stream("c", StreamState.Starting),
            Stream("b", StreamState.Unclassifiable), Stream("z", StreamState.AF), Stream("a", StreamState.Stale),
            Stream("y", StreamState.PossibleAF), Stream("x", StreamState.NotMonitored),
        };

        Assert.Equal(["z", "y", "x", "a", "b", "bed-2", "bed-10", "c"], streams.Order(StreamOrder.Instance).Select(s => s.Name));
    }

    [Property]
    public bool The_order_of_names_is_the_same_from_both_sides_and_equal_only_for_the_same_name(NonNull<string> x, NonNull<string> y)
    {
        var forth = StreamOrder.ByName(x.Get, y.Get);
        return Math.Sign(forth) == -Math.Sign(StreamOrder.ByName(y.Get, x.Get)) && (forth == 0) == (x.Get == y.Get);
    }

    [Property]
    public bool The_order_of_numbered_names_is_that_of_the_numbers(uint x, uint y) =>
        Math.Sign(StreamOrder.ByName($"bed-{x}", $"bed-{y}")) == x.CompareTo(y);

    [Fact]
    public void A_column_shows_the_largest_probability_whether_it_is_AF_and_what_is_not_known()
    {
        WindowStatus[] verdicts =
        [
            At(-5, 0.2, "not_af"), At(-4, 0.4, "not_af"),
            At(5, 0.9, "af"), At(6, null, "unclassifiable"),
            At(25, null, "unclassifiable"),
            At(60, 0.5, "af"),
        ];

        var columns = HistoryColumns.Build(verdicts, Start, Start + TimeSpan.FromSeconds(40), 4);

        Assert.Equal([0.4f, 2.9f, float.NaN, -1], columns);
    }

    [Fact]
    public void Attention_in_words_names_the_heaviest_channel_and_where_in_it()
    {
        var rhythm = Enumerable.Range(0, 4).Select(_ => new float[60]).ToArray();
        (rhythm[2][6], rhythm[2][7], rhythm[2][30], rhythm[2][59]) = (0.5f, 0.4f, 0.3f, 0.2f);
        var seen = new WindowAttention(Start, 0.9, [], rhythm, [0.1f, 0.1f, 0.7f, 0.1f], []);

        Assert.Equal("Most weight, 70 %, was on frequencies of 0.5 to 50 Hz; there it looked hardest about 1.1, 5.1, 9.9 s into the window.",
            AttentionSummary.Describe(seen));
    }

    [Fact]
    public void Hints_are_filled_with_the_address_of_the_page()
    {
        var hints = new ConnectHints("replay {address}", "curl {address}/x", "pub -h {host}").At(new Uri("http://ward.local:8080/"));

        Assert.Equal(new ConnectHints("replay http://ward.local:8080", "curl http://ward.local:8080/x", "pub -h ward.local"), hints);
    }

    [Fact]
    public void Hints_know_the_broker_and_that_a_token_is_wanted()
    {
        Assert.StartsWith("mosquitto_pub -h {host} -q 1", ConnectHints.For(new MonitorOptions()).Mqtt);
        Assert.StartsWith("mosquitto_pub -h {host} -p 1884 -u mina -P TOKEN -q 1",
            ConnectHints.For(new MonitorOptions { Broker = "127.0.0.1:1884", Token = "secret" }).Mqtt);
        Assert.StartsWith("mosquitto_pub -h ward -p 1999 -q 1", ConnectHints.For(new MonitorOptions { Mqtt = "mqtt://ward:1999" }).Mqtt);
        Assert.Null(ConnectHints.For(new MonitorOptions { Broker = "" }).Mqtt);
        Assert.Contains("Bearer TOKEN", ConnectHints.For(new MonitorOptions { Token = "secret" }).Http);
    }

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0, "0 %")]
    [InlineData(0.0004, "< 0.1 %")]
    [InlineData(0.004, "0.4 %")]
    [InlineData(0.146, "15 %")]
    [InlineData(1.0, "100 %")]
    public void A_little_burden_is_not_shown_as_none(double? share, string text) => Assert.Equal(text, DisplayText.Share(share));

    [Theory]
    // Berlin: the last hour of summer time, the first of winter time, and the first hours of the next summer time.
    [InlineData("2026-10-25T00:59:59Z", "25 Oct 02:59:59")]
    [InlineData("2026-10-25T01:00:00Z", "25 Oct 02:00:00")]
    [InlineData("2026-03-29T00:59:59Z", "29 Mar 01:59:59")]
    [InlineData("2026-03-29T01:00:00Z", "29 Mar 03:00:00")]
    [InlineData("2025-12-31T23:30:00Z", "1 Jan 00:30:00")]
    [InlineData("2025-12-31T22:30:00Z", "31 Dec 2025 23:30:00")]
    [InlineData("2026-11-26T23:30:00Z", "00:30:00")]
    [InlineData("2026-11-27T12:00:00Z", "13:00:00")]
    public void A_time_reads_as_the_viewer_s_clock_did_then_with_its_date_unless_it_is_of_today(string time, string text)
    {
        var zone = Berlin();
        Assert.Equal(
            text, DisplayText.Time(zone.ToLocal(DateTimeOffset.Parse(time)), zone.ToLocal(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero))));
    }

    [Theory]
    [InlineData("2026-10-25T00:00", "2026-10-24T22:00Z")]
    [InlineData("2026-10-26T00:00", "2026-10-25T23:00Z")]
    [InlineData("2026-10-25T02:30", "2026-10-25T00:30Z")]
    public void A_day_begins_by_the_viewer_s_clock(string local, string instant) =>
        Assert.Equal(DateTimeOffset.Parse(instant), Berlin().ToInstant(DateTime.Parse(local)));

    [Fact]
    public void AF_is_listed_since_its_onset_by_the_server_s_clock_whatever_the_device_s_clock_says()
    {
        var alarm = new AlarmStatus("bed", AlarmKind.AF, Start, null, null, null, Start.AddYears(-20)) { Onset = Start.AddYears(-20).AddSeconds(-45) };
        Assert.Equal(Start.AddSeconds(-45), DisplayText.Since(alarm));
        Assert.Equal(Start, DisplayText.Since(alarm with { Onset = null }));
    }

    private static ViewerZone Berlin() => new(
    [
        new(0, 60),
        .. from time in new[] { "2025-03-30T01:00Z", "2025-10-26T01:00Z", "2026-03-29T01:00Z", "2026-10-25T01:00Z" }
           let at = DateTimeOffset.Parse(time)
           select new ViewerOffset(at.ToUnixTimeMilliseconds(), at.Month == 3 ? 120 : 60),
    ]);

    private static WindowStatus At(double seconds, double? probability, string verdict) =>
        new(Start + TimeSpan.FromSeconds(seconds), probability, verdict, null);

    private static StreamStatus Stream(string name, StreamState state) => new(name, state, null, null, [], null, null, 300, Start, Start);
}
