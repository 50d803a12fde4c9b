using Microsoft.Playwright;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>Pictures of the page, for people to look at: only where MINA_SCREENSHOTS names a folder for them.</summary>
public sealed class Screenshots(Browser browser) : IClassFixture<Browser>
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("MINA_SCREENSHOTS");

    [SkippableTheory]
    [InlineData("wall-light", "/", 1360, 850, ColorScheme.Light)]
    [InlineData("wall-dark", "/", 1360, 850, ColorScheme.Dark)]
    [InlineData("wall-narrow", "/", 390, 844, ColorScheme.Light)]
    [InlineData("stream-light", "/stream/bed-5", 1360, 1240, ColorScheme.Light)]
    [InlineData("stream-dark", "/stream/bed-5", 1360, 1240, ColorScheme.Dark)]
    [InlineData("stream-narrow", "/stream/bed-5", 390, 844, ColorScheme.Dark)]
    [InlineData("onset", "/stream/bed-5", 1360, 1240, ColorScheme.Dark)]
    [InlineData("onset-light", "/stream/bed-5", 1360, 1240, ColorScheme.Light)]
    [InlineData("possible", "/stream/bed-14", 1360, 900, ColorScheme.Light)]
    [InlineData("alarms", "/alarms", 1360, 850, ColorScheme.Light)]
    [InlineData("alarms-narrow", "/alarms", 390, 844, ColorScheme.Light)]
    [InlineData("episodes", "/episodes", 1360, 850, ColorScheme.Dark)]
    [InlineData("episode", "/episode", 1360, 1100, ColorScheme.Light)]
    [InlineData("episode-narrow", "/episode", 390, 844, ColorScheme.Dark)]
    [InlineData("review", "/episode", 1280, 1500, ColorScheme.Light)]
    [InlineData("review-narrow", "/episode", 390, 844, ColorScheme.Light)]
    [InlineData("review-stream", "/stream/bed-5", 1280, 1240, ColorScheme.Light)]
    [InlineData("stale", "/stream/bed-9", 1360, 900, ColorScheme.Light)]
    public async Task The_page_has_its_picture_taken(string name, string path, int width, int height, ColorScheme scheme)
    {
        Skip.If(Folder is null, "pictures are taken only into the folder that MINA_SCREENSHOTS names");
        using var monitor = Ward();
        await using var server = await PageServer.StartAsync(monitor);
        var page = await browser.OrSkip().NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
        });
        await page.GotoAsync(server.Address + (path == "/episode" ? "/episodes" : path));
        if (path == "/episode")
            await page.GotoAsync($"{server.Address}/episodes/{(await monitor.EpisodesAsync("bed-3", default, DateTimeOffset.MaxValue))[0].Id}");
        await page.Locator(path switch
        {
            "/" => ".row",
            "/alarms" or "/episodes" => ".table .name",
            "/episode" => ".strip-sheet",
            _ => ".summary, .attention .none",
        }).First.WaitForAsync();
        if (path == "/episode" && name == "episode")
            await page.PdfAsync(new PagePdfOptions { Path = Path.Combine(Folder, "episode.pdf"), PreferCSSPageSize = true });
        if (name.StartsWith("review", StringComparison.Ordinal))
        {
            await page.EvaluateAsync("localStorage.setItem('mina-name', 'Dr M. Okafor')");
            await page.ReloadAsync();
            await page.Locator(".strip-sheet, .summary").First.WaitForAsync();
        }

        if (name == "wall-light")
        {
            await page.EvaluateAsync("localStorage.setItem('mina-name', 'Dr M. Okafor')");
            await page.ReloadAsync();
            await page.Locator(".alarm.open .button").Last.ClickAsync();
            await page.Locator(".mud-dialog").WaitForAsync();
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, "dialog.png") });
            await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
            await page.Locator(".alarm.seen").WaitForAsync();
        }

        if (name.StartsWith("onset", StringComparison.Ordinal))
        {
            await page.Locator(".timeline").FocusAsync();
            for (var i = 0; i < 6; i++)
                await page.Keyboard.PressAsync("ArrowLeft");
            await page.Locator(".trace .paper").ClickAsync(new LocatorClickOptions { Position = new Position { X = 900, Y = 60 } });
        }

        if (name.StartsWith("review", StringComparison.Ordinal))
        {
            await page.Keyboard.PressAsync(path == "/episode" ? "c" : "j");
            await page.Keyboard.PressAsync(path == "/episode" ? "e" : "r");
        }

        // The sweep looks best when it is well under way.
        await Task.Delay(4000);
        await page.ScreenshotAsync(
            new PageScreenshotOptions
            {
                Path = Path.Combine(Folder, name + ".png"),
                FullPage = name.EndsWith("narrow", StringComparison.Ordinal)
                && path != "/"
            });
        await page.CloseAsync();
    }

    [SkippableFact]
    public async Task The_empty_wall_has_its_picture_taken()
    {
        Skip.If(Folder is null, "pictures are taken only into the folder that MINA_SCREENSHOTS names");
        using var monitor = new SimulatedMonitor();
        await using var server = await PageServer.StartAsync(monitor);
        var page = await browser.OrSkip().NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1360, Height = 850 } });
        await page.GotoAsync(server.Address);
        await page.Locator(".empty").WaitForAsync();
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, "empty.png") });
        await page.CloseAsync();
    }

    private static SimulatedMonitor Ward()
    {
        var monitor = new SimulatedMonitor();
        for (var bed = 1; bed <= 24; bed++)
            monitor.Connect($"bed-{bed}", TimeSpan.FromMinutes(9 + (bed % 5)));
        return monitor
            .Fibrillate("bed-5", TimeSpan.FromMinutes(6.2), TimeSpan.FromSeconds(70)).Fibrillate("bed-5", TimeSpan.FromSeconds(31))
            .Fibrillate("bed-17", TimeSpan.FromMinutes(3)).Fibrillate("bed-21", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(80))
            .Fibrillate("bed-3", TimeSpan.FromMinutes(8)).Convert("bed-3", TimeSpan.FromMinutes(6))
            .Fibrillate("bed-3", TimeSpan.FromMinutes(4)).Convert("bed-3", TimeSpan.FromMinutes(2.5))
            .TakeLeadOff("bed-5", TimeSpan.FromMinutes(3), TimeSpan.FromSeconds(22)).TakeLeadOff("bed-12", TimeSpan.FromSeconds(42))
            .Stop("bed-9", TimeSpan.FromSeconds(95)).Suspect("bed-14", TimeSpan.FromSeconds(22));
    }
}
