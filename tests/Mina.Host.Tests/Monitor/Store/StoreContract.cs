using Mina.Host.Monitor;
using Mina.Host.Monitor.Audit;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Reviewing;
using Mina.Host.Monitor.Store;
using Mina.Model;
using Mina.Preprocess;
using Xunit;

namespace Mina.Host.Tests.Monitor.Store;

/// <summary>What every store does. Each store has a class of its own that makes one.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private IMonitorStore _store = null!;

    public async Task InitializeAsync()
    {
        _store = Create();
        await _store.OpenAsync();
    }

    public virtual async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task What_is_written_is_read_back_in_order_of_time()
    {
        var changes = new StoreChanges();
        changes.Put(Verdict("bed", 10, null));
        changes.Put(Verdict("bed", 0, 0.25));
        changes.Put(Verdict("other", 5, 0.75));
        changes.Put(Episode("bed", 60, 90, open: true), Start);
        changes.Put(Episode("other", 0, 30, open: false), Start);
        changes.Put(Alarm("bed", AlarmKind.AF, 60) with { Acknowledged = Start.AddSeconds(70), AcknowledgedBy = "nurse 3", Signal = Start.AddYears(-20) });
        changes.Put(Alarm("bed", AlarmKind.LeadOff, 10) with { Cleared = Start.AddSeconds(20) });
        await _store.WriteAsync(changes);

        Assert.Equal([Verdict("bed", 0, 0.25).Window, Verdict("bed", 10, null).Window], await _store.VerdictsAsync("bed", Start, Start.AddHours(1)));
        Assert.Equal([Verdict("bed", 0, 0.25).Window], await _store.VerdictsAsync("bed", Start, Start.AddSeconds(10)));
        Assert.Equal([Episode("other", 0, 30, false), Episode("bed", 60, 90, true)], await _store.EpisodesAsync(null, Start, Start.AddHours(1)));
        Assert.Equal([Episode("bed", 60, 90, true)], await _store.EpisodesAsync("bed", Start.AddSeconds(89), Start.AddHours(1)));
        Assert.Empty(await _store.EpisodesAsync("bed", Start.AddSeconds(90), Start.AddHours(1)));
        Assert.Equal(changes.Alarms.Reverse(), await _store.AlarmsAsync(Start, Start.AddHours(1)));
    }

    [Fact]
    public async Task The_same_written_again_changes_nothing_and_a_later_state_replaces_an_earlier_one()
    {
        for (var i = 0; i < 2; i++)
            await Write(changes => changes.Put(Verdict("bed", 0, 0.25)), changes => changes.Put(Episode("bed", 0, 30, true), Start), changes =>
                changes.Put(Alarm("bed", AlarmKind.AF, 0)));
        await Write(changes => changes.Put(Episode("bed", 0, 60, false), Start), changes =>
            changes.Put(Alarm("bed", AlarmKind.AF, 0) with { Cleared = Start.AddSeconds(60) }));
        Assert.Single(await _store.VerdictsAsync("bed", Start, Start.AddHours(1)));
        Assert.Equal([Episode("bed", 0, 60, false)], await _store.EpisodesAsync(null, Start, Start.AddHours(1)));
        Assert.Equal(Start.AddSeconds(60), Assert.Single(await _store.AlarmsAsync(Start, Start.AddHours(1))).Cleared);
        var stored = await _store.OpenAsync();
        Assert.Empty(stored.OpenEpisodes);
        Assert.Empty(stored.OpenAlarms);
    }

    [Fact]
    public async Task A_monitor_goes_on_from_the_state_of_its_streams_and_from_what_is_open()
    {
        var (_, (state, _)) = (0, Run(40));
        await Write(
            changes => changes.Put(new StoredStream("bed", Start, 40, 250, Start.AddSeconds(50), Start.AddDays(1), state)),
            changes => changes.Put(Episode("bed", 0, 30, true), Start),
            changes => changes.Put(Alarm("unknown", AlarmKind.Stale, 5)));
        var stored = await _store.OpenAsync();
        var stream = Assert.Single(stored.Streams);
        Assert.Equal(("bed", Start, 40.0, 250.0, Start.AddSeconds(50), Start.AddDays(1)),
            (stream.Name, stream.Origin, stream.LastStart, stream.Fs, stream.LastSample, stream.Seen));
        Assert.Equal(state, stream.Episodes);
        Assert.Equal("bed", Assert.Single(stored.OpenEpisodes).Stream);
        Assert.Equal(AlarmKind.Stale, Assert.Single(stored.OpenAlarms).Kind);
    }

    [Fact]
    public async Task AF_that_is_over_and_that_nobody_acknowledged_is_found_by_the_next_run_until_a_person_has_seen_it()
    {
        var af = Alarm("bed", AlarmKind.AF, 0) with
        {
            Cleared = Start.AddSeconds(60),
            Onset = Start.AddSeconds(-30),
            Escalated = Start.AddSeconds(40),
        };
        await Write(
            changes => changes.Put(af),
            changes => changes.Put(Alarm("bed", AlarmKind.Stale, 10) with { Cleared = Start.AddSeconds(20) }),
            changes => changes.Put(Alarm("bed", AlarmKind.AF, 100)));
        // A replay knows neither the onset, nor the end, nor that it was escalated.
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.AF, 0)));
        Assert.Equal([af], (await _store.OpenAsync()).LatchedAlarms);
        Assert.Equal(Identity.ForEpisode("bed", Start.AddSeconds(-30)), af.Episode);
        await Write(changes => changes.Put(af with { Acknowledged = Start.AddHours(1), AcknowledgedBy = "nurse 3" }));
        Assert.Empty((await _store.OpenAsync()).LatchedAlarms);
    }

    [Fact]
    public async Task One_alarm_of_a_kind_and_one_episode_of_a_stream_are_open_whatever_is_written()
    {
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.Stale, 0)), changes => changes.Put(Episode("bed", 0, 30, true), Start));
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.Stale, 100)), changes => changes.Put(Alarm("bed", AlarmKind.AF, 100)), changes =>
            changes.Put(Episode("bed", 100, 130, true), Start));
        // An older one that comes later still.
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.Stale, 50)));
        var stored = await _store.OpenAsync();
        Assert.Equal(Start.AddSeconds(100), Assert.Single(stored.OpenEpisodes).Start);
        Assert.Single(stored.OpenAlarms, alarm => alarm.Kind == AlarmKind.Stale);
        Assert.All(await _store.AlarmsAsync(Start, Start.AddHours(1)), alarm => Assert.True(alarm.Cleared is null || alarm.Cleared >= alarm.Raised));
    }

    [Fact]
    public async Task What_is_older_than_the_retention_by_the_server_s_clock_is_forgotten_but_for_what_is_open()
    {
        var old = Start.AddYears(-25);
        await Write(
            // By the device's clock of long ago, and seen now; by its clock of the future, and seen long ago.
            changes => changes.Put(new StoredVerdict("bed", Verdict("bed", 0, 0.5).Window with { Start = old }, Start.AddDays(2))),
            changes => changes.Put(new StoredVerdict("bed", Verdict("bed", 0, 0.5).Window with { Start = Start.AddYears(100) }, Start)),
            changes => changes.Put(Episode("bed", 0, 30, false), Start),
            changes => changes.Put(Episode("in-af", 0, 30, true), Start),
            changes => changes.Put(new EpisodeStatus("bed", old, old.AddMinutes(1), false, 0.9), Start.AddDays(2)),
            changes => changes.Put(Alarm("gone", AlarmKind.Stale, 0)),
            changes => changes.Put(Alarm("in-af", AlarmKind.AF, 0)),
            changes => changes.Put(new StoredStream("gone", Start, 0, 250, Start.AddYears(100), Start, Episodes.Start)),
            changes => changes.Put(new StoredStream("here", old, 0, 250, old, Start.AddDays(2), Episodes.Start)),
            changes => changes.Put(new StoredStream("in-af", Start, 0, 250, Start, Start, Episodes.Start)));
        while (await _store.ForgetAsync(Start.AddDays(1), 1))
        {
        }

        Assert.Equal([old], (await _store.VerdictsAsync("bed", DateTimeOffset.MinValue.AddYears(1), Start.AddYears(200))).Select(verdict => verdict.Start));
        Assert.Equal([old, Start], (await _store.EpisodesAsync(null, old.AddYears(-1), Start.AddDays(9))).Select(episode => episode.Start));
        var stored = await _store.OpenAsync();
        Assert.Equal(["here", "in-af"], stored.Streams.Select(stream => stream.Name).Order());
        Assert.Equal(["in-af"], stored.OpenAlarms.Select(alarm => alarm.Stream));
    }

    [Fact]
    public async Task A_bed_is_kept_as_it_stands_until_long_after_its_patient_was_discharged()
    {
        var bed = new Bed("Bed 1", "Ward 3", "A. B.", "monitor-7", Start)
        {
            Pause = new BedPause(Start.AddMinutes(1), Start.AddMinutes(2), "washing"),
            Paced = true,
            AFAlarmOff = Start.AddMinutes(3),
        };
        await Write(changes => changes.Put(bed with { Unit = null, Pause = null }), changes => changes.Put(new Bed("Bed 2", null, null, "m", Start)));
        await Write(changes => changes.Put(bed));
        Assert.Equal([bed, new Bed("Bed 2", null, null, "m", Start)], (await _store.OpenAsync()).Beds);
        await Write(changes => changes.Put(bed with { Discharged = Start.AddHours(1) }));
        Assert.Equal(Start.AddHours(1), (await _store.OpenAsync()).Beds[0].Discharged);
        while (await _store.ForgetAsync(Start.AddDays(1), 1))
        {
        }

        Assert.Equal(["Bed 2"], (await _store.OpenAsync()).Beds.Select(kept => kept.Name));
    }

    [Fact]
    public async Task An_entry_of_the_audit_log_never_changes_and_goes_by_its_age_alone()
    {
        var first = new AuditEntry(Start, "Ada", AuditAction.Exported, "/api/alarms.csv", "10.0.0.7");
        var second = new AuditEntry(Start.AddMicroseconds(1), null, AuditAction.Viewed, null, null);
        await Write(changes => changes.Put(second), changes => changes.Put(first));
        await Write(changes => changes.Put(first with { Who = "Eve" }));
        Assert.Equal([first, second], await _store.AuditAsync(Start, Start.AddHours(1)));
        Assert.Equal([first], await _store.AuditAsync(Start, second.At));
        while (await _store.ForgetAsync(Start.AddDays(1), 1))
        {
        }

        while (await _store.ForgetAuditAsync(second.At, 1))
        {
        }

        Assert.Equal([second], await _store.AuditAsync(Start, Start.AddHours(1)));
    }

    [Fact]
    public async Task A_notice_is_kept_in_its_order_until_a_receiver_has_taken_it()
    {
        var first = new AlarmNotice(AlarmEventKind.Raised, Alarm("bed", AlarmKind.AF, 0));
        var second = new AlarmNotice(AlarmEventKind.Cleared, first.Alarm with { Cleared = Start.AddSeconds(9) });
        await Write(changes => changes.Put(first));
        await Write(changes => changes.Put(second), changes => changes.Put(first));
        Assert.Equal([first, second], (await _store.OpenAsync()).Undelivered);
        await Write(changes => changes.Delivered(first.Id));
        Assert.Equal([second], (await _store.OpenAsync()).Undelivered);
        var third = new EpisodeNotice("bed", Start, EpisodeStage.Began);
        await Write(changes => changes.Put(third));
        await Write(changes => changes.Put(third));
        var fourth = third with { Stage = EpisodeStage.Ended, End = Start.AddSeconds(40) };
        await Write(changes => changes.Put(fourth));
        Assert.Equal([second, third, fourth], (await _store.OpenAsync()).Undelivered);
        await Write(changes => changes.Delivered(third.Id));
        Assert.Equal([second, fourth], (await _store.OpenAsync()).Undelivered);
    }

    [Fact]
    public async Task Strips_are_kept_with_their_episode_bit_for_bit_and_looked_for_once()
    {
        await Write(changes => changes.Put(Episode("bed", 0, 30, open: true), Start), changes => changes.Put(Episode("other", 5, 30, open: false), Start));
        Assert.Equal([("bed", StripKinds.None), ("other", StripKinds.None)], await WaitingAsync());
        SampleStretch[] stretches =
        [
            new(Start.AddTicks(7), 250, [1.5f, float.NaN, float.PositiveInfinity, -0.0f, 1e-40f]), new(Start.AddSeconds(9), 300, []),
        ];
        await Write(changes => changes.Put(new Strip("bed", Start, StripKinds.Onset, stretches)));
        // An open episode's end is not due, whatever else is.
        Assert.Equal([("other", StripKinds.None)], await WaitingAsync());
        await Write(changes => changes.Put(Episode("bed", 0, 60, open: false), Start));
        Assert.Equal([("bed", StripKinds.Onset), ("other", StripKinds.None)], await WaitingAsync());
        // Without samples: they were looked for, and are gone.
        await Write(
            changes => changes.Put(new Strip("bed", Start, StripKinds.End, [])),
            changes => changes.Put(new Strip("bed", Start, StripKinds.LeastCertain, [])));
        Assert.Equal([("other", StripKinds.None)], await WaitingAsync());
        var kept = Assert.Single(await _store.StripsAsync("bed", Start));
        Assert.Equal(StripKinds.Onset, kept.Kind);
        Assert.Equal(stretches.Select(stretch => (stretch.From, stretch.Fs)), kept.Stretches.Select(stretch => (stretch.From, stretch.Fs)));
        Assert.Equal(
            stretches.SelectMany(stretch => stretch.Millivolts).Select(BitConverter.SingleToInt32Bits),
            kept.Stretches.SelectMany(stretch => stretch.Millivolts).Select(BitConverter.SingleToInt32Bits));
        while (await _store.ForgetAsync(Start.AddDays(1), 1))
        {
        }

        Assert.Empty(await _store.StripsAsync("bed", Start));
        Assert.Empty(await WaitingAsync());

        async Task<IEnumerable<(string, StripKinds)>> WaitingAsync() =>
            (await _store.WithoutStripsAsync(10)).Select(one => (one.Episode.Stream, one.Kept));
    }

    [Fact]
    public async Task A_review_is_read_back_in_the_order_in_which_it_was_made_and_never_changes()
    {
        var first = Review("bed", 0, 30, made: 100) with { Comment = "Ådams–Stokes?", Onset = Start };
        var second = Review("bed", 5, 20, made: 200) with { Verdict = ReviewVerdict.Rejected, Was = RejectedAs.Flutter, ReplacedMade = first.Made };
        var other = Review("other", 0, 30, made: 150);
        await Write(changes => changes.Put(second), changes => changes.Put(other), changes => changes.Put(first));
        await Write(changes => changes.Put(first with { Comment = "another", By = "somebody else" }));
        Assert.Equal([first, other, second], await _store.ReviewsAsync(null));
        Assert.Equal([first, second], await _store.ReviewsAsync("bed"));
        Assert.Empty(await _store.ReviewsAsync("nobody"));
        Assert.Equal((first.Id, first.Episode), (second.Replaces, Identity.ForEpisode("bed", Start)));
    }

    [Fact]
    public async Task A_review_stays_as_long_as_an_episode_in_its_span_and_as_what_it_replaces()
    {
        var late = Start.AddDays(2);
        var kept = Review("bed", 0, 30, made: 0);
        var moved = Review("bed", 5000, 5010, made: 1) with { ReplacedMade = kept.Made };
        var about = Review("bed", 7000, 7010, made: 2) with { Onset = Start };
        await Write(
            changes => changes.Put(Episode("bed", 0, 30, false), late),
            changes => changes.Put(Episode("gone", 0, 30, false), Start),
            changes => changes.Put(kept),
            changes => changes.Put(moved),
            changes => changes.Put(about),
            changes => changes.Put(Review("gone", 0, 30, made: 3)),
            changes => changes.Put(Review("bed", 60, 90, made: 4)),
            changes => changes.Put(Review("bed", 60, 90, made: 3 * 86400)));
        await ForgetAsync(Start.AddDays(1));
        Assert.Equal([0.0, 1, 2, 3 * 86400], (await _store.ReviewsAsync(null)).Select(review => (review.Made - Start).TotalSeconds));
        await ForgetAsync(Start.AddDays(3));
        // What replaces another is looked at when that one is gone.
        await ForgetAsync(Start.AddDays(3));
        Assert.Equal([3.0 * 86400], (await _store.ReviewsAsync(null)).Select(review => (review.Made - Start).TotalSeconds));

        async Task ForgetAsync(DateTimeOffset before)
        {
            while (await _store.ForgetAsync(before, 1))
            {
            }
        }
    }

    [Fact]
    public async Task A_store_that_can_be_written_passes_its_check() => await _store.CheckAsync();

    /// <summary>An empty store.</summary>
    private protected abstract IMonitorStore Create();

    private protected static (EpisodeState State, EpisodeEvent[] Events) Run(double until)
    {
        var state = Episodes.Start;
        EpisodeEvent[] events = [];
        for (var t = 0.0; t <= until; t += 5.0 / 3)
            (state, events) = Episodes.Step(
                EpisodeRules.At(0.5), state, new Verdict(t, t is > 10 and < 13 ? null : 0.9, t is > 10 and < 13 ? WindowFault.Gap : WindowFault.None));
        return (state, events);
    }

    private static StoredVerdict Verdict(string stream, double at, double? probability) =>
        new(stream, new WindowStatus(
            Start.AddSeconds(at), probability, probability is null ? "unclassifiable" : "not_af", probability is null ? "gap" : null), Start);

    private static ReviewStatus Review(string stream, double from, double to, double made) =>
        new(stream, Start.AddSeconds(from), Start.AddSeconds(to), ReviewVerdict.Confirmed, null, null, "Dr Ada Quist", Start.AddSeconds(made));

    private static EpisodeStatus Episode(string stream, double from, double to, bool open) =>
        new(stream, Start.AddSeconds(from), Start.AddSeconds(to), open, 0.875);

    [Fact]
    public async Task Of_two_times_at_which_an_alarm_was_cleared_the_earlier_counts_and_none_is_open_when_the_next_is_raised()
    {
        await _store.OpenAsync();
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.Stale, 0)));
        // Raised and cleared between two writes; the first is not known to have been cleared until later.
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.Stale, 100) with { Cleared = Start.AddSeconds(110) }));
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.Stale, 0) with { Cleared = Start.AddSeconds(150) }));
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.AF, 0) with { Cleared = Start.AddSeconds(60) }));
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.AF, 0)), changes => changes.Put(Alarm("bed", AlarmKind.AF, 0) with
        {
            Cleared = Start.AddSeconds(90),
        }));
        var alarms = await _store.AlarmsAsync(Start, Start.AddHours(1));
        Assert.Equal([60.0, 100, 110], alarms.Select(alarm => (alarm.Cleared!.Value - Start).TotalSeconds).Order());
    }

    [Fact]
    public async Task An_alarm_that_is_open_stays_open_when_a_newer_one_is_over_already()
    {
        await _store.OpenAsync();
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.AF, 100) with { Cleared = Start.AddSeconds(100) }));
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.AF, 50)));
        // What a replay says again opens nothing, and so ends nothing.
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.AF, 100)));
        Assert.Equal(Start.AddSeconds(50), Assert.Single((await _store.OpenAsync()).OpenAlarms).Raised);
        await Write(changes => changes.Put(Alarm("bed", AlarmKind.AF, 200)));
        Assert.Equal(Start.AddSeconds(200), Assert.Single((await _store.OpenAsync()).OpenAlarms).Raised);
    }

    private static AlarmStatus Alarm(string stream, AlarmKind kind, double raised) => new(stream, kind, Start.AddSeconds(raised), null, null, null);

    private Task Write(params Action<StoreChanges>[] puts)
    {
        var changes = new StoreChanges();
        foreach (var put in puts)
            put(changes);
        return _store.WriteAsync(changes);
    }
}
