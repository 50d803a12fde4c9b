namespace Mina.Streaming.Ingest;

/// <summary>One subscription to <see cref="SelectOrderedOperator.SelectOrdered"/>: its worker threads, and the ring of results that are due.</summary>
internal sealed class OrderedRun<TSource, TState, TResult> : IDisposable
{
    private readonly IEnumerable<TSource> _source;
    private readonly Func<TState> _state;
    private readonly Func<TState, TSource, TResult> _selector;
    private readonly IObserver<TResult> _observer;
    private readonly Thread[] _workers;
    private readonly Slot[] _ring;

    // There are two locks, because pulling may block for long and delivery must not wait for it. A thread that needs both takes _pull first.
    private readonly Lock _pull = new();
    private readonly object _gate = new();

    private IEnumerator<TSource>? _elements;
    private long _pulled;
    private long _delivered;
    private int _running;
    private bool _stop;
    private bool _exhausted;

    public OrderedRun(
        IEnumerable<TSource> source, Func<TState> state, Func<TState, TSource, TResult> selector, IObserver<TResult> observer, int threads, int inFlight)
    {
        _source = source;
        _state = state;
        _selector = selector;
        _observer = observer;
        _ring = new Slot[inFlight];
        _workers = new Thread[threads];
    }

    public void Start() => new Thread(Deliver) { IsBackground = true, Name = "Mina delivery" }.Start();

    public void Dispose()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Deliver()
    {
        Exception? failure = null;
        try
        {
            _elements = _source.GetEnumerator();
        }
        catch (Exception e)
        {
            _observer.OnError(e);
            return;
        }

        _running = _workers.Length;
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"Mina worker {i}" };
            _workers[i].Start();
        }

        try
        {
            while (failure is null && Next(out var slot))
            {
                failure = slot.Failure;
                if (failure is null)
                    _observer.OnNext(slot.Result!);
                Release();
            }
        }
        finally
        {
            Dispose();
            foreach (var worker in _workers)
                worker.Join();
            _elements.Dispose();
        }

        if (failure is null)
            _observer.OnCompleted();
        else
            _observer.OnError(failure);
    }

    // Waits for the result that is to be delivered next; false when there is no more.
    private bool Next(out Slot slot)
    {
        lock (_gate)
        {
            while (true)
            {
                ref var due = ref _ring[_delivered % _ring.Length];
                if (due.Ready && !_stop)
                {
                    slot = due;
                    due = default;
                    return true;
                }

                if (_stop || (_running == 0 && _delivered == _pulled))
                {
                    slot = default;
                    return false;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    private void Release()
    {
        lock (_gate)
        {
            _delivered++;
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        try
        {
            var state = default(TState);
            var made = false;
            while (Pull(out var element, out var index))
            {
                var slot = new Slot { Ready = true };
                try
                {
                    if (!made)
                        state = _state();
                    made = true;
                    slot.Result = _selector(state!, element);
                }
                catch (Exception e)
                {
                    slot.Failure = e;
                }

                Put(index, slot);
            }
        }
        finally
        {
            lock (_gate)
            {
                _running--;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private bool Pull(out TSource element, out long index)
    {
        element = default!;
        index = -1;
        lock (_pull)
        {
            lock (_gate)
            {
                while (!_stop && _elements is not null && !_exhausted && _pulled - _delivered >= _ring.Length)
                    Monitor.Wait(_gate);
                if (_stop || _exhausted)
                    return false;
            }

            try
            {
                if (!_elements!.MoveNext())
                {
                    _exhausted = true;
                    return false;
                }

                element = _elements.Current;
            }
            catch (Exception e)
            {
                _exhausted = true;
                index = Count();
                Put(index, new Slot { Ready = true, Failure = e });
                return false;
            }

            index = Count();
            return true;
        }
    }

    private long Count()
    {
        lock (_gate)
            return _pulled++;
    }

    private void Put(long index, Slot slot)
    {
        lock (_gate)
        {
            _ring[index % _ring.Length] = slot;
            Monitor.PulseAll(_gate);
        }
    }

    private struct Slot
    {
        public bool Ready;
        public TResult? Result;
        public Exception? Failure;
    }
}
