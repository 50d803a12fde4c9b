using Mina.Host.Monitor;
using Mina.Host.Monitor.Outputs.Fhir;
using Mina.Host.Monitor.Store;
using Mina.Model;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>What must hold of a simulated monitor, whatever happens to it.</summary>
internal sealed class MonitorOracles(MonitorSimulation run)
{
    // Beyond the rules: batches wait 50 ms, time is looked at twice a second, and a chunk has up to 2.5 s.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(3.5);

    // The store is checked every five seconds, and asked whether it is back twice a second.
    private static readonly TimeSpan Notices = TimeSpan.FromSeconds(8);

    private static readonly DateTimeOffset Never = DateTimeOffset.MaxValue.AddDays(-1);

    /// <summary>Says what does not hold.</summary>
    public void Fail(string what) =>
        throw new InvalidOperationException($"{(run.World.Now - World.Epoch).TotalSeconds:0.000} s ({run}): {what}\n{string.Join('\n', run.Lines.Lines)}");

    /// <summary>What must hold at every look.</summary>
    public void Look()
    {
        if (run.Lines.Fault is { } fault)
            Fail(fault);
        CheckStoredAlarms();
        if (run.Life is not { UpSince: { } up } life)
            return;
        foreach (var status in life.Service.Streams)
            CheckFresh(life, status);
        var listed = life.Service.Alarms;
        Require(listed.All(alarm => alarm.Open), $"listed, and not open: {string.Join(", ", listed.Where(alarm => !alarm.Open))}");
        foreach (var alarms in listed.Where(alarm => alarm.Cleared is null).GroupBy(alarm => (alarm.Stream, alarm.Kind)))
            Require(alarms.Count() == 1, $"two alarms are open: {string.Join(", ", alarms.Select(alarm => alarm.Id))}");
        // Ready is to be taken at its word. A disk that worked again for a moment, and fails again, is given its time again too.
        if (run.Disk.Failure is not null && run.Disk.Changed < run.World.Now - Notices && up < run.World.Now - Notices)
            Require(life.Service.NotReady is not null && life.Service.Warning is not null, "the store fails, and the monitor says that it is ready");
        if (run.LogFailsSince is { } since && since < run.World.Now - Notices && up < run.World.Now - Notices)
            Require(life.Service.NotReady is not null && life.Service.Warning is not null, "the log fails, and the monitor says that it is ready");
    }

    /// <summary>What must hold when everything works again.</summary>
    public void CheckReady()
    {
        Require(run.Life is { UpSince: not null }, "the monitor is not up, and nothing keeps it from it");
        var service = run.Life!.Service;
        Require(service.NotReady is null && service.Warning is null, $"everything works, and the monitor says: {service.NotReady} {service.Warning}");
        Require(run.Life.History.IsWritten, "everything works, and the history is not written");
        Require(
            service.Find("calm")!.State is StreamState.Normal or StreamState.AF or StreamState.PossibleAF or StreamState.Unclassifiable,
            $"a good stream of a monitor that works is {service.Find("calm")!.State}");
        CompareMemory(service);
    }

    /// <summary>What must hold when all is over.</summary>
    public void CheckEnd()
    {
        CheckReadyAgain();
        var service = run.Life!.Service;
        CompareMemory(service);
        var alarms = run.Disk.Content.AlarmsAsync(DateTimeOffset.MinValue, Never).Result;
        Require(
            service.Alarms.All(alarm => alarm.Kind == AlarmKind.Stale || (alarm is { Kind: AlarmKind.AF, Cleared: not null, Acknowledged: null })),
            $"open at the end: {string.Join(", ", service.Alarms.Select(alarm => alarm.Id))}");
        foreach (var (stream, sequence, first) in run.Acknowledged)
        {
            Require(
                run.Recorded.Chunks.Any(one => one.Stream == stream && one.Chunk.Sequence == sequence && one.Chunk.FirstSample == first),
                $"chunk {sequence} of {stream} was acknowledged, and is not in the log");
        }

        foreach (var stream in run.Recorded.Chunks.Select(chunk => chunk.Stream).Distinct())
            new StreamOracle(run, stream).Check();
        if (run.Disk.Losses > 0)
            return;
        foreach (var alarm in alarms)
        {
            Require(alarm.Kind != AlarmKind.AF || alarm.Episode is not null, $"{alarm.Id} does not know its episode");
            Require(
                alarm is not { Kind: AlarmKind.AF, Acknowledged: null } || service.Alarms.Any(listed => listed.Id == alarm.Id),
                $"nobody has acknowledged {alarm.Id}, and it is not listed");
            Require(!run.Seen.Contains(alarm.Id) || alarm.AcknowledgedBy == "nurse", $"a person acknowledged {alarm.Id}, and it was forgotten");
            Require(run.Received.Contains(new AlarmNotice(AlarmEventKind.Raised, alarm).Id), $"nobody received that {alarm.Id} was raised");
            Require(
                alarm.Cleared is null || run.Received.Contains(new AlarmNotice(AlarmEventKind.Cleared, alarm).Id),
                $"nobody received that {alarm.Id} was cleared");
        }

        foreach (var episode in run.Disk.Content.EpisodesAsync(null, DateTimeOffset.MinValue, Never).Result.Where(episode => !episode.Open))
        {
            var known = run.AtServer.GetValueOrDefault(episode.Id);
            Require(known == $"final {FhirJson.Time(episode.End)}", $"the FHIR server has of {episode.Id}, which ended {episode.End:O}: {known}");
        }

        // While the store fails, alarms are told before they are stored, and a process killed then tells them again.
        if (run.Disk.Failed == 0)
        {
            var twice = run.Told.GroupBy(id => id).Where(ids => ids.Count() > 1).Select(ids => ids.Key).ToList();
            Require(twice.Count == 0, $"told twice: {string.Join(", ", twice)}");
        }
    }

