using System.Diagnostics.CodeAnalysis;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats;

namespace Mina.Host.Classification;

/// <summary>
/// Classifies recordings as they lie in files. Of a long one only the samples at 300 Hz are ever in memory: a day of them takes 104 MB.
/// </summary>
internal static class EntryClassifier
{
    private const int PieceSamples = 1 << 14;

    /// <summary>Classifies a recording; the result is that of <see cref="Detector.TryClassify"/> for the whole recording.</summary>
    /// <param name="entry">The recording.</param>
    /// <param name="detector">Classifies it.</param>
    /// <param name="read">How it is read.</param>
    /// <param name="classified">Its classification; null where it cannot be used.</param>
    /// <param name="rejection">Why it cannot be used; null where it was classified.</param>
    public static bool TryClassify(
        RecordingEntry entry,
        Detector detector,
        ReadOptions read,
        [NotNullWhen(true)] out ClassifiedRecording? classified,
        [NotNullWhen(false)] out Rejection? rejection)
    {
        classified = null;
        var (reader, refused) = entry.Open(read);
        if (reader is null)
        {
            rejection = refused!;
            return false;
        }

        using (reader)
        {
            // One that is too long to be read is refused in a sentence where it is read whole.
            if (reader.Length is > 0 and <= RecordingEntry.MaxSamples && reader.Length / reader.Lead.Fs > Preprocessor.LongSeconds)
            {
                if (!TryPrepare(entry, reader, out var prepared, out rejection))
                    return false;
                classified = detector.ClassifyPrepared(prepared);
                return true;
            }

            var (recording, unreadable) = entry.ReadWhole(reader);
            if (recording is not null)
                return detector.TryClassify(recording, out classified, out rejection);
            rejection = unreadable!;
            return false;
        }
    }

    private static bool TryPrepare(
        RecordingEntry entry, RecordingReader reader, [NotNullWhen(true)] out PreparedRecording? prepared, [NotNullWhen(false)] out Rejection? rejection)
    {
        prepared = null;
        var preparation = new RecordingPreparation(entry.Id, reader.Lead.Fs, reader.Length);
        if ((rejection = preparation.Refusal) is not null)
            return false;
        var (samples, pieces, at) = (new float[preparation.PreparedLength], new List<float>(), 0);
        try
        {
            ReaderPieces.Read(reader, PieceSamples, piece =>
            {
                preparation.Push(piece, pieces);
                Move();
            });
        }
        catch (IOException e)
        {
            rejection = entry.Unreadable(e);
            return false;
        }

        rejection = preparation.Finish(pieces);
        Move();
        if (rejection is not null)
            return false;
        prepared = new PreparedRecording(entry.Id, reader.Lead.Fs, reader.Length, samples)
        {
            Lead = reader.Lead.Name,
            Unit = reader.Lead.Unit,
            Source = entry.Location,
        };
        return true;

        void Move()
        {
            pieces.CopyTo(samples, at);
            at += pieces.Count;
            pieces.Clear();
        }
    }
}
