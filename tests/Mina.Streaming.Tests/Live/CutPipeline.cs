using System.Reactive.Linq;
using Mina.Preprocess;
using Mina.Streaming.Live;
using Mina.Streaming.Live.Partitions;

namespace Mina.Streaming.Tests.Live;

/// <summary>Chunks of any number of streams to verdicts: a shell whose streams are cut into windows and remember nothing else.</summary>
internal sealed class CutPipeline : IAsyncDisposable
{
    private readonly StreamShell<CutStream, CutEvent, CutOutput> _shell;
    private Action<IReadOnlyList<LiveWindow>>? _record;

    public CutPipeline(LiveOptions options, Func<SegmentBatch, float[]> classifier) => _shell = new StreamShell<CutStream, CutEvent, CutOutput>(
        new CutFold(options), options, classifier, TimeProvider.System, windows => _record?.Invoke(windows));

    public LiveCounts Counts => _shell.Counts;

    public IObservable<LiveFault> Faults => _shell.Faults;

    public int Waiting => _shell.Waiting;

    public IObservable<IReadOnlyList<CutVerdict>> Verdicts(Action<IReadOnlyList<LiveWindow>>? record = null)
    {
        _record = record;
        return _shell.Outputs.Select(batch => (IReadOnlyList<CutVerdict>)
            [.. batch.SelectMany(followed => followed.Outputs.Select(output => output.ToVerdict(followed.Stream)))]);
    }

    public CutStream? Find(string stream) => _shell.Find(stream);

    public ValueTask<Offered> OfferAsync(string stream, SampleChunk chunk) => _shell.OfferAsync(stream, chunk);

    public ValueTask DisposeAsync() => _shell.DisposeAsync();
}
