using System.Diagnostics.CodeAnalysis;
using System.Reactive.Linq;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Ingest;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Classification;

/// <summary>
/// Classifies recordings as they lie in files. A long one is read once, in pieces: while one thread reads, finds beats and cuts windows, others
/// classify them. A few groups of windows are in memory, and of what came before only beats and verdicts.
/// </summary>
internal static class EntryClassifier
{
    private const int PieceSamples = 1 << 14;

    /// <summary>Classifies a recording; the result is that of <see cref="Detector.TryClassify"/> for the whole recording.</summary>
    /// <param name="entry">The recording.</param>
    /// <param name="detector">Classifies it.</param>
    /// <param name="read">How it is read.</param>
    /// <param name="threads">How many threads a long recording may use; on one, all happens on the caller's.</param>
    /// <param name="classified">Its classification; null where it cannot be used.</param>
    /// <param name="rejection">Why it cannot be used; null where it was classified.</param>
    public static bool TryClassify(
        RecordingEntry entry,
        Detector detector,
        ReadOptions read,
        int threads,
        [NotNullWhen(true)] out ClassifiedRecording? classified,
        [NotNullWhen(false)] out Rejection? rejection)
    {
        var (reader, refused) = entry.Open(read);
        if (reader is null)
        {
            (classified, rejection) = (null, refused!);
            return false;
        }

        using (reader)
            return TryClassify(entry, reader, detector, threads, out classified, out rejection);
    }

    /// <summary>Classifies an open recording.</summary>
    /// <param name="entry">The recording.</param>
    /// <param name="reader">A reader of this recording that has read nothing yet; it stays open.</param>
    /// <param name="detector">Classifies it.</param>
    /// <param name="threads">How many threads a long recording may use; on one, all happens on the caller's.</param>
    /// <param name="classified">Its classification; null where it cannot be used.</param>
    /// <param name="rejection">Why it cannot be used; null where it was classified.</param>
    public static bool TryClassify(
        RecordingEntry entry,
        RecordingReader reader,
        Detector detector,
        int threads,
        [NotNullWhen(true)] out ClassifiedRecording? classified,
        [NotNullWhen(false)] out Rejection? rejection)
    {
        var facts = new RecordingFacts(entry.Id, reader.Lead.Fs, reader.Length)
        {
            Lead = reader.Lead.Name,
            Unit = reader.Lead.Unit,
            Source = entry.Location,
        };
        if (facts.IsLong)
            return TryClassifyLong(entry, reader, detector, new LongRecording(facts, detector.Info.Preprocessing), threads, out classified, out rejection);
        var (recording, unreadable) = entry.ReadWhole(reader);
        if (recording is not null)
            return detector.TryClassify(recording, out classified, out rejection);
        (classified, rejection) = (null, unreadable!);
        return false;
    }

    private static bool TryClassifyLong(
        RecordingEntry entry,
        RecordingReader reader,
        Detector detector,
        LongRecording recording,
        int threads,
        [NotNullWhen(true)] out ClassifiedRecording? classified,
        [NotNullWhen(false)] out Rejection? rejection)
    {
        classified = null;
        if ((rejection = recording.Refusal) is not null)
            return false;
        var windows = new List<Verdict>();
        Rejection? found = null;
        try
        {
            if (threads == 1)
            {
                foreach (var group in Groups())
                    windows.AddRange(detector.Judge(group));
            }
            else
            {
                Groups().SelectOrdered(() => detector, (judge, group) => judge.Judge(group), threads, threads + 2)
                    .ForEachAsync(windows.AddRange).GetAwaiter().GetResult();
            }
        }
        catch (IOException e)
        {
            found = entry.Unreadable(e);
        }

        if ((rejection = found) is not null)
            return false;
        classified = detector.Conclude(recording, windows);
        return true;

        IEnumerable<WindowGroup> Groups()
        {
            foreach (var piece in ReaderPieces.Read(reader, PieceSamples))
            {
                foreach (var group in recording.Push(piece.Span)) yield return group;
            }

            found = recording.Finish(out var last);
            foreach (var group in last) yield return group;
        }
    }
}
