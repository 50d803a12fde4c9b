using Mina.Host.Monitor;
using Mina.Host.Monitor.Store;
using Mina.Host.Monitor.Streams;
using Mina.Model;
using Mina.Preprocess;

namespace Mina.Host.Tests.Monitor.Simulation;

/// <summary>One stream of a simulated monitor against the plain fold over what its log has ever had.</summary>
internal sealed class StreamOracle
{
    private readonly MonitorSimulation _run;
    private readonly string _stream;
    private readonly List<StreamVerdict> _verdicts = [];
    private readonly Dictionary<string, EpisodeStatus> _episodes = [];
    private readonly Dictionary<string, AlarmStatus> _alarms = [];

    public StreamOracle(MonitorSimulation run, string stream)
    {
        (_run, _stream) = (run, stream);
        var tools = new CutterTools(new CutterOptions { KeptSeconds = run.Options.KeptSeconds });
        var rules = run.Options.RulesAt(run.Options.Threshold!.Value, null);
        var (value, batch, rows) = (StreamFold.Start, new SegmentBatch(1) { Count = 1 }, new Segments());
        rows.Resize(1);
        foreach (var chunk in run.Recorded.Chunks.Where(chunk => chunk.Stream == stream))
            Step(chunk.Arrived, StreamEvent.NewChunk(chunk.Chunk));
        Step(value.Clock.AddMinutes(10), StreamEvent.Tick);

        void Step(DateTimeOffset at, StreamEvent happened)
        {
            var (next, outputs) = StreamFold.Step(rules, tools, value, at, happened);
            value = next;
            foreach (var output in outputs)
                Take(output);
            foreach (var question in outputs.OfType<StreamOutput.Classify>())
            {
                tools.Segment(question.Item, rows, 0);
                batch.Set(0, rows, 0);
                Step(at, StreamEvent.NewAnswer(question.Item.Number, Devices.Predict(batch)[0]));
            }
        }
    }

    /// <summary>Compares what is stored with what the fold says.</summary>
    public void Check()
    {
        var before = _verdicts.FirstOrDefault();
        foreach (var verdict in _verdicts.Skip(1))
        {
            Require(
                before!.Origin != verdict.Origin || before.Verdict.StartSeconds < verdict.Verdict.StartSeconds,
                $"the verdict of {verdict.Verdict.StartSeconds} s follows that of {before.Verdict.StartSeconds} s");
            before = verdict;
        }

        // What was shown without being on disk may have been forgotten with a process, or be known by nobody but this store.
        if (_run.WasUnlogged)
            return;
        var expected = _verdicts.ToLookup(verdict => StoreTime.Truncate(verdict.Start)).ToDictionary(
            at => at.Key, at => (at.Last().Verdict.Probability, WindowFaults.Describe(at.Last().Verdict.Fault)));
        var stored = _run.Disk.Content.VerdictsAsync(_stream, DateTimeOffset.MinValue, DateTimeOffset.MaxValue.AddDays(-1)).Result;
        foreach (var verdict in stored)
        {
            Require(expected.TryGetValue(verdict.Start, out var due), $"nothing acknowledged makes the verdict {verdict}");
            Require(
                due == (verdict.Probability, verdict.Reason) || (_run.ClassifierFailures > 0 && verdict.Probability is null),
                $"{due} is due, and stored is {verdict}");
        }

        if (_run.Disk.Losses > 0)
            return;
        var missing = expected.Keys.Except(stored.Select(verdict => verdict.Start)).Order().ToList();
        Require(missing.Count == 0, $"{missing.Count} of {expected.Count} verdicts are missing, the first at {missing.FirstOrDefault():O}");
        if (_run.ClassifierFailures == 0)
            CheckFindings();
    }

    private void CheckFindings()
    {
        var episodes = _run.Disk.Content.EpisodesAsync(_stream, DateTimeOffset.MinValue, DateTimeOffset.MaxValue.AddDays(-1)).Result;
        Require(
            episodes.OrderBy(one => one.Id).SequenceEqual(_episodes.Values.OrderBy(one => one.Id)),
            $"due are the episodes {string.Join(", ", _episodes.Values)}, stored are {string.Join(", ", episodes)}");
        var alarms = _run.Disk.Content.AlarmsAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue.AddDays(-1)).Result
            .Where(alarm => alarm.Stream == _stream && alarm.Kind is AlarmKind.AF or AlarmKind.LeadOff && alarm.Stream == _stream)
            .Select(Plain).Order().ToList();
        var due = _alarms.Values.Select(Plain).Order().ToList();
        Require(alarms.SequenceEqual(due), $"due are the alarms {string.Join(", ", due)}, stored are {string.Join(", ", alarms)}");
    }

    private static string Plain(AlarmStatus alarm) => $"{alarm.Id} {alarm.Cleared:O} {alarm.Signal:O} {alarm.Onset:O}";

    private void Take(StreamOutput output)
    {
        switch (output)
        {
            case StreamOutput.Judged { Item: { } verdict }:
                _verdicts.Add(verdict);
                break;
            case StreamOutput.Episode { Item: { } found }:
                var episode = StreamStatuses.EpisodeOf(_stream, found);
                _episodes[episode.Id] = episode with { End = StoreTime.Truncate(episode.End) };
                break;
            case StreamOutput.Alarm { Item: var happened } when happened.Alarm.Kind is AlarmKind.AF or AlarmKind.LeadOff:
                var cleared = happened.Kind == AlarmEventKind.Cleared ? (DateTimeOffset?)StoreTime.Truncate(happened.At) : null;
                var alarm = StreamStatuses.AlarmOf(_stream, happened.Alarm, cleared);
                _alarms[alarm.Id] = alarm with { Signal = alarm.Signal is { } signal ? StoreTime.Truncate(signal) : null };
                break;
        }
    }

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException($"{_stream} ({_run}): {otherwise}\n{string.Join('\n', _run.Lines.Lines)}");
    }
}
