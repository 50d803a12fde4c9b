namespace Mina.Host.Monitor.Api;

/// <summary>
/// Cuts long answers into pages: <c>limit</c> items, and a header <c>Link: &lt;address&gt;; rel="next"</c> (RFC 8288) where there are more. The
/// next page begins after the last item of this one (<c>after</c>), whatever has been added meanwhile.
/// </summary>
internal static class ApiPages
{
    /// <summary>Items on a page where no limit is given.</summary>
    public const int UsualLimit = 1000;

    /// <summary>The largest limit.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>What is said of a limit that is out of range.</summary>
    public const string Limits = "'limit' is 1 to 10000";

    /// <summary>Whether a limit can be used; null is the usual one.</summary>
    public static bool IsValid(int? limit) => limit is null or (>= 1 and <= MaxLimit);

    /// <summary>Items in the order of the times in their ids, without those up to a cursor, whether or not that item is still there.</summary>
    /// <param name="items">Episodes or alarms.</param>
    /// <param name="idOf">Their ids, as <see cref="Identity"/> makes them.</param>
    /// <param name="after">The id of the last item of the page before; null: all items follow.</param>
    public static IReadOnlyList<T> Following<T>(IEnumerable<T> items, Func<T, string> idOf, string? after)
    {
        var cursor = after is null ? default : KeyOf(after);
        return
        [
            .. items.Select(item => (Item: item, Key: KeyOf(idOf(item))))
                .Where(pair => after is null || pair.Key.CompareTo(cursor) > 0)
                .OrderBy(pair => pair.Key)
                .Select(pair => pair.Item),
        ];
    }

    // An id holds microseconds, so an item is compared as its own id says it.
    private static (DateTimeOffset? Time, string Id) KeyOf(string id) => (Identity.TimeOf(id), id);

    /// <summary>The page, and the header where it is not the last.</summary>
    /// <param name="context">The request, whose other parameters the next page keeps.</param>
    /// <param name="items">All items that come after <paramref name="context"/>'s cursor, in order.</param>
    /// <param name="limit">Items on a page; null: the usual number.</param>
    /// <param name="cursorOf">What identifies an item, for <c>after</c>.</param>
    public static IReadOnlyList<T> Cut<T>(HttpContext context, IReadOnlyList<T> items, int? limit, Func<T, string> cursorOf)
    {
        var most = limit ?? UsualLimit;
        if (items.Count <= most)
            return items;
        T[] page = [.. items.Take(most)];
        var query = context.Request.Query.Where(pair => pair.Key is not ("after" or "access_token"))
            .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value))
            .Append(KeyValuePair.Create("after", (string?)cursorOf(page[^1])));
        context.Response.Headers.Link = $"<{context.Request.PathBase}{context.Request.Path}{QueryString.Create(query)}>; rel=\"next\"";
        return page;
    }
}
