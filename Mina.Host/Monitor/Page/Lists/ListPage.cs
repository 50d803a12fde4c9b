using Microsoft.AspNetCore.Components;

namespace Mina.Host.Monitor.Page;

/// <summary>A page that lists what the history has, filtered by its address. It reads again when an alarm has changed.</summary>
public abstract class ListPage : LiveComponent
{
    private protected const int PageSize = 50;

    private int _seen;

    /// <summary>A part of the stream's name.</summary>
    [SupplyParameterFromQuery(Name = "stream")]
    public string? StreamQuery { get; set; }

    /// <summary>The kind of alarm.</summary>
    [SupplyParameterFromQuery(Name = "kind")]
    public string? KindQuery { get; set; }

    /// <summary>How many days back.</summary>
    [SupplyParameterFromQuery(Name = "days")]
    public string? DaysQuery { get; set; }

    /// <summary>Whether only what nobody has acknowledged is shown.</summary>
    [SupplyParameterFromQuery(Name = "unacknowledged")]
    public string? UnacknowledgedQuery { get; set; }

    /// <summary>Whether only what nobody has reviewed is shown.</summary>
    [SupplyParameterFromQuery(Name = "unreviewed")]
    public string? UnreviewedQuery { get; set; }

    /// <summary>The id of the last item of the page before.</summary>
    [SupplyParameterFromQuery(Name = "before")]
    public string? Before { get; set; }

    /// <summary>Changes the address.</summary>
    [Inject]
    public required NavigationManager Navigation { get; set; }

    private protected ListFilter Filter { get; private set; } = ListFilter.Read(null, null, null, null);

    /// <summary>Whether the history has been read.</summary>
    private protected bool IsRead { get; private set; }

    /// <summary>The path of the page.</summary>
    private protected abstract string Path { get; }

    /// <summary>Reads what is shown.</summary>
    private protected abstract Task LoadAsync();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        Filter = ListFilter.Read(StreamQuery, KindQuery, DaysQuery, UnacknowledgedQuery, UnreviewedQuery);
        await RenewAsync();
    }

    /// <inheritdoc/>
    protected override async Task ChangedAsync()
    {
        if (_seen != Fingerprint())
            await RenewAsync();
    }

    /// <summary>Shows the list with another filter, from its beginning.</summary>
    private protected void Show(ListFilter filter) => Navigation.NavigateTo(filter.Address(Path));

    private protected async Task RenewAsync()
    {
        _seen = Fingerprint();
        await ReadAsync(async () =>
        {
            await LoadAsync();
            IsRead = true;
        });
        StateHasChanged();
    }

    // Changes when an alarm is raised, acknowledged or cleared, and when a review is made.
    private int Fingerprint()
    {
        var hash = default(HashCode);
        hash.Add(Monitor.ReviewsMade);
        foreach (var alarm in Monitor.Alarms)
        {
            hash.Add(alarm.Id);
            hash.Add(alarm.Acknowledged);
            hash.Add(alarm.Cleared);
        }

        return hash.ToHashCode();
    }
}