    private static bool IsOpen(AlarmStatus alarm) => alarm.Cleared is null;

    private static bool IsListed(AlarmStatus alarm) => alarm.Open;

    private void CheckReadyAgain()
    {
        Require(run.Life is { UpSince: not null }, "the monitor is not up at the end");
        Require(run.Life!.Service.NotReady is null, $"the monitor is not ready at the end: {run.Life.Service.NotReady}");
    }

    private void CheckFresh(MonitorLife life, StreamStatus status)
    {
        if (status.State == StreamState.Starting)
            CheckStart(life, status);
        if (status.State is not (StreamState.Normal or StreamState.PossibleAF or StreamState.AF or StreamState.Unclassifiable))
            return;
        var now = run.World.Now;
        var seen = life.Service.Streaming.Find(status.Name)!.Last.Value.Seen;
        Require(now - seen <= run.Options.MaxVerdictAge + Slack, $"{status.Name} is {status.State} by a verdict of {(now - seen).TotalSeconds:0.0} s ago");
        Require(
            run.LastOffered.TryGetValue(status.Name, out var offered) && now - offered <= run.Options.MaxVerdictAge + Slack,
            $"{status.Name} is {status.State}, and nothing came of it for {(now - offered).TotalSeconds:0.0} s");
    }

    private void CheckStart(MonitorLife life, StreamStatus status)
    {
        var stream = life.Service.Streaming.Find(status.Name)!;
        var since = stream.Came > stream.Resumed ? stream.Came : stream.Resumed;
        var waited = run.World.Now - since;
        Require(waited <= run.Options.MaxVerdictAge + Slack, $"{status.Name} has been starting for {waited.TotalSeconds:0.0} s");
    }

    private void CheckStoredAlarms()
    {
        foreach (var alarms in run.Disk.Content.AlarmsAsync(DateTimeOffset.MinValue, Never).Result.GroupBy(alarm => (alarm.Stream, alarm.Kind)))
        {
            Require(alarms.Count(IsOpen) <= 1, $"two alarms are open in the store: {string.Join(", ", alarms.Where(IsOpen).Select(alarm => alarm.Id))}");
            AlarmStatus? before = null;
            foreach (var alarm in alarms)
            {
                Require(alarm.Cleared is null || alarm.Cleared >= alarm.Raised, $"{alarm.Id} was cleared before it was raised");
                Require(before?.Cleared is null || before.Cleared <= alarm.Raised, $"{before?.Id} was open when {alarm.Id} was raised");
                before = alarm;
            }
        }
    }

    private void CompareMemory(MonitorService service)
    {
        var stored = run.Disk.Content.AlarmsAsync(DateTimeOffset.MinValue, Never).Result.Where(IsListed).Select(Describe).Order();
        var shown = service.Alarms.Select(Describe).Order();
        Require(shown.SequenceEqual(stored), $"open alarms: memory {string.Join(", ", shown)}, store {string.Join(", ", stored)}");
        var kept = run.Disk.Content.EpisodesAsync(null, DateTimeOffset.MinValue, Never).Result
            .Where(episode => episode.Open).Select(episode => episode.Id).Order();
        var known = service.Streaming.Streams.Where(stream => stream.Value.Open.IsSome)
            .Select(stream => Identity.ForEpisode(stream.Key, StoreTime.Truncate(stream.Value.Open.Value.Start))).Order();
        Require(known.SequenceEqual(kept), $"open episodes: memory {string.Join(", ", known)}, store {string.Join(", ", kept)}");
    }

    private static string Describe(AlarmStatus alarm) => $"{alarm.Id} {alarm.AcknowledgedBy}";

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
            Fail(otherwise);
    }
}
