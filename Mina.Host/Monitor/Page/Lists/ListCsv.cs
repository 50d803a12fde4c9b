using System.Globalization;

namespace Mina.Host.Monitor.Page;

/// <summary>The addresses at which the API has a list as CSV.</summary>
internal static class ListCsv
{
    /// <summary>Alarms.</summary>
    public static string Alarms(ListFilter filter, DateTimeOffset now)
    {
        var query = Query(filter, now);
        if (filter.Kind is { } kind)
            query = query.Add("kind", kind.ToString());
        return "/api/alarms.csv" + query;
    }

    /// <summary>Episodes.</summary>
    public static string Episodes(ListFilter filter, DateTimeOffset now) => "/api/episodes.csv" + Query(filter, now);

    /// <summary>The figures of alarms, of each stream.</summary>
    public static string Figures(ListFilter filter, DateTimeOffset now)
    {
        var query = new QueryString();
        if (filter.Stream.Length > 0)
            query = query.Add("name", filter.Stream);
        return "/api/alarms/figures.csv" + query.Add("from", filter.From(now).UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
    }

    private static QueryString Query(ListFilter filter, DateTimeOffset now)
    {
        var query = new QueryString();
        if (filter.Stream.Length > 0)
            query = query.Add("name", filter.Stream);
        if (filter.Days > 0)
            query = query.Add("from", filter.From(now).UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        if (filter.Unreviewed)
            query = query.Add("unreviewed", "true");
        return filter.Unacknowledged ? query.Add("unacknowledged", "true") : query;
    }
}
