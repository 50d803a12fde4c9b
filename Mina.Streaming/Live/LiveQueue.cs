using System.Reactive.Linq;
using System.Threading.Channels;

namespace Mina.Streaming.Live;

/// <summary>A stream's bounded queue, and the windows that come out at its end.</summary>
internal sealed class LiveQueue(LiveStream stream, int length, SemaphoreSlim turns, Action<string, Exception> failed)
{
    // A chunk with when it came; null: give up on what is missing.
    private readonly Channel<(SampleChunk? Chunk, long Arrived)> _chunks = Channel.CreateBounded<(SampleChunk? Chunk, long Arrived)>(new BoundedChannelOptions(length) { SingleReader = true });
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LiveStream Stream { get; } = stream;

    public int Count => _chunks.Reader.Count;

    /// <summary>Done when the queue was completed and all of it taken.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Pulls the queue, for one subscriber: windows are handed over one by one, and the next chunk waits for that.</summary>
    public IObservable<LiveWindow> Windows => Observable.Create<LiveWindow>(observer =>
    {
        _ = PullAsync(observer);
        return () => { };
    });

    public bool TryAdd(SampleChunk chunk, long arrived) => _chunks.Writer.TryWrite((chunk, arrived));

    public async Task<bool> AddAsync(SampleChunk chunk, long arrived, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        using var enough = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancel);
        try
        {
            await _chunks.Writer.WriteAsync((chunk, arrived), either.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>Has the stream give up on missing chunks, in its turn; not while chunks wait.</summary>
    public void TryFlush()
    {
        if (Count == 0)
            _chunks.Writer.TryWrite((null, 0));
    }

    public void Complete() => _chunks.Writer.TryComplete();

    private async Task PullAsync(IObserver<LiveWindow> observer)
    {
        try
        {
            // Off the thread that brought the stream's first chunk.
            await Task.Yield();
            await foreach (var (chunk, arrived) in _chunks.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                // No more threads than processors work or wait here, however many streams there are.
                await turns.WaitAsync().ConfigureAwait(false);
                try
                {
                    foreach (var window in Take(chunk, arrived))
                        observer.OnNext(window);
                }
                finally
                {
                    turns.Release();
                }
            }

            foreach (var window in Take(null, 0))
                observer.OnNext(window);
        }
        catch (Exception e)
        {
            // An error passed on would end the verdicts of all streams.
            failed(Stream.Name, e);
        }
        finally
        {
            observer.OnCompleted();
            _drained.TrySetResult();
        }
    }

    // What goes wrong in a stream is this stream's alone, and it begins again.
    private IReadOnlyList<LiveWindow> Take(SampleChunk? chunk, long arrived)
    {
        try
        {
            return chunk is null ? Stream.Flush() : Stream.TakeAt(chunk, arrived);
        }
        catch (Exception e)
        {
            Stream.Reset();
            failed(Stream.Name, e);
            return [];
        }
    }
}
