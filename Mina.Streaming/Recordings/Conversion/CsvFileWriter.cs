using System.Globalization;
using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Conversion;

/// <summary>Writes a recording as CSV: a time column in seconds and a column in mV a lead; rhythms in a table of their own beside it.</summary>
internal static class CsvFileWriter
{
    private const int BlockSamples = 4096;

    /// <summary>Writes the files.</summary>
    /// <param name="leads">The leads; those of another sampling frequency than the first one's are an error.</param>
    /// <param name="path">The file.</param>
    /// <param name="rhythms">The rhythms; null: none are annotated.</param>
    /// <exception cref="ProblemException">The leads have different sampling frequencies.</exception>
    public static void Write(OpenLeads leads, string path, IReadOnlyList<RhythmSpan>? rhythms)
    {
        var fs = leads.Readers[0].Lead.Fs;
        if (leads.Readers.Any(reader => reader.Lead.Fs != fs))
            throw new ProblemException("the leads have different sampling frequencies, which one table cannot hold: name one lead with --lead.");
        var length = leads.Readers.Max(reader => reader.Length);
        WholeFile.Write(path, file =>
        {
            using var text = new StreamWriter(file, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            text.WriteLine("time_s," + string.Join(',', leads.Readers.Select((reader, i) => $"{NameOf(reader.Lead.Name, i)} (mV)")));
            var block = leads.Readers.Select(_ => new float[BlockSamples]).ToArray();
            for (long at = 0; at < length; at += BlockSamples)
            {
                var count = (int)Math.Min(BlockSamples, length - at);
                for (var lead = 0; lead < block.Length; lead++) leads.Read(lead, block[lead].AsSpan(0, count));
                for (var i = 0; i < count; i++)
                {
                    text.Write(Math.Round((at + i) / fs, 9).ToString(CultureInfo.InvariantCulture));
                    foreach (var samples in block)
                    {
                        text.Write(',');
                        if (float.IsFinite(samples[i])) text.Write(samples[i].ToString(CultureInfo.InvariantCulture));
                    }

                    text.WriteLine();
                }
            }
        });
        if (rhythms is null) return;
        var rows = rhythms.Select(rhythm => string.Create(
            CultureInfo.InvariantCulture, $"{rhythm.StartSeconds},{Math.Min(rhythm.EndSeconds, leads.Seconds)},{rhythm.Rhythm}\n"));
        // The name does not end with .csv, because the table is no recording.
        WholeFile.Write(Path.ChangeExtension(path, ".rhythms.txt"), Encoding.UTF8.GetBytes("start_s,end_s,rhythm\n" + string.Concat(rows)));
    }

    private static string NameOf(string lead, int index)
    {
        var name = string.Concat(lead.Where(c => c is not (',' or ';' or '\t' or '"' or '(' or ')'))).Trim();
        return name.Length == 0 ? $"ECG{index + 1}" : name;
    }
}
