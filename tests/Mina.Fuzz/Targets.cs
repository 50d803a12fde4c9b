using System.Text;
using Mina.Model;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Recordings;
using Mina.Streaming.Recordings.Formats.Aecg;
using Mina.Streaming.Recordings.Formats.Csv;
using Mina.Streaming.Recordings.Formats.Dicom;
using Mina.Streaming.Recordings.Formats.Edf;
using Mina.Streaming.Recordings.Formats.Ishne;
using Mina.Streaming.Recordings.Formats.Matlab;
using Mina.Streaming.Recordings.Formats.Muse;
using Mina.Streaming.Recordings.Formats.Philips;
using Mina.Streaming.Recordings.Formats.Scp;
using Mina.Streaming.Recordings.Formats.Wfdb;
using Mina.Streaming.Recordings.Labels;
using Mina.Streaming.Shards;

namespace Mina.Fuzz;

/// <summary>The parsers that are given what others wrote, a target each.</summary>
internal static class Targets
{
    private static readonly ReadOptions Options = new(Fs: 300);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("wfdb-header", [.. Headers.Select(Utf8)], ReadHeader),
        new("wfdb-record", [.. Headers.Select(header => Record(header, 600))], ReadRecord),
        new("wfdb-segments", [Utf8("r/3 2 250 60\nl 0\ns 30\n~ 30\n"), Utf8("r/2 1 250 60 12:00:00 1/1/2026\ns 30\ns 30\n# Dx: 164889003\n")], ReadSegments),
        new("atr", [Annotations()], ReadAnnotations),
        new("csv", [.. Tables.Select(Utf8)], input => new MemorySource(("a.csv", input)).ReadAll(new CsvFormat(), Options)),
        new("edf", [Edf()], input => new MemorySource(("a.edf", input)).ReadAll(new EdfFormat(), Options)),
        new("flac", FileSeeds.Flac, input => new MemorySource(("a.hea", Utf8("a 2 250\na.dat 516 200\na.dat 516 200 16 0 0 0 0 II\n")), ("a.dat", input))
            .ReadAll(new WfdbFormat(), Options)),
        new("ishne", FileSeeds.Ishne, input => new MemorySource(("a.ecg", input)).ReadAll(new IshneFormat(), Options)),
        new("matlab", FileSeeds.Matlab, input => new MemorySource(("a.mat", input)).ReadAll(new MatlabFormat(), Options)),
        new("dicom", FileSeeds.Dicom, input => new MemorySource(("a.dcm", input)).ReadAll(new DicomFormat(), Options)),
        new("aecg", XmlSeeds.Aecg, input => new MemorySource(("a.xml", input)).ReadAll(new AecgFormat(), Options)),
        new("muse", XmlSeeds.Muse, input => new MemorySource(("a.xml", input)).ReadAll(new MuseFormat(), Options)),
        new("philips", [XliEncoder.Document(Philips()), XliEncoder.Document(Philips(), version: "1.04")], ReadPhilips),
        new("xli", [XliEncoder.Encode(Philips()), XliEncoder.Encode([[.. Enumerable.Range(0, 2000).Select(i => i * i % 311)]])], ReadXli),
        new("scp", FileSeeds.Scp, input => new MemorySource(("a.scp", input)).ReadAll(new ScpFormat(), Options)),
        new("labels", [Utf8("id,label\na,N\nb,AF\n"), Utf8("a;~\nb;O\n"), Utf8("# c\nrecord,group\na,1\n")], ReadLabels),
        new("zip", ZipTarget.Seeds, ZipTarget.Read),
        new("records", RecordsTarget.Seeds, RecordsTarget.Read),
        new("chunk-binary", [ChunkBinary.Write(Chunk()), ChunkBinary.WriteInt16(Chunk(), 1000)], ReadChunk),
        new("chunk-json", [Utf8("""{"seq":1,"time":"2026-01-01T12:00:00Z","fs":250,"samples":[0.1,-2e3,null],"end":true}""")], ReadChunk),
        new("manifest", [ShardTarget.ManifestSeed], ShardTarget.ReadManifest),
        new("settings", [new ShardSettings().ToJson()], ShardTarget.ReadSettings),
        new("safetensors", [Tensors(), NetworkCatalog.Default.Layout.Encode(NetworkCatalog.Default.InitialWeights(1))[..40_000]], ReadTensors),
        new("model-json", [Utf8(ModelFiles.ReadShipped().Info.ToJson())], input => Refusable(() => ModelInfo.FromJson(Encoding.UTF8.GetString(input)))),
        new("checkpoint", [Tensors()], input => Refusable(() => Checkpoint.Decode(input))),
        new("snapshot", [StreamTarget.SnapshotSeed()], StreamTarget.ReadSnapshot),
        new("stream", StreamTarget.Seeds, StreamTarget.Run),
    ];

    private static IEnumerable<string> Headers =>
    [
        "a 1 300 300\na.dat 16 1000/mV 16 0 0 0 0 I\n",
        "a 2 250/100(5) 100 12:00:00 1/1/2026\r\na.dat 212 200(1024)/mV 12 1024 0 0 0 MLII\r\na.dat 212x2 200 12 0 0 0 0 V5\r\n# Subject: 7\r\n",
        "a 1 360\na.dat 310:3+24 1e2/uV 10 512\n",
        "a 2 500 50\na.dat 8:2 1 8 0 7\na.dat 8x2 1 8 0 -7\n",
        "a 3 500 50\na.dat 80 1 8 0\nb.dat 61 1 16 0\na.dat 24 1 24 0 0 0 0 ECG\n",
    ];

    private static IEnumerable<string> Tables =>
    [
        "time,MLII (mV),V1\n0,0.1,2\n0.004,0.2,3\n0.008,,4\n",
        "'sample #';'ECG [uV]'\r\n0;1,5\r\n1;-2,5\r\n",
        "# time,ecg\n0,1\n0.004,2\n",
        "timestamp,ecg\n2026-01-01T23:59:59.998Z,1\n2026-01-02T00:00:00.002+00:00,2\n",
        "time,date,ecg\n23:59:59.998,x,1\n[00:00:00.002 02/01/2026],x,2\n",
        "Name,x\nSample Rate,512 hertz\nLead,Lead I\nUnit,µV\n\n23.3\n-1\n",
        "timestamp,ecg\n1755195252690,1\n1755195252698,2\n",
        "time_ms\tI\n0\t1\n4\tnan\n8\t-1e300\n",
        "\"Elapsed time\",\"II\"\n\"hh:mm:ss.mmm\",\"mV\"\n\"0:00.000\",\"0.1\"\n",
    ];

    /// <summary>Runs what may refuse an input in one plain sentence.</summary>
    internal static void Refusable(Action read)
    {
        try
        {
            read();
        }
        catch (ProblemException e)
        {
            FuzzException.ThrowUnless(e.Message.Length > 0, "a refusal says why");
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Two records of one signal of 50 samples a second (edfplus.info).</summary>
    private static byte[] Edf()
    {
        string[] fields =
        [
            F("0", 8), F("patient", 80), F("recording", 80), F("01.01.26", 8), F("12.00.00", 8), F("512", 8), F("", 44), F("2", 8), F("1", 8), F("1", 4),
            F("ECG", 16), F("", 80), F("mV", 8), F("-5", 8), F("5", 8), F("-32768", 8), F("32767", 8), F("", 80), F("50", 8), F("", 32),
        ];
        return [.. Utf8(string.Concat(fields)), .. Enumerable.Range(0, 200).Select(i => (byte)(i * 3))];

        static string F(string text, int width) => text.PadRight(width);
    }

    private static void ReadHeader(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        WfdbHeader.FsOf(text);
        if (!WfdbHeader.TryParse(text, out var header, out var error))
        {
            FuzzException.ThrowUnless(error.Length > 0 && Mina.Streaming.Files.PlainText.IsPlain(error), "a refusal is plain text");
            return;
        }

        FuzzException.ThrowUnless(header.Fs > 0 && double.IsFinite(header.Fs) && header.Signals.Count > 0, "a header has a frequency and signals");
        for (var i = 0; i < header.Signals.Count; i++)
            FuzzException.ThrowUnless(header.LayoutOf(i).FrameSamples > header.LayoutOf(i).Offset, "a signal lies in its frame");
    }

    /// <summary>A header, then 0, then what its signal files hold.</summary>
    private static byte[] Record(string header, int bytes) => [.. Utf8(header), 0, .. Enumerable.Range(0, bytes).Select(i => (byte)(i * 7))];

    private static void ReadRecord(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)0) is var zero and >= 0 ? zero : input.Length;
        var data = input[Math.Min(input.Length, end + 1)..];
        new MemorySource(("a.hea", input[..end]), ("a.dat", data), ("b.dat", data), ("a.atr", data)).ReadAll(new WfdbFormat(), Options);
    }

    /// <summary>A master header; the segment and the layout that it may name are always the same.</summary>
    private static void ReadSegments(byte[] input)
    {
        var segment = Utf8("s 2 250 30\ns.dat 16 1/mV 16 0 0 0 0 II\ns.dat 16 1/mV 16 0 0 0 0 V\n");
        var layout = Utf8("l 2 250 0\n~ 0 1/mV 8 0 0 0 0 V\n~ 0 1/mV 8 0 0 0 0 II\n");
        new MemorySource(("r.hea", input), ("s.hea", segment), ("s.dat", new byte[120]), ("l.hea", layout)).ReadAll(new WfdbFormat(), Options);
    }

    private static byte[] Annotations() => WfdbAnnotations.Encode([new(0, 28, "(N"), new(100, 1, ""), new(5000, 28, "(AFIB"), new(1L << 33, 22, "note")]);

    private static void ReadAnnotations(byte[] input)
    {
        var annotations = WfdbAnnotations.Decode(input);
        WfdbAnnotations.Rhythms(annotations, 250);
        WfdbBeats.BeatsOf(annotations, 250);
        var ordered = annotations.Zip(annotations.Skip(1)).All(pair => pair.First.Sample <= pair.Second.Sample);
        if (annotations.Count == 0 || !ordered || annotations[0].Sample < 0 || !annotations.All(IsWritable))
            return;
        FuzzException.ThrowUnless(WfdbAnnotations.Decode(WfdbAnnotations.Encode(annotations)).SequenceEqual(annotations), "annotations come back as they were");
    }

    // Code 0 is no annotation, and text that is no UTF-8 becomes longer.
    private static bool IsWritable(WfdbAnnotation annotation) =>
        annotation.Code != 0 && !annotation.Aux.Contains('\uFFFD') && Encoding.UTF8.GetByteCount(annotation.Aux) <= 255;

    private static int[][] Philips() => [.. Enumerable.Range(1, 6).Select(lead => Enumerable.Range(0, 40).Select(i => i * i * lead % 97).ToArray())];

    private static void ReadPhilips(byte[] input) => new MemorySource(("a.xml", input)).ReadAll(new PhilipsFormat(), Options);

    private static void ReadXli(byte[] input)
    {
        try
        {
            foreach (var chunk in XliDecoder.Chunks(input))
                FuzzException.ThrowUnless(XliDecoder.Decode(chunk.Span, 2000).Length == 2000, "a chunk has the samples that are asked for");
        }
        catch (IOException)
        {
            // A damaged chunk says so.
        }
    }

    private static void ReadLabels(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        Refusable(() => LabelTable.Parse("labels.csv", text));
        Refusable(() => GroupTable.Parse("groups.csv", text));
    }

    private static SampleChunk Chunk() => new(3, new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero), 250, [0.1f, float.NaN, -5, 1e30f], true);

    private static void ReadChunk(byte[] input)
    {
        if (!ChunkMessage.TryRead(input, out var chunk, out var error))
        {
            FuzzException.ThrowUnless(error.Length > 0, "a refusal says why");
            return;
        }

        if (ChunkLimits.FaultOf(chunk) is null)
            FuzzException.ThrowUnless(ChunkMessage.TryRead(ChunkBinary.Write(chunk), out _, out _), "a chunk that was read can be written and read again");
    }

    private static byte[] Tensors() => Safetensors.encode(new SafetensorsFile(
        Microsoft.FSharp.Collections.ListModule.OfSeq<Tuple<string, StoredTensor>>(
        [
            new("a", new StoredTensor([2, 2], TensorData.NewF32([1, 2, 3, 4]))),
            new("b", new StoredTensor([1], TensorData.NewI64([5]))),
        ]),
        new Microsoft.FSharp.Collections.FSharpMap<string, string>([new("mina.checkpoint", "1"), new("mina.progress", "{\"network\":\"FreqNet\"}")])));

    private static void ReadTensors(byte[] input)
    {
        Refusable(() => Safetensors.decode(input));
        Refusable(() => NetworkCatalog.Default.Layout.Decode(input));
    }
}
