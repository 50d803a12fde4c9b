using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Mina.Host.Monitor;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>A browser's window with the page of a monitor in it.</summary>
internal sealed class Screen : IAsyncDisposable
{
    private readonly IMonitor? _monitor;
    private readonly IBrowserContext _context;
    private PageServer? _server;

    private Screen(IMonitor? monitor, PageServer? server, string address, IBrowserContext context, IPage page)
    {
        (_monitor, _server, Address, _context, Page) = (monitor, server, address, context, page);
        page.PageError += (_, error) => Errors.Add(error);
    }

    public IPage Page { get; }

    public string Address { get; }

    /// <summary>What the page's scripts threw.</summary>
    public ConcurrentBag<string> Errors { get; } = [];

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    public static async Task<Screen> OpenAsync(Browser browser, IMonitor monitor, string path = "/", int width = 1280, Action<IPage>? watch = null)
    {
        browser.OrSkip();
        var server = await PageServer.StartAsync(monitor);
        return await OpenAsync(browser, monitor, server, server.Address, path, width, watch);
    }

    /// <summary>The page of a monitor that runs already.</summary>
    public static Task<Screen> OpenAtAsync(Browser browser, string address, string path = "/") => OpenAsync(browser, null, null, address, path, 1280, null);

    private static async Task<Screen> OpenAsync(
        Browser browser, IMonitor? monitor, PageServer? server, string address, string path, int width, Action<IPage>? watch)
    {
        var program = browser.OrSkip();
        var context = await program.NewContextAsync(
            new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = ColorScheme.Light });
        // A machine busy with other things is slow, not wrong.
        context.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        var page = await context.NewPageAsync();
        watch?.Invoke(page);
        var screen = new Screen(monitor, server, address, context, page);
        await page.GotoAsync(address + path);
        return screen;
    }

    /// <summary>Until the sweep is under way.</summary>
    public Task WaitForTraceAsync() => UntilAsync("() => Number(document.querySelector('.trace .paper')?.dataset.head) > 0");

    /// <summary>Until a function of the page says true. (Playwright's own wait needs eval, which the page's policy forbids.)</summary>
    public async Task UntilAsync(string function, object? argument = null)
    {
        for (var tries = 0; !await Page.EvaluateAsync<bool>(function, argument); tries++)
        {
            if (tries == 600)
                throw new Xunit.Sdk.XunitException($"never true: {function}");
            await Task.Delay(100);
        }
    }

    /// <summary>The time that the sweep has come to, in ms.</summary>
    public Task<double> HeadAsync() => Page.EvaluateAsync<double>("Number(document.querySelector('.trace .paper').dataset.head)");

    /// <summary>What a canvas shows.</summary>
    public Task<string> PictureAsync(string canvas) => Page.Locator(canvas).EvaluateAsync<string>("canvas => canvas.toDataURL()");

    /// <summary>Presses Tab until an element has the focus.</summary>
    public async Task TabToAsync(string selector)
    {
        for (var i = 0; i < 60; i++)
        {
            if (await Page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) ?? false", selector))
                return;
            await Page.Keyboard.PressAsync("Tab");
        }

        throw new Xunit.Sdk.XunitException($"{selector} is not reached by Tab");
    }

    /// <summary>Takes a picture for people to look at, where MINA_SCREENSHOTS names a folder for them.</summary>
    public async Task TakePictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("MINA_SCREENSHOTS") is { } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }

    /// <summary>Fails where axe finds anything that keeps somebody from using the page.</summary>
    public async Task CheckAccessibilityAsync()
    {
        var found = await Page.RunAxe();
        Assert.Empty(found.Violations.Select(violation =>
            $"{violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}"));
    }

    public async Task StopServerAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
        _server = null;
    }

    /// <summary>Another one at the same address.</summary>
    public async Task StartServerAsync() => _server = await PageServer.StartAsync(_monitor!, Address);

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        await StopServerAsync();
    }
}
