namespace Mina.Host.Monitor.Page;

/// <summary>A row of the wall: a stream, or the heading of the unit that follows.</summary>
/// <param name="Key">What tells it from the others.</param>
/// <param name="Stream">The stream; null: a heading.</param>
/// <param name="Heading">The heading.</param>
internal sealed record WallRow(string Key, StreamStatus? Stream, string? Heading = null)
{
    /// <summary>
    /// Arranges streams, which are in the order of the wall. Where beds have units, they stand by unit: the unit with what presses most comes
    /// first, so that AF is never below what does not press.
    /// </summary>
    public static List<WallRow> Arrange(IReadOnlyList<StreamStatus> streams)
    {
        if (!streams.Any(stream => stream.Bed?.Unit is not null))
            return [.. streams.Select(Of)];
        var rows = new List<WallRow>(streams.Count + 8);
        // In the order of their first streams.
        foreach (var unit in streams.GroupBy(stream => stream.Bed?.Unit ?? ""))
        {
            var name = unit.Key.Length > 0 ? unit.Key : "No unit";
            rows.Add(new WallRow($"unit {unit.Key}", null, $"{name}, {unit.Count()} {(unit.Count() == 1 ? "bed" : "beds")}"));
            rows.AddRange(unit.Select(Of));
        }

        return rows;
    }

    private static WallRow Of(StreamStatus stream) => new(stream.Name, stream);
}
