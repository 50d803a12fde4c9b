using Mina.Host.Monitor;
using Mina.Preprocess;
using Mina.Streaming.Simulation;

namespace Mina.Host.Tests.Monitor;

/// <summary>A patient who is not there: a simulated ECG in real time, AF, lead off and silence on demand, verdicts to match.</summary>
internal sealed class SimulatedBed
{
    public const int Fs = 300;
    private const int LoopSeconds = 120;

    private static readonly TimeSpan Stride = TimeSpan.FromSeconds(5) / 3;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly float[][] Sinus = [.. Enumerable.Range(0, 4).Select(i => Loop(SimulatedRhythm.Sinus, i))];
    private static readonly float[][] Fibrillation = [.. Enumerable.Range(0, 4).Select(i => Loop(SimulatedRhythm.AtrialFibrillation, i + 4))];

    private readonly int _seed;
    private readonly List<(DateTimeOffset From, DateTimeOffset? To)> _af = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset? To)> _suspected = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset? To)> _leadOff = [];
    private DateTimeOffset? _stopped;
    private int _windows = -1;
    private float?[] _recent = [];

    public SimulatedBed(string name, int seed, DateTimeOffset start)
    {
        (Name, _seed, Start) = (name, seed, start);
    }

    public string Name { get; }

    public DateTimeOffset Start { get; }

    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset? To)> Fibrillations => _af;

    /// <summary>What the rhythm level says of the last minute; null: there is no rhythm level.</summary>
    public double? RhythmProbability { get; set; }

    public void Fibrillate(DateTimeOffset from, DateTimeOffset? to = null) => _af.Add((from, to));

    /// <summary>The AF that goes on ends.</summary>
    public void Convert(DateTimeOffset at) => _af[^1] = (_af[^1].From, at);

    /// <summary>AF that is no episode.</summary>
    public void Suspect(DateTimeOffset from) => _suspected.Add((from, null));

    public void TakeLeadOff(DateTimeOffset from, DateTimeOffset? to = null) => _leadOff.Add((from, to));

    public void Stop(DateTimeOffset at) => _stopped = at;

    public DateTimeOffset Last(DateTimeOffset now) => _stopped ?? now;

    public StreamStatus Status(DateTimeOffset now)
    {
        var last = Last(now);
        var windows = last - Start < Window ? 0 : (int)((last - Start - Window) / Stride) + 1;
        if (windows != _windows)
        {
            _windows = windows;
            _recent = [.. Enumerable.Range(Math.Max(0, windows - 60), Math.Min(60, windows)).Select(k => (float?)Verdict(k).Probability)];
        }

        var leadOff = In(_leadOff, last);
        var state = _stopped is not null ? StreamState.Stale
            : windows == 0 ? StreamState.Starting
            : leadOff ? StreamState.Unclassifiable
            : In(_af, last) ? StreamState.AF
            : In(_suspected, last) ? StreamState.PossibleAF
            : StreamState.Normal;
        var current = state is StreamState.AF or StreamState.PossibleAF or StreamState.Normal;
        var inAF = _af.Sum(e => ((e.To ?? last) - e.From).TotalSeconds);
        return new StreamStatus(
            Name, state, state switch { StreamState.Unclassifiable => "lead off", StreamState.PossibleAF => "under 30 s", _ => null }, current
            && _recent.Length > 0 ? _recent[^1] : null, _recent,
            windows == 0 ? null : inAF / (last - Start).TotalSeconds, current ? (state == StreamState.Normal ? 58 : 104) + (_seed % 17) : null, Fs, Start,
                last)
        {
            RhythmProbability = current ? RhythmProbability : null,
            BurdenSince = Start,
        };
    }

    public IEnumerable<WindowStatus> Verdicts(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        var end = Last(now) - Window;
        for (var k = Math.Max(0, (int)Math.Ceiling((from - Start) / Stride)); Start + (k * Stride) <= end && Start + (k * Stride) <= to; k++)
            yield return Verdict(k);
    }

    public TraceSlice Trace(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        var first = Math.Max(0, (int)Math.Ceiling((from - Start).TotalSeconds * Fs));
        var end = (int)(((Last(now) < to ? Last(now) : to) - Start).TotalSeconds * Fs);
        var samples = new float[Math.Max(0, end - first)];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = Sample(first + i);
        return new TraceSlice(Start + TimeSpan.FromSeconds(first / (double)Fs), Fs, samples);
    }

    private static bool In(List<(DateTimeOffset From, DateTimeOffset? To)> spans, DateTimeOffset time) =>
        spans.Exists(s => s.From <= time && (s.To is null || time < s.To));

    private static float[] Loop(SimulatedRhythm rhythm, int index) =>
        Simulator.Make("loop", 7, index, Fs, LoopSeconds * Fs, [new RhythmEpisode(0, rhythm)], rhythm == SimulatedRhythm.Sinus ? Label.Normal : Label.AF)
        .Samples;

    private float Sample(int k)
    {
        var time = Start + TimeSpan.FromSeconds(k / (double)Fs);
        if (In(_leadOff, time))
            return 0.01f * (k % 2);
        var loop = (In(_af, time) || In(_suspected, time) ? Fibrillation : Sinus)[_seed % 4];
        return loop[(k + (_seed * 997)) % loop.Length];
    }

    private WindowStatus Verdict(int k)
    {
        var start = Start + (k * Stride);
        var centre = start + (Window / 2);
        if (In(_leadOff, centre))
            return new WindowStatus(start, null, "unclassifiable", "lead off");
        // A hash in place of chance: the same window always says the same.
        var chance = (((uint)((k * 2654435761) ^ (_seed * 40503))) % 1000) / 1000.0;
        var af = In(_af, centre) || In(_suspected, centre);
        var p = af ? 0.86 + (0.12 * chance) : 0.03 + (0.16 * chance * chance);
        return new WindowStatus(start, p, af ? "af" : "not_af", null);
    }
}
