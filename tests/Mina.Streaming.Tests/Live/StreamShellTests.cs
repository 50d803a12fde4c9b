using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Live.Partitions;
using Xunit;

namespace Mina.Streaming.Tests.Live;

/// <summary>Each stream has one owner, and what goes wrong in it is felt by nobody else.</summary>
public sealed class StreamShellTests
{
    [Fact]
    public async Task A_stream_whose_steps_fail_changes_nothing_of_the_others()
    {
        var alone = await RunAsync(["a", "b", "c"]);
        var beside = await RunAsync(["a", "bad", "b", "c"]);
        Assert.Equal(["a", "b", "c"], alone.Keys.Order());
        foreach (var name in alone.Keys)
            Assert.Equal(alone[name], beside[name]);
        Assert.All(beside["bad"], output => Assert.Equal("failed", output));
        Assert.Equal(60, beside["bad"].Count);
    }

    [Fact]
    public async Task A_question_is_answered_to_its_owner_and_what_follows_comes_out_in_order()
    {
        var outputs = (await RunAsync(["a"]))["a"];
        Assert.Equal(31, outputs.Count);
        Assert.Equal(outputs.Order(StringComparer.Ordinal), outputs);
    }

    [Fact]
    public async Task Who_listens_and_fails_ends_no_stream()
    {
        var shell = Shell();
        shell.Outputs.Subscribe(_ => throw new InvalidOperationException());
        foreach (var chunk in Seconds(60))
            Assert.Equal(Offered.Taken, await shell.OfferAsync("a", chunk));
        await shell.DisposeAsync();
        Assert.Equal(31, shell.Find("a")!.Answers);
        Assert.True(shell.Counts.Faults >= 1);
    }

    [Fact]
    public async Task A_tick_reaches_the_streams_that_need_it()
    {
        var shell = Shell();
        using var nobody = shell.Outputs.Subscribe(_ => { });
        foreach (var name in new[] { "a", "b" })
            await shell.OfferAsync(name, Seconds(1)[0]);
        while (shell.Find("a")?.Chunks != 1 || shell.Find("b")?.Chunks != 1)
            await Task.Delay(1);
        shell.Tick(stream => stream.Name == "b");
        await shell.DisposeAsync();
        // The last tick of each is that of the end.
        Assert.Equal((1, 2), (shell.Find("a")!.Ticks, shell.Find("b")!.Ticks));
    }

    private static async Task<Dictionary<string, List<string>>> RunAsync(string[] names)
    {
        var outputs = new Dictionary<string, List<string>>();
        var done = new TaskCompletionSource();
        var shell = Shell();
        shell.Outputs.Subscribe(
            batch =>
            {
                foreach (var followed in batch)
                {
                    if (!outputs.TryGetValue(followed.Stream, out var all))
                        outputs[followed.Stream] = all = [];
                    all.AddRange(followed.Outputs.Select(output => output.Words));
                }
            },
            done.SetException,
            done.SetResult);
        await Task.WhenAll(names.Select(name => Task.Run(async () =>
        {
            foreach (var chunk in Seconds(60))
                Assert.Equal(Offered.Taken, await shell.OfferAsync(name, chunk));
        })));
        await shell.DisposeAsync();
        await done.Task;
        return outputs;
    }

    private static StreamShell<Counted, object, Said> Shell() =>
        new(new CountingFold(), new LiveOptions { BatchSize = 8 }, Signals.Judge, TimeProvider.System);

    private static List<SampleChunk> Seconds(int count) =>
        [.. RecordingCutter.Chunks(new Recording("a", 300, Signals.Beats(1, 300, count)), Signals.Start, 1).Select(chunk => chunk with { End = false })];

    private sealed record Counted(string Name, StreamCutter Cutter, int Chunks, int Answers, int Ticks);

    private sealed record Said(string Words, CutWindow? Window);

    private sealed class CountingFold : IStreamFold<Counted, object, Said>
    {
        public Counted Start(string stream) => new(stream, StreamCutter.Start, 0, 0, 0);

        public object Chunk(SampleChunk chunk) => chunk;

        public object Answer(Said asked, float probability) =>
            new Said(FormattableString.Invariant($"{asked.Window!.StartSeconds:000.000} {probability:R}"), null);

        public object Tick() => "tick";

        public object Failure(Exception exception) => exception;

        public CutWindow? Asks(Said output) => output.Window;

        public IEnumerable<Said> Unanswered(Counted state) => [];

        public bool TakesPlace(Counted state, DateTimeOffset now) => true;

        public Counted Step(Counted state, DateTimeOffset at, object happened, CutterTools tools, List<Said> outputs)
        {
            switch (happened)
            {
                case SampleChunk when state.Name == "bad":
                    throw new InvalidOperationException("bad");
                case SampleChunk chunk:
                    var windows = new List<CutWindow>();
                    var cutter = state.Cutter.Take(chunk, tools, windows);
                    outputs.AddRange(windows.Select(window => new Said("", window)));
                    return state with { Cutter = cutter, Chunks = state.Chunks + 1 };
                case Said answer:
                    outputs.Add(answer);
                    return state with { Answers = state.Answers + 1 };
                case Exception:
                    outputs.Add(new Said("failed", null));
                    return state;
                default:
                    return state with { Ticks = state.Ticks + 1 };
            }
        }
    }
}
