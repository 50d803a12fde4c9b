using System.Diagnostics;

namespace Mina.Streaming.Log;

/// <summary>
/// A thread beside the writer: it moves pages from the write-ahead file to the database, so that commits never do, and packs the journal when
/// a minute is in it.
/// </summary>
internal sealed class LogKeeper
{
    private const long CheckpointBytes = 16 << 20;
    private const long MaxJournalBytes = 128 << 20;

    // Packing rests this many times as long as it worked. Whoever waits for a verdict then has the processor, and of the minute that packing
    // may take, it needs a few seconds. Above MaxJournalBytes it does not rest, because more signal comes in than it packs.
    private const int RestFactor = 9;
    private static readonly TimeSpan MaxRest = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly LogIndex _index;
    private readonly LogWriter _writer;
    private readonly LogConnection _connection;
    private readonly LogPacker _packer;
    private readonly TimeSpan _packAfter;
    private readonly AutoResetEvent _wake = new(false);
    private readonly ManualResetEventSlim _close = new();
    private readonly SemaphoreSlim _packing = new(1);
    private Thread? _thread;
    private long _walBytes;
    private long _bytesMoved;
    private long _workBegan;

    public LogKeeper(string path, LogIndex index, LogWriter writer, LogConnection connection, ChunkLogOptions options)
    {
        (_path, _index, _writer, _connection, _packAfter) = (path, index, writer, connection, options.PackAfter);
        _packer = new LogPacker(path, index, writer, Pause);
    }

    /// <summary>Bytes written to the database itself.</summary>
    public long BytesMoved => Volatile.Read(ref _bytesMoved);

    /// <summary>Chunks and commits that could not be read when they were to be packed.</summary>
    public long Damaged => _packer.Damaged;

    /// <summary>Nothing is packed while this is held.</summary>
    public SemaphoreSlim Packing => _packing;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "chunk log keeper" };
        _thread.Start();
    }

    /// <summary>The writer has written pages.</summary>
    public void Wrote(int pages)
    {
        var bytes = Interlocked.Add(ref _walBytes, (long)pages * LogDatabase.PageBytes);
        if (bytes > CheckpointBytes || IsDue())
            _ = _wake.Set();
    }

    /// <summary>Packs what is in the journal now.</summary>
    public async Task PackAsync(CancellationToken cancel)
    {
        await _packing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await Task.Run(_packer.Pack, cancel).ConfigureAwait(false);
        }
        finally
        {
            _ = _packing.Release();
        }
    }

    /// <summary>Ends the thread.</summary>
    public void Close()
    {
        _close.Set();
        _ = _wake.Set();
        _thread?.Join();
    }

    private bool IsDue() => IsCrowded() || IsOld();

    private bool IsCrowded()
    {
        lock (_index.Gate)
            return _index.JournalBytes > MaxJournalBytes;
    }

    private bool IsOld()
    {
        lock (_index.Gate)
            return _index.Journal is var (first, last) && last.Arrived - first.Arrived >= _packAfter.Ticks;
    }

    private void Run()
    {
        while (!_close.IsSet)
        {
            _ = _wake.WaitOne();
            try
            {
                Between();
                if (!IsDue() || !_packing.Wait(0))
                    continue;
                try
                {
                    _workBegan = Stopwatch.GetTimestamp();
                    _packer.Pack();
                }
                finally
                {
                    _workBegan = 0;
                    _ = _packing.Release();
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (LogDatabase.IsFailure(e) || e is InvalidDataException)
            {
                // It is tried again after the next commit.
                if (LogDatabase.IsDamage(e) || e.InnerException is { } inner && LogDatabase.IsDamage(inner))
                    _connection.Distrust();
            }
        }
    }

    // Between two pieces of packing.
    private void Pause()
    {
        Between();
        if (_workBegan == 0)
            return;
        var rest = RestFactor * Stopwatch.GetElapsedTime(_workBegan);
        if (!IsCrowded())
            _ = _close.Wait(rest < MaxRest ? rest : MaxRest);
        _workBegan = Stopwatch.GetTimestamp();
    }

    // The bulk is moved while the writer goes on; the writer itself moves the few pages it has written meanwhile, and begins the file again.
    private void Between()
    {
        if (_close.IsSet)
            throw new OperationCanceledException("the log is closed");
        if (Volatile.Read(ref _walBytes) <= CheckpointBytes)
            return;
        using (var db = LogDatabase.OpenCheckpointer(_path))
        {
            // The second time moves what came during the first, so that little is left.
            var (pages, _) = db.Checkpoint();
            _ = db.Checkpoint();
            _ = Interlocked.Add(ref _bytesMoved, (long)pages * LogDatabase.PageBytes);
        }

        _ = _writer.RunAsync(LogDatabase.Checkpoint).GetAwaiter().GetResult();
        // A reader may hold the rest back; it is tried again after as much again.
        _ = Interlocked.Exchange(ref _walBytes, 0);
    }
}
