using Mina.Host.Monitor.Beds;

namespace Mina.Host.Monitor.Page;

/// <summary>All streams, those in AF first.</summary>
public partial class Wall
{
    private static readonly StreamState[] States =
        [StreamState.AF, StreamState.PossibleAF, StreamState.NotMonitored, StreamState.Stale, StreamState.Unclassifiable, StreamState.Normal];

    private readonly int[] _counts = new int[Enum.GetValues<StreamState>().Length];
    private IReadOnlyList<StreamStatus> _all = [];
    private List<StreamStatus> _shown = [];
    private List<WallRow> _rows = [];
    private StreamState? _filter;
    private string _search = "";

    private StreamState[] Filters => Monitor.IsLive ? States : [StreamState.AF, StreamState.Unclassifiable, StreamState.Normal];

    private string Title => _counts[(int)StreamState.AF] is var af and > 0 ? $"({af} AF) Mina" : "Mina";

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        base.OnInitialized();
        Read();
    }

    /// <inheritdoc/>
    protected override Task ChangedAsync()
    {
        Read();
        return base.ChangedAsync();
    }

    private void Read()
    {
        _all = [.. Monitor.Streams.Where(stream => stream.Bed is not { State: BedState.Discharged })];
        Array.Clear(_counts);
        foreach (var stream in _all)
            _counts[(int)stream.State]++;
        Arrange();
    }

    private void Arrange()
    {
        var search = _search.Trim();
        _shown = [.. _all.Where(s => (_filter is null || s.State == _filter) && BedText.Matches(s, search))];
        _shown.Sort(StreamOrder.Instance);
        _rows = WallRow.Arrange(_shown);
    }

    private void Choose(StreamState? filter)
    {
        _filter = filter;
        Arrange();
    }
}
