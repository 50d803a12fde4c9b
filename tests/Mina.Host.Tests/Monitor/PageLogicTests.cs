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

    [Fact]
    public void AF_is_listed_since_its_onset_by_the_server_s_clock_whatever_the_device_s_clock_says()
    {
        var alarm = new AlarmStatus("bed", AlarmKind.AF, Start, null, null, null, Start.AddYears(-20)) { Onset = Start.AddYears(-20).AddSeconds(-45) };
        Assert.Equal(Start.AddSeconds(-45), DisplayText.Since(alarm));
        Assert.Equal(Start, DisplayText.Since(alarm with { Onset = null }));
    }

    [Fact]
    public void AF_stands_above_technical_alarms_fast_AF_above_other_AF_and_what_a_stream_left_unseen_is_one_entry()
    {
        AlarmStatus Alarm(string stream, AlarmKind kind, double raised, double? cleared = null, bool seen = false, bool fast = false) =>
            new(stream, kind, Start.AddSeconds(raised), seen ? Start.AddSeconds(raised) : null, seen ? "nurse" : null,
                cleared is { } end ? Start.AddSeconds(end) : null)
            { IsFast = fast };

        var groups = AlarmGroup.Arrange(
        [
            Alarm("a", AlarmKind.Stale, 900), Alarm("b", AlarmKind.AF, 0, seen: true), Alarm("c", AlarmKind.AF, 10, 60), Alarm("c", AlarmKind.AF, 100, 160),
            Alarm("d", AlarmKind.AF, 5), Alarm("e", AlarmKind.AF, 1, fast: true), Alarm("f", AlarmKind.LeadOff, 3, seen: true),
        ]);

        Assert.Equal(["e", "d", "c", "b", "a", "f"], groups.Select(group => group.First.Stream));
        Assert.Equal(Start.AddSeconds(100), groups[2].First.Raised);
        Assert.Equal([Start.AddSeconds(10)], groups[2].Others.Select(alarm => alarm.Raised));
        Assert.Equal(
            [AlarmPriority.High, AlarmPriority.Medium, AlarmPriority.Low],
            groups.Select(group => group.First.Priority).Distinct());
    }

    [Fact]
    public void A_list_goes_on_after_the_last_item_of_its_page_whatever_comes_and_goes()
    {
        var ids = Enumerable.Range(0, 5).Select(i => Identity.ForEpisode("bed", Start.AddMinutes(i))).ToList();
        var (first, next) = ListFilter.Page(ids, id => id, null, 2);
        Assert.Equal([ids[4], ids[3]], first);
        var later = ids.Where(id => id != next).Append(Identity.ForEpisode("bed", Start.AddHours(1)));
        Assert.Equal([ids[2], ids[1]], ListFilter.Page(later, id => id, next, 2).Items);
        Assert.Null(ListFilter.Page(ids, id => id, ids[2], 2).Next);
    }

    [Theory]
    [InlineData(null, null, null, null, "/alarms")]
    [InlineData("bed 7", "AF", "30", "true", "/alarms?stream=bed%207&kind=AF&days=30&unacknowledged=true")]
    [InlineData("", "nonsense", "9", "perhaps", "/alarms")]
    public void A_filter_stands_in_the_address(string? stream, string? kind, string? days, string? unacknowledged, string address) =>
        Assert.Equal(address, ListFilter.Read(stream, kind, days, unacknowledged).Address("/alarms"));

    [Theory]
    [InlineData(25, 60, 9)]
    [InlineData(12.5, 60, 5)]
    [InlineData(50, 60, 9)]
    [InlineData(25, 3, 1)]
    public void A_strip_fits_on_a_sheet_and_a_second_is_as_long_as_its_speed_says(double speed, double seconds, int rows)
    {
        var paper = new StripPaper(Start, TimeSpan.FromSeconds(seconds), speed, 10);
        Assert.Equal(rows, paper.Rows);
        Assert.True(paper.Height < 225, $"{paper.Height} mm");
        Assert.Equal(speed, paper.At(0, Start.AddSeconds(1)), 6);
        Assert.Equal(0, paper.At(1, paper.StartOf(1)), 6);
        var samples = new SampleStretch(Start, 10, [0, 1, float.NaN, 0.5f]);
        Assert.StartsWith($"M0 12.5L{StripPaper.Number(speed / 10)} 2.5M", paper.Trace(0, [samples], 0), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.0, 10)]
    [InlineData(1.7, 10)]
    [InlineData(2.4, 5)]
    [InlineData(-2.0, 5)]
    [InlineData(9.0, 2.5)]
    public void Beats_too_tall_for_a_strip_are_drawn_at_half_or_a_quarter_of_the_gain(double peak, double gain)
    {
        var samples = Enumerable.Range(0, 3000).Select(i => i % 300 < 15 ? (float)peak : 0).ToArray();
        Assert.Equal(gain, StripPaper.Fit([new SampleStretch(Start, 300, samples)], 10));
        Assert.Equal(10, StripPaper.Fit([new SampleStretch(Start, 300, [float.NaN])], 10));
    }

    [Theory]
    [InlineData(45, "45 s")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(3600, "1 h")]
    [InlineData(9000, "2 h 30 min")]
    [InlineData(100_000, "1 d 3 h")]
    [InlineData(-3, "0 s")]
    public void A_duration_has_its_two_largest_units(double seconds, string text) =>
        Assert.Equal(text, DisplayText.Duration(TimeSpan.FromSeconds(seconds)));

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
