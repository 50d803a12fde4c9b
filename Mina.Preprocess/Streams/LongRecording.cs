using System.Runtime.InteropServices;
using Mina.Preprocess.Beats;

namespace Mina.Preprocess.Streams;

/// <summary>
/// Takes a long recording in pieces, and makes of it what a verdict needs: its windows in groups, each with the samples that it depends on, and
/// its beats. In memory are the last 60 s and a group, however long the recording is.
/// </summary>
/// <param name="facts">What is known of the recording.</param>
/// <param name="settings">The settings of windows and stride.</param>
public sealed class LongRecording(RecordingFacts facts, PreprocessSettings settings)
{
    /// <summary>The number of windows in a group: enough that what they share is copied seldom, and few enough for many threads at once.</summary>
    public const int GroupWindows = 32;

    private const int Trailing = Preprocessor.LiveSeconds * Shapes.Fs;

    private readonly RecordingPreparation _preparation = new(facts.Id, facts.Fs, facts.Length);
    private readonly BeatDetector _detector = new();
    private readonly List<Beat> _beats = [];
    private readonly List<float> _prepared = [];
    private long _first;
    private long _start;

    /// <summary>What is known of the recording.</summary>
    public RecordingFacts Facts => facts;

    /// <summary>Why the recording cannot be used, by its frequency and length alone; null: that is not known yet.</summary>
    public Rejection? Refusal => _preparation.Refusal;

    /// <summary>The beats so far, in order of time; after <see cref="Finish"/> all beats.</summary>
    public IReadOnlyList<Beat> Beats => _beats;

    /// <summary>Takes the next samples, and returns the groups of windows that they complete.</summary>
    /// <param name="samples">In mV; those that are not finite are missing.</param>
    public IReadOnlyList<WindowGroup> Push(ReadOnlySpan<float> samples)
    {
        var from = _prepared.Count;
        _preparation.Push(samples, _prepared);
        FindBeats(from);
        return Groups(GroupWindows);
    }

    /// <summary>Ends the recording.</summary>
    /// <param name="groups">The last groups of windows.</param>
    /// <returns>Null when the recording can be used; else why it cannot.</returns>
    public Rejection? Finish(out IReadOnlyList<WindowGroup> groups)
    {
        var from = _prepared.Count;
        var rejection = _preparation.Finish(_prepared);
        FindBeats(from);
        _detector.Finish(_beats);
        groups = Groups(atLeast: 1);
        return rejection;
    }

    private void FindBeats(int from) => _detector.Push(CollectionsMarshal.AsSpan(_prepared)[from..], _beats);

    private List<WindowGroup> Groups(int atLeast)
    {
        var groups = new List<WindowGroup>();
        for (; ; )
        {
            var whole = _first + _prepared.Count - _start - settings.Window;
            var count = whole < 0 ? 0 : (int)Math.Min(GroupWindows, (whole / settings.StrideNotAF) + 1);
            if (count < atLeast)
                return groups;
            var end = _start + ((count - 1) * settings.StrideNotAF) + settings.Window;
            groups.Add(new WindowGroup(CollectionsMarshal.AsSpan(_prepared)[..(int)(end - _first)].ToArray(), _first, _start, count));
            _start += count * settings.StrideNotAF;
            // The first window of the next group looks back furthest.
            var needed = Math.Max(0, _start + settings.Window - Trailing);
            _prepared.RemoveRange(0, (int)(needed - _first));
            _first = needed;
        }
    }
}
