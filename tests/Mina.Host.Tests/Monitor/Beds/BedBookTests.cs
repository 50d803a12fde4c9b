using Mina.Host.Monitor;
using Mina.Host.Monitor.Beds;
using Mina.Host.Monitor.Store;
using Mina.Model;
using Xunit;

namespace Mina.Host.Tests.Monitor.Beds;

/// <summary>What is said of beds, and which alarms they do not raise.</summary>
public sealed class BedBookTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SettableClock _clock = new() { Now = Start };
    private readonly List<Bed> _stored = [];
    private readonly BedBook _beds;

    public BedBookTests() => _beds = new BedBook(
        changes =>
        {
            _stored.AddRange(changes.Beds);
            return Task.CompletedTask;
        },
        _clock);

    [Fact]
    public async Task A_pause_holds_what_is_raised_in_it_until_its_end_and_ends_by_itself()
    {
        await _beds.AdmitAsync(new BedEntry("Bed 1", "Ward 3", "A. B.", "monitor-7"));
        var before = Alarm(AlarmKind.AF);
        _clock.Now += TimeSpan.FromMinutes(1);
        await _beds.PauseAsync("Bed 1", "washing", _clock.Now.AddMinutes(10));
        var during = Alarm(AlarmKind.Stale);
        Assert.Equal((BedState.Paused, "washing", Start.AddMinutes(11)), (Now.State, Now.PauseReason, Now.PausedUntil!.Value));
        Assert.True(_beds.Hides(during));
        Assert.False(_beds.Hides(before));
        Assert.False(_beds.Hides(during with { Stream = "other" }));
        _clock.Now = Start.AddMinutes(11);
        Assert.Equal((BedState.Admitted, null, null), (Now.State, Now.PauseReason, Now.PausedUntil));
        Assert.False(_beds.Hides(during));
        // What a replay says again of that time is still of that time.
        Assert.True(_beds.Covers(during));
        Assert.False(_beds.Covers(Alarm(AlarmKind.Stale)));
        Assert.Equal(2, _stored.Count);
    }

    [Fact]
    public async Task A_bed_with_the_AF_alarm_off_raises_all_others()
    {
        await _beds.AdmitAsync(new BedEntry("monitor-7", AFAlarmOff: true, Paced: true));
        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.True(_beds.Hides(Alarm(AlarmKind.AF)));
        Assert.False(_beds.Hides(Alarm(AlarmKind.LeadOff)));
        var held = Alarm(AlarmKind.AF);
        await _beds.AdmitAsync(new BedEntry("monitor-7"));
        Assert.Equal((false, false), (Now.AFAlarmOff, Now.Paced));
        Assert.False(_beds.Hides(held));
    }

    [Fact]
    public async Task A_discharged_bed_raises_nothing_and_its_stream_may_feed_another()
    {
        await _beds.AdmitAsync(new BedEntry("Bed 1", null, "A. B.", "monitor-7"));
        var (unseen, technical) = (Alarm(AlarmKind.AF), Alarm(AlarmKind.LeadOff));
        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(BedRefusal.Conflict, (await _beds.AdmitAsync(new BedEntry("Bed 2", Stream: "monitor-7"))).Refusal);
        await _beds.DischargeAsync("Bed 1");
        Assert.Equal(BedState.Discharged, Now.State);
        Assert.True(_beds.Hides(Alarm(AlarmKind.AF)));
        Assert.True(_beds.Hides(technical));
        // AF that was raised before, and that nobody has acknowledged, stays.
        Assert.False(_beds.Hides(unseen));
        Assert.Equal(BedRefusal.NotFound, (await _beds.PauseAsync("Bed 1", "washing", Start.AddHours(1))).Refusal);
        await _beds.AdmitAsync(new BedEntry("Bed 2", Stream: "monitor-7"));
        Assert.Equal("Bed 2", Now.Name);
        Assert.False(_beds.Hides(Alarm(AlarmKind.AF)));
        // Somebody else lies there now.
        await _beds.AdmitAsync(new BedEntry("Bed 1", Stream: "monitor-8"));
        Assert.Null(_beds.Find("Bed 1")!.Patient);
        Assert.Equal(["Bed 1", "Bed 2"], _beds.All.Select(bed => bed.Name));
    }

    [Theory]
    [InlineData("", null, "a bed's name has 1 to 40 characters")]
    [InlineData("a/b", null, "a bed's name has 1 to 40 characters")]
    [InlineData("Bed 1", null, "is no name of a stream")]
    [InlineData("Bed\u001b1", "x", "a bed's name has 1 to 40 characters")]
    public async Task What_makes_no_sense_is_refused_in_one_sentence(string name, string? stream, string fault)
    {
        var outcome = await _beds.AdmitAsync(new BedEntry(name, Stream: stream));
        Assert.Equal((null, BedRefusal.Wrong), (outcome.Bed, outcome.Refusal));
        Assert.Contains(fault, outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(_stored);
    }

    [Theory]
    [InlineData("", 10, "a pause has a reason")]
    [InlineData("washing", -1, "a pause ends in the future")]
    [InlineData("washing", 1441, "a pause ends within 24 hours")]
    public async Task A_pause_has_a_reason_and_an_end_within_a_day(string reason, int minutes, string fault)
    {
        await _beds.AdmitAsync(new BedEntry("bed"));
        Assert.Contains(fault, (await _beds.PauseAsync("bed", reason, Start.AddMinutes(minutes))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_stored_does_not_happen()
    {
        var beds = new BedBook(_ => throw new StoreException("the disk is full"), _clock);
        await Assert.ThrowsAsync<StoreException>(() => beds.AdmitAsync(new BedEntry("bed")));
        Assert.Empty(beds.All);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("unit\nx", "it has no column 'name'")]
    [InlineData("name,ward\na,b", "there is no column 'ward'")]
    [InlineData("name,paced\na,perhaps", "line 2: paced and af_alarm_off are true or false")]
    [InlineData("name\na\n\na", "line 4: a bed of this name")]
    [InlineData("name,stream\na,x\nb,x", "line 3: a bed of this name, or of this stream")]
    [InlineData("name\na,b", "line 2 has 2 cells")]
    public void A_file_of_beds_that_is_wrong_says_where(string text, string fault) =>
        Assert.StartsWith(fault, BedFile.Read(text, out _), StringComparison.Ordinal);

    [Fact]
    public void A_file_of_beds_names_its_columns_in_any_order_and_leaves_out_what_it_does_not_need()
    {
        Assert.Null(BedFile.Read("stream;name;af_alarm_off\n m-7 ; \"Bed; 1\" ;true\n;bed-2;\n", out var beds));
        Assert.Equal([new BedEntry("Bed; 1", null, null, "m-7", AFAlarmOff: true), new BedEntry("bed-2")], beds);
    }

    private BedStatus Now => _beds.OfStream("monitor-7")!;

    private AlarmStatus Alarm(AlarmKind kind) => new("monitor-7", kind, _clock.Now, null, null, null);
}
