namespace Mina.Host.Monitor.Edges;

/// <summary>
/// The answers that one connection waits for, in the order in which its messages came. Chunks of different streams wait for the disk side by
/// side, so that a gateway of many streams is not held up by each of them; chunks of one stream follow each other.
/// </summary>
internal sealed class PendingAcknowledgements
{
    private const int MaxWaiting = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<Task<IntakeAnswer>> _answers = new();
    private readonly Dictionary<string, Task<IntakeAnswer>> _last = new(StringComparer.Ordinal);

    /// <summary>Takes a chunk when the one before it of the same stream is taken; returns when the next message may be read.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="isAcknowledged">Whether the sender waits for an answer.</param>
    /// <param name="take">Takes it.</param>
    public async Task AddAsync(string stream, bool isAcknowledged, Func<Task<IntakeAnswer>> take)
    {
        Task<IntakeAnswer>? before;
        Task<IntakeAnswer>? oldest;
        lock (_gate)
        {
            before = _last.GetValueOrDefault(stream);
            oldest = _answers.Count >= MaxWaiting ? _answers.Peek() : null;
        }

        if (before is { IsCompleted: false })
            await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (oldest is { IsCompleted: false })
            await ((Task)oldest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var taking = take();
        lock (_gate)
        {
            if (isAcknowledged)
                _answers.Enqueue(taking);
            if (_last.Count > MaxWaiting)
            {
                foreach (var (name, task) in _last.Where(known => known.Value.IsCompleted).ToList())
                    _last.Remove(name);
            }

            _last[stream] = taking;
        }
    }

    /// <summary>The answer to a message that was refused at once.</summary>
    public void Add(IntakeAnswer answer)
    {
        lock (_gate)
            _answers.Enqueue(Task.FromResult(answer));
    }

    /// <summary>The answer to the oldest message that has none yet; null: there is no such message.</summary>
    public Task<IntakeAnswer>? Next()
    {
        lock (_gate)
            return _answers.TryDequeue(out var answer) ? answer : null;
    }
}
