using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Files;

namespace Mina.Streaming.Recordings.Conversion;

/// <summary>
/// Writes a recording as EDF+C (Kemp and Olivan 2003): samples of 16 bits, rhythms as annotations <c>(AFIB</c> with their durations. The format has
/// no missing samples: they are written as 0 mV, and an annotation says where they are.
/// </summary>
internal static class EdfFileWriter
{
    private const int MaxRecordBytes = 61_440;
    private const string Missing = "Samples missing";

    /// <summary>Writes the file.</summary>
    /// <param name="leads">The leads.</param>
    /// <param name="path">The file.</param>
    /// <param name="rhythms">The rhythms; null: none are annotated.</param>
    /// <exception cref="ProblemException">A sampling frequency has no data record that holds a whole number of samples.</exception>
    public static void Write(OpenLeads leads, string path, IReadOnlyList<RhythmSpan>? rhythms)
    {
        var scales = LeadScale.Find(leads).Select(Fitted).ToArray();
        var (seconds, perRecord) = RecordOf([.. leads.Readers.Select(reader => reader.Lead.Fs)]);
        var records = leads.Readers.Select((reader, i) => (reader.Length + perRecord[i] - 1) / perRecord[i]).Max();
        // The header's start has whole seconds; times count from it.
        var first = (leads.Readers[0].Start?.Ticks % TimeSpan.TicksPerSecond ?? 0) / (double)TimeSpan.TicksPerSecond;
        var notes = NotesOf(leads, rhythms, first);
        leads.Rewind();
        var perRecordNotes = (int)((notes.Count + records - 1) / records);
        var slot = notes.Count == 0 ? 0 : notes.Max(note => note.Length);
        // Room for the record's own start and its notes; two bytes a sample.
        var annotationSamples = (24 + (perRecordNotes * slot) + 1) / 2;
        WholeFile.Write(path, file =>
        {
            file.Write(HeaderOf(leads, scales, seconds, perRecord, records, annotationSamples));
            var next = 0;
            for (long record = 0; record < records; record++)
            {
                for (var lead = 0; lead < scales.Length; lead++) file.Write(Samples(leads, lead, scales[lead], perRecord[lead]));
                var list = new byte[2 * annotationSamples];
                var used = Put(list, 0, Latin($"+{Number(first + (record * seconds))}\u0014\u0014\0"));
                for (var i = 0; i < perRecordNotes && next < notes.Count; i++) used = Put(list, used, notes[next++]);
                file.Write(list);
            }
        });
    }

    // 16 bits; a lead with finer steps than its range allows gets the finest power of two that fits, which eight digits can write.
    private static LeadScale Fitted(LeadScale scale) => scale.MaxStep <= short.MaxValue && IsWritable(scale.Gain)
        ? scale
        : FinestOf(scale.MaxStep / scale.Gain);

    private static LeadScale FinestOf(double largest)
    {
        double[] gains = [10_000, 5000, 4000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1, 0.1, 0.01, 0.001];
        foreach (var gain in gains)
        {
            if (largest * gain <= short.MaxValue) return new LeadScale(gain, (long)(largest * gain), false);
        }

        throw new ProblemException("a lead has samples of more than 32 V, which EDF cannot hold beside those of an ECG: leave it out with --lead.");
    }

    private static bool IsWritable(double gain) =>
        Number(short.MinValue / gain) is { Length: <= 8 } low && Number(short.MaxValue / gain) is { Length: <= 8 } high
        && double.Parse(low, CultureInfo.InvariantCulture) == short.MinValue / gain
        && double.Parse(high, CultureInfo.InvariantCulture) == short.MaxValue / gain;

    /// <summary>Seconds of a data record, and samples of each lead in it.</summary>
    private static (double Seconds, int[] PerRecord) RecordOf(double[] rates)
    {
        foreach (var seconds in new[] { 1, 2, 4, 5, 8, 10, 0.5, 20, 25, 30, 40, 50, 60, 3, 6, 7, 9, 15, 100 })
        {
            var counts = rates.Select(rate => Math.Round(rate * seconds)).ToArray();
            if (counts.Sum() * 2 <= MaxRecordBytes && rates.Zip(counts).All(pair => pair.Second >= 1 && Math.Abs((pair.First * seconds) - pair.Second) < 1e-6))
                return (seconds, [.. counts.Select(count => (int)count)]);
        }

        // One frequency: as many seconds as its whole number of samples last, where eight digits can say it.
        var samples = (int)Math.Max(1, Math.Round(rates[0]));
        var exact = samples / rates[0];
        if (rates.All(rate => rate == rates[0]) && Math.Abs(double.Parse(Number(exact), CultureInfo.InvariantCulture) - exact) < 1e-6 * exact)
            return (exact, [.. rates.Select(_ => samples)]);
        throw new ProblemException("the leads' sampling frequencies give no data record of EDF with a whole number of samples: name one lead with --lead.");
    }

