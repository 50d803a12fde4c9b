using Mina.Model;
using Mina.Model.Streams;
using Mina.Preprocess;

namespace Mina.Fuzz;

/// <summary>
/// A stream's life, spelt by bytes: chunks with end flags anywhere, numbers that repeat, skip and start again, clocks that stand, step and
/// run, fs that changes, answers late or never, failures, and restarts by snapshot.
/// </summary>
internal static class StreamTarget
{
    private const int MaxSteps = 160;

    private static readonly double[] Frequencies = [50, 62.5, 128, 250, 300, 360, 499.97, 1000];
    private static readonly long[] Sequences = [0, 1, 63, 64, 65, 1_000_000, 1L << 62, long.MaxValue - 1, long.MaxValue];
    private static readonly float[] Values = [0, float.NaN, 1e30f, -1e30f, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, 32767];

    private static readonly StreamRules Rules = StreamRules.At(0.5);
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Lives: quiet, with gaps, with everything at once.</summary>
    public static IReadOnlyList<byte[]> Seeds { get; } =
    [
        [.. Enumerable.Repeat((byte)0, 60)],
        [.. Enumerable.Range(0, 120).Select(i => (byte)(i % 17 == 0 ? 6 + (i % 14) : 0))],
        [.. Enumerable.Range(0, 120).Select(i => (byte)(i * 37))],
    ];

    /// <summary>A stream in the middle of its life, written down.</summary>
    public static byte[] SnapshotSeed() => StreamSnapshot.Write(new Life(Seeds[1], new CutterTools(new CutterOptions())).Run());

    /// <summary>Lives a life, and checks all that comes out.</summary>
    public static void Run(byte[] input) => new Life(input, new CutterTools(new CutterOptions())).Run();

    /// <summary>Reads a snapshot, as it is and with a checksum that is right again.</summary>
    public static void ReadSnapshot(byte[] input)
    {
        TryRead(input);
        var rest = input.Length - SnapshotWriter.ChecksumLength;
        if (rest < 0)
            return;
        var hash = System.Security.Cryptography.SHA256.HashData(input.AsSpan(0, rest));
        TryRead([.. input[..rest], .. hash[..SnapshotWriter.ChecksumLength]]);
    }

    private static void TryRead(byte[] snapshot)
    {
        try
        {
            StreamSnapshot.Read(snapshot);
        }
        catch (InvalidDataException)
        {
            // What a damaged one says.
        }
    }

    private sealed class Life(byte[] input, CutterTools tools)
    {
        private readonly StreamOracle _oracle = new();
        private readonly List<CutWindow> _asked = [];
        private int _at;
        private StreamValue _stream = StreamFold.Start;
        private DateTimeOffset _server = Epoch;
        private DateTimeOffset _device = Epoch;
        private SampleChunk? _last;
        private double _fs = 300;
        private long _sequence;
        private bool _answers = true;

        public StreamValue Run()
        {
            for (var step = 0; step < MaxSteps && _at < input.Length; step++)
                Do(Next());
            return _stream;
        }

        private void Do(byte what)
        {
            switch (what % 24)
            {
                case 6:
                    Happen(StreamEvent.NewChunk(_last ?? Chunk(Samples(), false)));
                    break;
                case 7:
                    Send(Samples(), end: true);
                    break;
                case 8:
                    _device += TimeSpan.FromSeconds((sbyte)Next());
                    break;
                case 9:
                    _device -= TimeSpan.FromSeconds(1);
                    Send(Samples(), false);
                    break;
                case 10:
                    _fs = Frequencies[Next() % Frequencies.Length];
                    break;
                case 11:
                    _sequence = Math.Max(0, _sequence + (sbyte)Next());
                    break;
                case 12:
                    _sequence = Sequences[Next() % Sequences.Length];
                    break;
                case 13:
                    Pass(Next());
                    break;
                case 14:
                    _stream = StreamSnapshot.Read(StreamSnapshot.Write(_stream));
                    break;
                case 15:
                    Happen(StreamEvent.NewFailure("made up"));
                    break;
                case 16:
                    Happen(StreamEvent.NewAcknowledge((AlarmKind)(Next() % 4), "nurse"));
                    break;
                case 17:
                    Send([.. Samples().Select((_, i) => Values[(i + Next()) % Values.Length])], false);
                    break;
                case 18:
                    _answers = !_answers;
                    break;
                case 19:
                    AnswerAll();
                    break;
                case 20:
                    Happen(StreamEvent.NewAnswer(Next() - 3, Next() / 200f));
                    break;
                case 21:
                    Send([], end: true);
                    break;
                case 22:
                    Pass(61);
                    break;
                case 23:
                    _device += TimeSpan.FromDays((sbyte)Next());
                    break;
                default:
                    Send(Samples(), false);
                    break;
            }
        }

        private byte Next() => _at < input.Length ? input[_at++] : (byte)0;

        private void Pass(int seconds)
        {
            _server += TimeSpan.FromSeconds(seconds);
            Happen(StreamEvent.Tick);
        }

        /// <summary>Three seconds of beats.</summary>
        private float[] Samples()
        {
            var samples = new float[(int)(3 * _fs)];
            for (var i = 0; i < samples.Length; i++)
            {
                var beat = ((i / _fs) + _device.Second) % 0.8;
                samples[i] = (float)Math.Exp(-(beat - 0.3) * (beat - 0.3) / 0.0003) + (i % 7 / 100f);
            }

            return samples;
        }

        private SampleChunk Chunk(float[] samples, bool end) => new(_sequence, _device, _fs, samples, end);

        private void Send(float[] samples, bool end)
        {
            var chunk = Chunk(samples, end);
            if (ChunkLimits.FaultOf(chunk) is not null)
                return;
            _last = chunk;
            _sequence = _sequence == long.MaxValue ? 0 : _sequence + 1;
            _device = chunk.Until;
            _server += chunk.Duration;
            Happen(StreamEvent.NewChunk(chunk));
        }

        private void AnswerAll()
        {
            foreach (var window in _asked.ToArray())
                Answer(window);
        }

        private void Answer(CutWindow window)
        {
            _asked.Remove(window);
            Happen(StreamEvent.NewAnswer(window.Number, window.Number % 11 == 10 ? float.NaN : window.Number / 20 % 2 == 0 ? 0.95f : 0.1f));
        }

        private void Happen(StreamEvent happened)
        {
            var (stream, outputs) = StreamFold.Step(Rules, tools, _stream, _server, happened);
            _stream = stream;
            _oracle.Check(outputs);
            foreach (var output in outputs.OfType<StreamOutput.Classify>())
            {
                _asked.Add(output.Item);
                if (_answers)
                    Answer(output.Item);
            }
        }
    }
}
