using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Mina.Preprocess;
using Mina.Streaming.Files;
using Mina.Streaming.Recordings.Formats.Wfdb;

namespace Mina.Streaming.Recordings.Conversion;

/// <summary>Writes a recording as a WFDB record: a signal file in format 16 or 32, annotations, and last the header.</summary>
internal static class WfdbFileWriter
{
    private const int BlockFrames = 4096;
    private const int MaxSamplesPerFrame = 1000;

    /// <summary>Writes the files.</summary>
    /// <param name="leads">The leads.</param>
    /// <param name="name">The record's name, of letters, digits, '_' and '-'.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="annotations">The annotations and how many of their ticks there are in a second; null: none.</param>
    /// <exception cref="ProblemException">The leads have sampling frequencies that no frame holds.</exception>
    public static void Write(OpenLeads leads, string name, string folder, (IReadOnlyList<WfdbAnnotation> List, double Fs)? annotations)
    {
        var scales = LeadScale.Find(leads);
        var (frameFs, perFrame) = FramesOf([.. leads.Readers.Select(reader => reader.Lead.Fs)]);
        var bytes = scales.All(scale => scale.MaxStep <= short.MaxValue) ? 2 : 4;
        var frames = leads.Readers.Select((reader, i) => (reader.Length + perFrame[i] - 1) / perFrame[i]).Max();
        WholeFile.Write(Path.Combine(folder, name + ".dat"), file =>
        {
            for (long frame = 0; frame < frames; frame += BlockFrames)
                file.Write(Block(leads, scales, perFrame, (int)Math.Min(BlockFrames, frames - frame), bytes));
        });
        if (annotations is { } given)
        {
            var moved = given.List.Select(annotation => annotation with { Sample = (long)Math.Round(annotation.Sample * frameFs / given.Fs) });
            // A note of another resolution would move them again.
            var kept = moved.Where(annotation => annotation.Sample >= 0 && !WfdbAnnotations.IsResolution(annotation));
            WholeFile.Write(Path.Combine(folder, name + ".atr"), WfdbAnnotations.Encode(kept));
        }

        WholeFile.Write(Path.Combine(folder, name + ".hea"), Encoding.UTF8.GetBytes(HeaderOf(leads, name, scales, frameFs, perFrame, frames, bytes)));
    }

    /// <summary>The highest number of frames a second of which all leads take a whole number of samples each.</summary>
    private static (double Fs, int[] PerFrame) FramesOf(double[] rates)
    {
        for (var most = 1; most <= MaxSamplesPerFrame; most++)
        {
            var fs = rates.Min() / most;
            var perFrame = rates.Select(rate => Math.Round(rate / fs)).ToArray();
            if (rates.Zip(perFrame).All(pair => Math.Abs(pair.First - (pair.Second * fs)) < 1e-9 * pair.First && pair.Second <= 10_000))
                return (fs, [.. perFrame.Select(count => (int)count)]);
        }

        throw new ProblemException("the leads have sampling frequencies that no WFDB frame holds together: name one lead with --lead.");
    }

    private static byte[] Block(OpenLeads leads, LeadScale[] scales, int[] perFrame, int frames, int bytes)
    {
        var frameSamples = perFrame.Sum();
        var block = new byte[frames * frameSamples * bytes];
        var within = 0;
        for (var lead = 0; lead < scales.Length; lead++)
        {
            var samples = new float[frames * perFrame[lead]];
            leads.Read(lead, samples);
            for (var i = 0; i < samples.Length; i++)
            {
                var at = block.AsSpan(((i / perFrame[lead] * frameSamples) + within + (i % perFrame[lead])) * bytes);
                var steps = scales[lead].StepsOf(samples[i]);
                if (bytes == 2) BinaryPrimitives.WriteInt16LittleEndian(at, (short)(steps ?? short.MinValue));
                else BinaryPrimitives.WriteInt32LittleEndian(at, (int)(steps ?? int.MinValue));
            }

            within += perFrame[lead];
        }

        return block;
    }

    private static string HeaderOf(OpenLeads leads, string name, LeadScale[] scales, double fs, int[] perFrame, long frames, int bytes)
    {
        var first = leads.Readers[0];
        var start = first.Start is { } time ? time.ToString(" HH:mm:ss.fff dd/MM/yyyy", CultureInfo.InvariantCulture) : "";
        var header = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{name} {scales.Length} {fs:R} {frames}{start}\n"));
        for (var i = 0; i < scales.Length; i++)
        {
            var samples = perFrame[i] == 1 ? "" : $"x{perFrame[i]}";
            header.Append(string.Create(
                CultureInfo.InvariantCulture, $"{name}.dat {8 * bytes}{samples} {scales[i].Gain:R}(0)/mV {8 * bytes} 0 0 0 0 {leads.Readers[i].Lead.Name}"));
            header.Append('\n');
        }

        if (first.Group is { } person) header.Append("# Subject: ").Append(person).Append('\n');
        if (first.Label is Label.AF or Label.Normal) header.Append("#Dx: ").Append(first.Label == Label.AF ? "164889003" : "426783006").Append('\n');
        return header.ToString();
    }
}
