using Mina.Model;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Host.Scoring;

/// <summary>Reads annotations in the terms of ANSI/AAMI EC57, which has five classes of beats, shutdown and fibrillation.</summary>
internal static class Ec57
{
    /// <summary>The two bits that say that neither of two signals can be read.</summary>
    private const int BothUnreadable = 0x30;

    /// <summary>The class of a beat by its code (annot(5)); null where the annotation is not a beat.</summary>
    private static BeatClass? ClassOf(int code) => code switch
    {
        1 or 2 or 3 or 25 => BeatClass.N, // normal, left, right and unspecified bundle branch block
        4 or 7 or 8 or 9 or 11 or 34 or 35 => BeatClass.S, // premature and escape beats of atria and junction
        5 or 10 or 41 => BeatClass.V, // premature, escape, R on T
        6 => BeatClass.F,
        12 or 13 or 30 or 38 => BeatClass.Q, // paced, unclassifiable, learning, paced fusion
        _ => null,
    };

    /// <summary>Whether some of the beats are paced.</summary>
    public static bool IsPaced(IEnumerable<WfdbAnnotation> annotations) => annotations.Any(a => a.Code is WfdbAnnotation.Paced or 38);

    /// <summary>The beats, shutdown and fibrillation that annotations mark; null where they mark no beat.</summary>
    /// <param name="annotations">The annotations in order of time.</param>
    /// <param name="scale">The number of ticks of the comparison for each tick of the annotations.</param>
    /// <param name="window">The distance, in ticks of the comparison, that shutdown without an end keeps from the beats around it.</param>
    public static BeatMarks? MarksOf(IReadOnlyList<WfdbAnnotation> annotations, double scale, long window)
    {
        var beats = new List<BeatMark>();
        var unreadable = new List<TickSpan>();
        var fibrillation = new List<TickSpan>();
        long? fibrillating = null;
        long last = -window;
        for (var i = 0; i < annotations.Count; i++)
        {
            var annotation = annotations[i];
            var tick = Tick(annotation);
            if (fibrillating is { } since)
            {
                // What is marked between the two is no beat.
                if (annotation.Code != WfdbAnnotation.FibrillationOff)
                    continue;
                fibrillation.Add(new TickSpan(since, tick));
                (fibrillating, last) = (null, tick);
            }
            else if (annotation.Code == WfdbAnnotation.FibrillationOn)
            {
                fibrillating = tick;
            }
            else if (IsShutdown(annotation))
            {
                unreadable.Add(i + 1 == annotations.Count ? new TickSpan(tick, long.MaxValue)
                    : annotations[i + 1] is { Code: WfdbAnnotation.Quality } end && !IsShutdown(end) ? new TickSpan(tick, Tick(end))
                    : new TickSpan(Math.Min(last + window, Tick(annotations[i + 1]) - window), Tick(annotations[i + 1]) - window));
            }
            else if (ClassOf(annotation.Code) is { } beat)
            {
                beats.Add(new BeatMark(tick, beat));
                last = tick;
            }
        }

        if (fibrillating is { } open)
            fibrillation.Add(new TickSpan(open, long.MaxValue));
        return beats.Count > 0 ? new BeatMarks([.. beats], [.. unreadable], [.. fibrillation]) : null;

        long Tick(WfdbAnnotation annotation) => scale == 1 ? annotation.Sample : (long)Math.Round(annotation.Sample * scale, MidpointRounding.AwayFromZero);
    }

    private static bool IsShutdown(WfdbAnnotation annotation) =>
        annotation.Code == WfdbAnnotation.Quality && (annotation.Subtype & BothUnreadable) == BothUnreadable;
}
