using Mina.Model;
using Mina.Model.Streams;
using Mina.Preprocess;

namespace Mina.Fuzz;

/// <summary>What must hold of all that comes out of a stream, whatever went in.</summary>
internal sealed class StreamOracle
{
    private readonly HashSet<AlarmKind> _active = [];
    private DateTimeOffset? _origin;
    private double _lastStart;
    private StreamEpisode? _open;
    private DateTimeOffset _lastEnd;

    /// <summary>Checks what came out, in its order.</summary>
    /// <exception cref="FuzzException">Something does not hold.</exception>
    public void Check(IEnumerable<StreamOutput> outputs)
    {
        foreach (var output in outputs)
        {
            switch (output)
            {
                case StreamOutput.Judged judged:
                    Check(judged.Item);
                    break;
                case StreamOutput.Episode episode:
                    Check(episode.Item);
                    break;
                case StreamOutput.Alarm alarm:
                    Check(alarm.Item);
                    break;
            }
        }
    }

    private void Check(StreamVerdict judged)
    {
        var verdict = judged.Verdict;
        FuzzException.ThrowUnless(verdict.Probability is null or (>= 0 and <= 1), "a probability lies in 0 to 1");
        if (judged.Origin == _origin)
        {
            FuzzException.ThrowUnless(verdict.StartSeconds > _lastStart, "starts increase");
        }
        else
        {
            FuzzException.ThrowUnless(_open is null, "no episode goes on into another origin");
            (_origin, _lastEnd) = (judged.Origin, DateTimeOffset.MinValue);
        }

        _lastStart = verdict.StartSeconds;
    }

    private void Check(StreamEpisode episode)
    {
        FuzzException.ThrowUnless(episode.MeanProbability is >= 0 and <= 1, "an episode's mean is a probability");
        FuzzException.ThrowUnless(episode.End >= episode.Start, "an episode ends after its start");
        if (episode.Kind == EpisodeEventKind.Opened)
        {
            FuzzException.ThrowUnless(_open is null && episode.Start >= _lastEnd, "episodes are disjoint");
            _open = episode;
            return;
        }

        FuzzException.ThrowUnless(_open is not null && _open.Start == episode.Start, "an episode is extended and closed by its start");
        (_open, _lastEnd) = episode.Kind == EpisodeEventKind.Closed ? (null, episode.End) : (episode, _lastEnd);
    }

    private void Check(AlarmEvent alarm)
    {
        FuzzException.ThrowUnless(alarm.At >= alarm.Alarm.Raised, "nothing happens to an alarm before it is raised");
        var kind = alarm.Alarm.Kind;
        FuzzException.ThrowUnless(alarm.Kind == AlarmEventKind.Raised ? _active.Add(kind) : _active.Contains(kind), "an alarm of a kind is open once");
        if (alarm.Kind == AlarmEventKind.Cleared)
            _active.Remove(kind);
    }
}
