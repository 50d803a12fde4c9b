using System.Collections.Concurrent;
using System.Reactive.Subjects;
using Mina.Host.Monitor.Store;

namespace Mina.Host.Monitor.Streams;

/// <summary>
/// The books of all streams, and the one way to change them: decided on values, then written, and only then visible and told. Any thread may
/// read; changes follow each other.
/// </summary>
internal sealed class StreamBooks(History history, bool keepNotices, TimeProvider time, ILogger log) : IDisposable
{
    private readonly ConcurrentDictionary<string, StreamBook> _books = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Subject<AlarmNotice> _notices = new();
    private readonly Subject<DateTimeOffset> _changes = new();
    private DateTimeOffset _lastStamp;

    /// <summary>What happens to alarms, in order.</summary>
    public IObservable<AlarmNotice> Notices => _notices;

    /// <summary>Says that something may read differently now.</summary>
    public IObservable<DateTimeOffset> Changes => _changes;

    /// <summary>Names of the streams that are known.</summary>
    public ICollection<string> Names => _books.Keys;

    /// <summary>Alarms not yet cleared, newest first.</summary>
    public IReadOnlyList<AlarmStatus> Alarms =>
        [.. _books.Values.SelectMany(book => book.State.Alarms).OrderByDescending(alarm => alarm.Raised).ThenBy(alarm => alarm.Id, StringComparer.Ordinal)];

    /// <summary>A stream's book; null when it is not known.</summary>
    public StreamBook? Find(string stream) => _books.GetValueOrDefault(stream);

    /// <summary>A stream's book, a new one where it has none.</summary>
    public StreamBook Get(string stream) => _books.GetOrAdd(stream, name => new StreamBook(new BookState { Name = name, Seen = time.GetUtcNow() }, time));

    /// <summary>Takes up what an earlier run left.</summary>
    public void Restore(StoredMonitor stored)
    {
        var now = time.GetUtcNow();
        var streams = stored.Streams.ToDictionary(stream => stream.Name);
        var open = stored.OpenEpisodes.GroupBy(episode => episode.Stream).ToDictionary(group => group.Key, group => group.Last());
        var alarms = stored.OpenAlarms.ToLookup(alarm => alarm.Stream);
        // An alarm or an episode without its stream's state has an owner too: else it would be open for ever.
        foreach (var name in streams.Keys.Concat(open.Keys).Concat(stored.OpenAlarms.Select(alarm => alarm.Stream)).Distinct(StringComparer.Ordinal))
            _books[name] = new StreamBook(BookState.Restore(name, streams.GetValueOrDefault(name), open.GetValueOrDefault(name), alarms[name], now), time);
    }

    /// <summary>What a store that lost its content is to hold: all that memory knows.</summary>
    public StoreChanges Everything()
    {
        var changes = new StoreChanges();
        foreach (var state in _books.Values.Select(book => book.State))
        {
            if (state.ToStored() is { } stored)
                changes.Put(stored);
            if (state.Open is { } open)
                changes.Put(open, state.Seen);
            foreach (var alarm in state.Alarms)
                changes.Put(alarm);
        }

        return changes;
    }

    /// <summary>Lets go of the streams of which nothing is of a time since.</summary>
    public void Forget(DateTimeOffset before, Func<string, bool> isLive)
    {
        foreach (var (name, book) in _books)
        {
            if (!isLive(name) && book.State.IsOver(before))
                _books.TryRemove(name, out _);
        }
    }

    /// <summary>Decides, writes, and makes it visible.</summary>
    /// <param name="decide">Says what changes.</param>
    /// <param name="mustStore">Whether it counts only when it is stored; else it waits for a store that cannot be written.</param>
    /// <param name="cancel">Gives up waiting for its turn.</param>
    /// <returns>What was decided.</returns>
    /// <exception cref="StoreException">It had to be stored, and could not be: nothing has changed.</exception>
    public async Task<bool> ChangeAsync(Func<BookChange, bool> decide, bool mustStore, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var change = new BookChange(Stamp(), log);
            var done = decide(change);
            if (keepNotices)
                change.Output.KeepNotices();
            if (mustStore)
                await history.WriteNowAsync(change.Output.Changes).ConfigureAwait(false);
            else
                await history.WriteOrKeepAsync(change.Output.Changes).ConfigureAwait(false);
            change.Commit();
            foreach (var notice in change.Output.Notices)
                Tell(notice);
            return done;
        }
        finally
        {
            _changing.Release();
            _changes.OnNext(time.GetUtcNow());
        }
    }

    /// <summary>Nothing is told any more: those who listen have all of it.</summary>
    public void Complete() => _notices.OnCompleted();

    /// <inheritdoc/>
    public void Dispose()
    {
        _changes.Dispose();
        _notices.Dispose();
        _changing.Dispose();
    }

    private void Tell(AlarmNotice notice)
    {
        log.LogInformation("Alarm {Alarm} of stream {Stream}: {Kind} {Event}", notice.Alarm.Id, notice.Alarm.Stream, notice.Alarm.Kind, notice.Event);
        try
        {
            _notices.OnNext(notice);
        }
        catch (Exception e)
        {
            log.LogError(e, "Somebody who listens to alarms failed");
        }
    }

    // No two changes have the same time, so that their order is that of their times; a clock that is set back by much is believed all the same.
    private DateTimeOffset Stamp()
    {
        var now = StoreTime.Truncate(time.GetUtcNow());
        var next = _lastStamp.AddTicks(TimeSpan.TicksPerMicrosecond);
        return _lastStamp = now < next && next - now < TimeSpan.FromMinutes(1) ? next : now;
    }
}
