using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Mina.Host.Monitor.Page;

/// <summary>A pane of a stream's page that its own script draws. It opens the script, sends it what is to be drawn, and closes it.</summary>
/// <remarks>All calls come from the page's own thread, and calls into the script follow one another.</remarks>
public abstract class ScriptPane : LiveComponent, IAsyncDisposable
{
    private readonly DotNetObjectReference<ScriptPane> _self;
    private IJSObjectReference? _module;

    /// <summary>Creates the pane.</summary>
    protected ScriptPane() => _self = DotNetObjectReference.Create(this);

    /// <summary>The browser.</summary>
    [Inject]
    public required IJSRuntime JS { get; set; }

    /// <summary>The name of the stream.</summary>
    [Parameter, EditorRequired]
    public required string Name { get; set; }

    /// <summary>The <see cref="StreamView"/> that the panes of the page share.</summary>
    [Parameter, EditorRequired]
    public required object View { get; set; }

    private protected StreamView Shown => (StreamView)View;

    /// <summary>The open script; null before it is open and after the browser has gone.</summary>
    private protected IJSObjectReference? Script { get; private set; }

    /// <summary>The script's file in <c>wwwroot/monitor</c>.</summary>
    private protected abstract string File { get; }

    /// <summary>The element that the script draws into.</summary>
    private protected abstract ElementReference Element { get; }

    /// <summary>Draws the stream as it is now. It is called whenever anything changes.</summary>
    /// <param name="script">The open script.</param>
    /// <param name="status">The stream's status.</param>
    private protected abstract Task DrawAsync(IJSObjectReference script, StreamStatus status);

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        base.OnInitialized();
        Shown.Changed += RenewAsync;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        await BrowserCall.TryAsync(async () =>
        {
            _module = await JS.InvokeAsync<IJSObjectReference>("import", $"./monitor/{File}");
            Script = await _module.InvokeAsync<IJSObjectReference>("open", Element, _self);
            await ReadAsync(() => RefreshAsync(Script));
        });
    }

    /// <inheritdoc/>
    protected override Task ChangedAsync() => Script is { } script ? RefreshAsync(script) : Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        Shown.Changed -= RenewAsync;
        if (Script is { } script)
        {
            Script = null;
            await BrowserCall.TryAsync(async () => await script.InvokeVoidAsync("close"));
            await BrowserCall.DisposeAsync(script);
        }

        if (_module is { } module)
            await BrowserCall.DisposeAsync(module);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _self.Dispose();
    }

    private Task RefreshAsync(IJSObjectReference script) => Monitor.Find(Name) is { } status ? DrawAsync(script, status) : Task.CompletedTask;

    private async Task RenewAsync()
    {
        await ReadAsync(ChangedAsync);
        StateHasChanged();
    }
}
