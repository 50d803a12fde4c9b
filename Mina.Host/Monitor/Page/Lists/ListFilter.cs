using System.Globalization;
using Mina.Host.Monitor.Api;
using Mina.Model;

namespace Mina.Host.Monitor.Page;

/// <summary>The filter of a list of alarms or episodes. It is part of the page's address, so that the list can be sent to a colleague.</summary>
/// <param name="Stream">A part of the stream's name; empty: all streams.</param>
/// <param name="Kind">The kind of alarm; null: all kinds.</param>
/// <param name="Days">How far back the list goes, in days; 0: as far as the history does.</param>
/// <param name="Unacknowledged">Whether only what nobody has acknowledged is shown.</param>
/// <param name="Unreviewed">Whether only what nobody has reviewed is shown.</param>
internal sealed record ListFilter(string Stream, AlarmKind? Kind, int Days, bool Unacknowledged, bool Unreviewed = false)
{
    /// <summary>The spans that can be chosen, in days.</summary>
    public static readonly IReadOnlyList<int> Spans = [1, 7, 30, 0];

    private const int UsualDays = 7;

    private AlarmFilter Alarms => new(Stream, Kind, Unacknowledged);

    /// <summary>Reads a filter from the parameters of an address; what is missing or makes no sense has its usual value.</summary>
    public static ListFilter Read(string? stream, string? kind, string? days, string? unacknowledged, string? unreviewed = null) => new(
        stream?.Trim() ?? "",
        AlarmFilter.ReadKind(kind),
        int.TryParse(days, CultureInfo.InvariantCulture, out var span) && Spans.Contains(span) ? span : UsualDays,
        unacknowledged == "true",
        unreviewed == "true");

    /// <summary>The time at which the list begins.</summary>
    public DateTimeOffset From(DateTimeOffset now) => Days == 0 ? DateTimeOffset.UnixEpoch : now.AddDays(-Days);

    /// <summary>Whether an alarm is in the list.</summary>
    public bool Has(AlarmStatus alarm) => Alarms.Has(alarm);

    /// <summary>Whether a stream's name has what is looked for.</summary>
    public bool IsOf(string stream) => Alarms.IsOf(stream);

    /// <summary>The address of a list with this filter.</summary>
    /// <param name="path">The list's path.</param>
    /// <param name="before">The id of the last item of the page before; null: the first page.</param>
    public string Address(string path, string? before = null)
    {
        var query = new QueryString();
        if (Stream.Length > 0)
            query = query.Add("stream", Stream);
        if (Kind is { } kind)
            query = query.Add("kind", kind.ToString());
        if (Days != UsualDays)
            query = query.Add("days", Days.ToString(CultureInfo.InvariantCulture));
        if (Unacknowledged)
            query = query.Add("unacknowledged", "true");
        if (Unreviewed)
            query = query.Add("unreviewed", "true");
        if (before is not null)
            query = query.Add("before", before);
        return path + query;
    }

    /// <summary>
    /// A page of a list, latest first, and the id after which the next page begins, which is null on the last page. Items that are added
    /// later move nothing, and the item with the id may have been deleted.
    /// </summary>
    public static (IReadOnlyList<T> Items, string? Next) Page<T>(IEnumerable<T> items, Func<T, string> idOf, string? before, int size)
    {
        var cursor = before is null || Identity.TimeOf(before) is not { } time ? default((DateTimeOffset Time, string Id)?) : (time, before);
        var rest = items.Select(item => (Item: item, Key: (Time: Identity.TimeOf(idOf(item)) ?? default, Id: idOf(item))))
            .Where(pair => cursor is not { } last || pair.Key.CompareTo(last) < 0)
            .OrderByDescending(pair => pair.Key)
            .Take(size + 1)
            .ToList();
        return ([.. rest.Take(size).Select(pair => pair.Item)], rest.Count > size ? rest[size - 1].Key.Id : null);
    }
}
