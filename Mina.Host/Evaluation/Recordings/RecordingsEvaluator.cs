using Mina.Host.Classification;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;

namespace Mina.Host.Evaluation.Recordings;

/// <summary>Compares what continuous classification finds in annotated recordings with their rhythm annotations.</summary>
public static class RecordingsEvaluator
{
    /// <summary>Classifies and compares one recording after the other.</summary>
    /// <param name="entries">The recordings; one without rhythm annotations is a failure, and the rest go on.</param>
    /// <param name="read">How they are read.</param>
    /// <param name="classifier">The model.</param>
    /// <param name="options">How they are compared.</param>
    /// <param name="progress">Called after each recording with their number.</param>
    /// <param name="cancel">Stops between recordings.</param>
    /// <exception cref="ProblemException">None could be compared.</exception>
    public static RecordingsResult Run(
        IReadOnlyList<RecordingEntry> entries,
        ReadOptions read,
        RecordingClassifier classifier,
        RecordingsOptions options,
        Action<int>? progress = null,
        CancellationToken cancel = default)
    {
        var compared = new List<ComparedRecording>();
        var failures = new List<string>();
        foreach (var entry in entries)
        {
            cancel.ThrowIfCancellationRequested();
            if (Compare(entry, read, classifier, options, out var failure) is { } recording)
                compared.Add(recording);
            else
                failures.Add(failure);
            progress?.Invoke(compared.Count + failures.Count);
        }

        if (compared.Count == 0)
            throw new ProblemException($"no recording could be compared with annotations; the first of {failures.Count}: {failures[0]}");
        return new RecordingsResult(options, compared, failures);
    }

    /// <summary>Reference AF and what is excluded, of annotated rhythms.</summary>
    public static (Span[] Reference, Span[] Excluded) Reference(IReadOnlyList<RhythmSpan> rhythms, Flutter flutter)
    {
        Span[] Of(Func<string, bool> rhythm) => [.. rhythms.Where(r => rhythm(r.Rhythm)).Select(r => new Span(r.StartSeconds, r.EndSeconds))];
        static bool IsFlutter(string rhythm) => rhythm.StartsWith("AFL", StringComparison.Ordinal);
        return (
            Of(rhythm => rhythm.StartsWith("AFIB", StringComparison.Ordinal) || (flutter == Flutter.AF && IsFlutter(rhythm))),
            flutter == Flutter.Excluded ? Of(IsFlutter) : []);
    }

    private static ComparedRecording? Compare(RecordingEntry entry, ReadOptions read, RecordingClassifier classifier, RecordingsOptions options, out string failure)
    {
        failure = "";
        try
        {
            if (entry.ReadRhythms() is not { } rhythms)
            {
                failure = $"{entry.Location} has no annotations (.atr) beside it, so there is nothing to compare it with.";
                return null;
            }

            var (recording, rejection) = entry.Read(read);
            ClassifiedRecording? classified = null;
            if (recording is not null)
                (classified, rejection) = classifier.Classify(recording);
            if (classified is null)
            {
                failure = rejection!.Message;
                return null;
            }

            if (options.LearningSeconds >= classified.DurationSeconds)
            {
                failure = FormattableString.Invariant($"{entry.Location} lasts {classified.DurationSeconds:0.#} s, no longer than the learning period, so nothing of it is compared.");
                return null;
            }

            var (reference, excluded) = Reference(rhythms, options.Flutter);
            var detected = classified.Episodes.Select(e => new Span(e.StartSeconds, e.EndSeconds)).ToArray();
            var period = new Span(options.LearningSeconds, classified.DurationSeconds);
            return new ComparedRecording(classified, EpisodeComparisons.Compare(reference, detected, excluded, period, options.ShortestSeconds));
        }
        catch (ProblemException e)
        {
            failure = e.Message;
            return null;
        }
    }
}
