using Mina.Model;
using Mina.Model.Streams;

namespace Mina.Fuzz;

/// <summary>
/// A stream's life, spelt by bytes: chunks with end flags anywhere, numbers that repeat, skip and start again, clocks that stand, step and
/// run, fs that changes, answers late or never, failures, and restarts by snapshot.
/// </summary>
internal static class StreamTarget
{
    private const int MaxSteps = 160;

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
        private readonly HostileDevice _device = new(input, Epoch);
        private StreamValue _stream = StreamFold.Start;
        private DateTimeOffset _server = Epoch;
        private SampleChunk? _sent;
        private bool _answers = true;

        public StreamValue Run()
        {
            for (var step = 0; step < MaxSteps && !_device.IsOver; step++)
                Do(_device.Next());
            return _stream;
        }

        private void Do(byte what)
        {
            switch (what % HostileDevice.Kinds)
            {
                case 13:
                    Pass(_device.Next());
                    break;
                case 14:
                    _stream = StreamSnapshot.Read(StreamSnapshot.Write(_stream));
                    break;
                case 15:
                    Happen(StreamEvent.NewFailure("made up"));
                    break;
                case 16:
                    Happen(StreamEvent.NewAcknowledge((AlarmKind)(_device.Next() % 4), "nurse"));
                    break;
                case 18:
                    _answers = !_answers;
                    break;
                case 19:
                    AnswerAll();
                    break;
                case 20:
                    Happen(StreamEvent.NewAnswer(_device.Next() - 3, _device.Next() / 200f));
                    break;
                case 22:
                    Pass(61);
                    break;
                default:
                    Send(_device.Do(what));
                    break;
            }
        }

        private void Pass(int seconds)
        {
            _server += TimeSpan.FromSeconds(seconds);
            Happen(StreamEvent.Tick);
        }

        private void Send(SampleChunk? chunk)
        {
            if (chunk is null || ChunkLimits.FaultOf(chunk) is not null)
                return;
            // What comes a second time takes no time of the server's.
            if (!ReferenceEquals(chunk, _sent))
                _server += chunk.Duration;
            _sent = chunk;
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