    /// <summary>The annotations, in order of time, each as the bytes of a list.</summary>
    private static List<byte[]> NotesOf(OpenLeads leads, IReadOnlyList<RhythmSpan>? rhythms, double first)
    {
        var notes = new List<(double Start, double Seconds, string Text)>();
        foreach (var rhythm in rhythms ?? [])
        {
            if (rhythm.StartSeconds < leads.Seconds)
                notes.Add((rhythm.StartSeconds, Math.Min(rhythm.EndSeconds, leads.Seconds) - rhythm.StartSeconds, $"({rhythm.Rhythm}"));
        }

        for (var lead = 0; lead < leads.Readers.Count; lead++)
        {
            var (reader, samples, from) = (leads.Readers[lead], new float[4096], -1L);
            var text = leads.Readers.Count > 1 ? $"{Missing}: {reader.Lead.Name}" : Missing;
            for (long at = 0; at < reader.Length; at += samples.Length)
            {
                var count = (int)Math.Min(samples.Length, reader.Length - at);
                leads.Read(lead, samples.AsSpan(0, count));
                for (var i = 0; i <= count; i++)
                {
                    if (i < count && !float.IsFinite(samples[i])) from = from < 0 ? at + i : from;
                    else if (from >= 0 && (i < count || at + i == reader.Length))
                    {
                        notes.Add((from / reader.Lead.Fs, (at + i - from) / reader.Lead.Fs, text));
                        from = -1;
                    }
                }
            }
        }

        return [.. notes.OrderBy(note => note.Start).Select(note =>
            Encoding.UTF8.GetBytes($"+{Number(first + note.Start)}\u0015{Number(note.Seconds)}\u0014{PlainText.Clean(note.Text)}\u0014\0"))];
    }

    private static byte[] Samples(OpenLeads leads, int lead, LeadScale scale, int count)
    {
        var (samples, bytes) = (new float[count], new byte[2 * count]);
        leads.Read(lead, samples);
        for (var i = 0; i < count; i++) BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), (short)(scale.StepsOf(samples[i]) ?? 0));
        return bytes;
    }

    private static byte[] HeaderOf(OpenLeads leads, LeadScale[] scales, double seconds, int[] perRecord, long records, int annotationSamples)
    {
        var first = leads.Readers[0];
        var start = first.Start ?? new DateTime(1985, 1, 1);
        var count = scales.Length + 1;
        var date = first.Start is null ? "X" : start.ToString("dd-MMM-yyyy", CultureInfo.InvariantCulture).ToUpperInvariant();
        var header = new StringBuilder();
        Field("0", 8);
        Field($"{Word(first.Group)} X X X", 80);
        Field($"Startdate {date} X X Mina", 80);
        Field(start.ToString("dd.MM.yy", CultureInfo.InvariantCulture), 8);
        Field(start.ToString("HH.mm.ss", CultureInfo.InvariantCulture), 8);
        Field($"{256 * (count + 1)}", 8);
        Field("EDF+C", 44);
        Field($"{records}", 8);
        Field(Number(seconds), 8);
        Field($"{count}", 4);
        Each(i => LabelOf(leads.Readers[i].Lead.Name, i), "EDF Annotations", 16);
        Each(_ => "", "", 80);
        Each(_ => "mV", "", 8);
        Each(i => Number(short.MinValue / scales[i].Gain), "-1", 8);
        Each(i => Number(short.MaxValue / scales[i].Gain), "1", 8);
        Each(_ => "-32768", "-32768", 8);
        Each(_ => "32767", "32767", 8);
        Each(_ => "", "", 80);
        Each(i => $"{perRecord[i]}", $"{annotationSamples}", 8);
        Each(_ => "", "", 32);
        return Latin(header.ToString());

        void Each(Func<int, string> lead, string annotations, int width)
        {
            for (var i = 0; i < scales.Length; i++) Field(lead(i), width);
            Field(annotations, width);
        }

        // EDF's headers are ASCII.
        void Field(string text, int width) =>
            header.Append(string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?')).PadRight(width)[..width]);
    }

    // EDF+ puts the kind of signal before a lead's name.
    private static string LabelOf(string lead, int index) =>
        lead.Length == 0 ? $"ECG{index + 1}" : lead.Contains("ECG", StringComparison.OrdinalIgnoreCase) ? lead : $"ECG {lead}";

    private static string Word(string? text) => string.IsNullOrWhiteSpace(text) ? "X" : text.Trim().Replace(' ', '_');

    // As many digits as eight characters hold.
    private static string Number(double value)
    {
        for (var digits = 6; digits > 0; digits--)
        {
            var text = Math.Round(value, digits).ToString("0.######", CultureInfo.InvariantCulture);
            if (text.Length <= 8) return text;
        }

        return Math.Round(value).ToString("0", CultureInfo.InvariantCulture);
    }

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    private static int Put(byte[] to, int at, byte[] bytes)
    {
        bytes.CopyTo(to, at);
        return at + bytes.Length;
    }
}
