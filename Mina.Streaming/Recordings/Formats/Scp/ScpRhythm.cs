using System.Buffers.Binary;

namespace Mina.Streaming.Recordings.Formats.Scp;

/// <summary>A lead of an SCP-ECG file: its name, how many samples it has by section 3, and where its data are.</summary>
internal sealed record ScpLead(string Name, long First, long Last, ReadOnlyMemory<byte> Data);

/// <summary>The rhythm of an SCP-ECG file: the leads of section 3 with the data of section 6.</summary>
internal sealed class ScpRhythm
{
    private const int LeadBytes = 9;
    private const int FixedBytes = 6;
    private const int SubtractionFlag = 1;

    private static readonly Dictionary<int, string> Names = new()
    {
        [1] = "I",
        [2] = "II",
        [3] = "V1",
        [4] = "V2",
        [5] = "V3",
        [6] = "V4",
        [7] = "V5",
        [8] = "V6",
        [9] = "V7",
        [10] = "V2R",
        [11] = "V3R",
        [12] = "V4R",
        [13] = "V5R",
        [14] = "V6R",
        [15] = "V7R",
        [61] = "III",
        [62] = "aVR",
        [63] = "aVL",
        [64] = "aVF",
        [66] = "V8",
        [67] = "V9",
    };

    private ScpHuffman? _huffman;
    private ScpReferenceBeat? _beat;
    private int _differences;

    /// <summary>The leads.</summary>
    public IReadOnlyList<ScpLead> Leads { get; private init; } = [];

    /// <summary>A step, in nV.</summary>
    public int Nanovolts { get; private init; }

    /// <summary>Sampling frequency, Hz.</summary>
    public double Fs { get; private init; }

    /// <summary>Why the rhythm is not read though nothing is damaged, as the rest of a sentence that begins with the file's name; null: it is.</summary>
    public string? NotRead { get; private init; }

    /// <summary>Reads the sections.</summary>
    /// <exception cref="IOException">A section is damaged.</exception>
    public static ScpRhythm Read(ScpFile file)
    {
        if (file.Section(3) is not { } definition || file.Section(6) is not { } data)
            return new ScpRhythm { NotRead = "holds no rhythm: it lacks section 3 or section 6" };
        var leads = definition.Span;
        var rhythm = data.Span;
        if (leads.Length < 2 || leads.Length - 2 < leads[0] * LeadBytes || rhythm.Length < FixedBytes + (2 * leads[0]))
            throw new IOException("its sections 3 and 6 are shorter than their leads: get the file again");
        if (rhythm[5] != 0) return new ScpRhythm { NotRead = "is compressed with two sampling frequencies (bimodal), which is not read: export it without" };
        var (nanovolts, microseconds, differences) = (
            BinaryPrimitives.ReadUInt16LittleEndian(rhythm), BinaryPrimitives.ReadUInt16LittleEndian(rhythm[2..]), rhythm[4]);
        if (nanovolts == 0 || microseconds == 0 || differences > 2)
        {
            return new ScpRhythm
            {
                NotRead = $"gives steps of {nanovolts} nV, {microseconds} us from sample to sample and differences of order {differences}, which cannot be",
            };
        }

        ScpReferenceBeat? beat = null;
        if ((leads[1] & SubtractionFlag) != 0)
        {
            beat = ScpReferenceBeat.Read(file, leads[0]);
            if (beat is null)
                return new ScpRhythm { NotRead = "is compressed by subtraction of a reference beat, and lacks section 4 or section 5, which have it" };
            if (beat.Microseconds != microseconds)
                return new ScpRhythm { NotRead = "has a reference beat of another sampling frequency than its rhythm, which is not read: export it without" };
        }

        return new ScpRhythm
        {
            _beat = beat,
            Leads = LeadsOf(leads, data),
            Nanovolts = nanovolts,
            Fs = 1e6 / microseconds,
            _differences = differences,
            _huffman = file.Section(2) is { } tables ? ScpHuffman.Read(tables.Span) : null,
        };
    }

    /// <summary>A lead's samples, in nV.</summary>
    /// <exception cref="IOException">The data are not those of as many samples as section 3 announces.</exception>
    public long[] Decode(int index)
    {
        var lead = Leads[index];
        // Samples count from 1; some programs count from 0 and name the one behind the last.
        var count = lead.First > 0 ? lead.Last - lead.First + 1 : lead.Last;
        var held = lead.Data.Length / 2;
        if (count < 1 || (_huffman is null && count != held && lead.Last - lead.First + 1 != held))
            throw new IOException($"it holds {held} samples of lead {lead.Name} where it announces {count}: get the file again");
        var values = Decode(lead.Data.Span, (int)Math.Min(count, int.MaxValue), _differences, _huffman);
        return _beat?.AddTo(index, values, Math.Max(1, lead.First), Nanovolts, _huffman) ?? Array.ConvertAll(values, value => (long)value * Nanovolts);
    }

    /// <summary>Decodes numbers and adds up their differences.</summary>
    /// <param name="data">The lead's data.</param>
    /// <param name="count">How many numbers there are; of plain numbers, those that are there.</param>
    /// <param name="differences">The order of the differences, 0 to 2.</param>
    /// <param name="tables">The codes; null: plain numbers of 16 bits.</param>
    /// <exception cref="IOException">The codes are damaged.</exception>
    public static int[] Decode(ReadOnlySpan<byte> data, int count, int differences, ScpHuffman? tables)
    {
        var values = tables?.Decode(data, count) ?? Plain(data);
        // The first value is a sample, and where differences are of order 2 the second one too.
        for (var i = differences; differences > 0 && i < values.Length; i++)
            values[i] += differences == 1 ? values[i - 1] : (2 * values[i - 1]) - values[i - 2];
        return values;
    }

    private static int[] Plain(ReadOnlySpan<byte> data)
    {
        var values = new int[data.Length / 2];
        for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadInt16LittleEndian(data[(2 * i)..]);
        return values;
    }

    private static List<ScpLead> LeadsOf(ReadOnlySpan<byte> definition, ReadOnlyMemory<byte> data)
    {
        var leads = new List<ScpLead>();
        var at = FixedBytes + (2 * definition[0]);
        for (var i = 0; i < definition[0]; i++)
        {
            var lead = definition.Slice(2 + (i * LeadBytes), LeadBytes);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(data.Span[(FixedBytes + (2 * i))..]);
            if (length > data.Length - at) throw new IOException("its section 6 is shorter than its leads: get the file again");
            leads.Add(new ScpLead(
                Names.GetValueOrDefault(lead[8], $"SCP {lead[8]}"),
                BinaryPrimitives.ReadUInt32LittleEndian(lead),
                BinaryPrimitives.ReadUInt32LittleEndian(lead[4..]),
                data.Slice(at, length)));
            at += length;
        }

        return leads;
    }
}
