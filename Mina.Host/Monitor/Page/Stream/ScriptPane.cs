using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Mina.Host.Monitor.Page;

/// <summary>A part of a stream's page that a script of its own draws: it opens the script, feeds it, and closes it.</summary>
/// <remarks>Only calls from the page's own thread; calls into the script follow each other.</remarks>
public abstract class ScriptPane : LiveComponent, IAsyncDisposable
{
    private IJSObjectReference? _module;

    /// <summary>The browser.</summary>
    [Inject]
    public required IJSRuntime JS { get; set; }

    /// <summary>The stream it is of.</summary>
    [Parameter, EditorRequired]
    public required string Name { get; set; }

    /// <summary>Shared by the parts of the page.</summary>
    [Parameter, EditorRequired]
    public required object View { get; set; }

    private protected StreamView Shown => (StreamView)View;

    /// <summary>What the script draws with; null until it is open and when the browser has gone.</summary>
    private protected IJSObjectReference? Script { get; private set; }

    /// <summary>The script's file in <c>wwwroot/monitor</c>.</summary>
    private protected abstract string File { get; }

    /// <summary>What the script's <c>open</c> takes.</summary>
    private protected abstract object?[] Arguments { get; }

    /// <summary>Draws what is there now; called whenever anything changes.</summary>
    private protected abstract Task FeedAsync(IJSObjectReference script);

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
            Script = await _module.InvokeAsync<IJSObjectReference>("open", Arguments);
            await ReadAsync(() => FeedAsync(Script));
        });
    }

    /// <inheritdoc/>
    protected override Task ChangedAsync() => Script is { } script ? FeedAsync(script) : Task.CompletedTask;

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

    private async Task RenewAsync()
    {
        await ReadAsync(ChangedAsync);
        StateHasChanged();
    }
}
