using System.Collections;
using System.Collections.Concurrent;
using Mina.Preprocess;

namespace Mina.Streaming.Shards;

/// <summary>
/// Fills batches on a thread of its own while the last one is in use. They form a ring of a few batches, which limits how far ahead the thread
/// works. Each enumeration starts a source, a thread and a ring of its own.
/// </summary>
/// <remarks>
/// A batch is valid until the next MoveNext or Dispose of its enumerator, after which it is filled again. Disposing the enumerator, as leaving
/// a foreach does, returns when the thread has ended.
/// </remarks>
internal sealed class PrefetchedBatches(Func<IBatchSource> source, int batchSize, int ahead) : IEnumerable<SegmentBatch>
{
    public IEnumerator<SegmentBatch> GetEnumerator() => new Enumerator(source, batchSize, ahead);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class Enumerator : IEnumerator<SegmentBatch>
    {
        private readonly BlockingCollection<SegmentBatch> _free = [];
        private readonly BlockingCollection<SegmentBatch> _full = [];
        private readonly CancellationTokenSource _stop = new();
        private readonly Func<IBatchSource> _source;
        private readonly Thread _thread;
        private Exception? _failure;
        private SegmentBatch? _current;
        private bool _started;
        private bool _disposed;

        public Enumerator(Func<IBatchSource> source, int batchSize, int ahead)
        {
            _source = source;
            for (var i = 0; i < ahead + 1; i++)
                _free.Add(new SegmentBatch(batchSize));
            _thread = new Thread(Produce) { IsBackground = true, Name = "Mina batches" };
        }

        public SegmentBatch Current => _current ?? throw new InvalidOperationException("Call MoveNext first; the enumeration has not started or is over.");

        object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_started)
            {
                _started = true;
                _thread.Start();
            }

            if (_current is not null)
                _free.Add(_current);
            _current = null;
            if (_full.TryTake(out var batch, Timeout.Infinite))
            {
                _current = batch;
                return true;
            }

            if (_failure is { } failure)
                throw failure is ProblemException
                    ? new ProblemException(failure.Message, failure)
                    : new InvalidOperationException($"Reading the shards failed: {failure.Message}", failure);
            return false;
        }

        public void Reset() => throw new NotSupportedException();

        public void Dispose()
        {
            if (_disposed)
                return;
            _disposed = true;
            _current = null;
            _stop.Cancel();
            if (_started)
                _thread.Join();
            _free.Dispose();
            _full.Dispose();
            _stop.Dispose();
        }

        private void Produce()
        {
            try
            {
                using var source = _source();
                while (true)
                {
                    var batch = _free.Take(_stop.Token);
                    if (!source.Fill(batch))
                        return;
                    _full.Add(batch, CancellationToken.None);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The reader left early.
            }
            catch (Exception e)
            {
                _failure = e;
            }
            finally
            {
                _full.CompleteAdding();
            }
        }
    }
}
