using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor;

/// <summary>The pages of what has been: alarms, episodes, one episode and its sheet of paper.</summary>
public sealed class HistoryPageTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableFact]
    public async Task The_list_of_alarms_shows_what_is_over_too_is_filtered_by_its_address_and_acknowledges()
    {
        using var monitor = Ward();
        await using var screen = await Screen.OpenAsync(browser, monitor, "/alarms");
        var rows = screen.Page.Locator(".table tbody tr");
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(rows.First).ToContainTextAsync("bed-2");
        await Expect(rows.Nth(2)).ToContainTextAsync("ended");
        await screen.CheckAccessibilityAsync();

        await screen.Page.GetByLabel("Kind").SelectOptionAsync("AF");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(screen.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("kind=AF"));
        await screen.Page.GetByLabel("A part of the stream's name").FillAsync("bed-1");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(rows).ToHaveCountAsync(1);
        await screen.Page.ReloadAsync();
        await Expect(rows).ToHaveCountAsync(1);
        var list = screen.Page.GetByText("CSV", new() { Exact = true });
        Assert.Contains("kind=AF", await list.GetAttributeAsync("href"));
        Assert.Contains("name=bed-1", await list.GetAttributeAsync("href"));

        await screen.TabToAsync(".table .button");
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.Dialog.GetByLabel("Your name").FillAsync("Dr Ada Quist");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(rows).ToContainTextAsync("acknowledged by Dr Ada Quist");
        await screen.Page.GetByLabel("not acknowledged").CheckAsync();
        await Expect(screen.Page.GetByText("No alarm like that.")).ToBeVisibleAsync();
        Assert.Empty(screen.Errors);
    }

    [SkippableFact]
    public async Task An_episode_is_found_from_the_list_has_its_own_address_and_its_strip_and_fits_one_sheet()
    {
        using var monitor = Ward();
        await using var screen = await Screen.OpenAsync(browser, monitor, "/episodes");
        await Expect(screen.Page.Locator(".table tbody tr")).ToHaveCountAsync(2);
        await screen.CheckAccessibilityAsync();
        await screen.Page.Locator("tr", new() { HasTextString = "bed-1" }).Locator(".when a").ClickAsync();

        await Expect(screen.Page.Locator("h1")).ToContainTextAsync("Atrial fibrillation, bed-1");
        var id = (await monitor.EpisodesAsync("bed-1", default, DateTimeOffset.MaxValue))[0].Id;
        await Expect(screen.Page).ToHaveURLAsync($"{screen.Address}/episodes/{id}");
        await screen.Page.ReloadAsync();
        await Expect(screen.Page.Locator(".strip-sheet .line")).ToHaveCountAsync(9);
        await Expect(screen.Page.Locator(".strip-sheet text.edge")).ToHaveTextAsync(["onset"]);
        await Expect(screen.Page.Locator(".facts-list")).ToContainTextAsync("not acknowledged");
        await Expect(screen.Page.Locator(".facts-list")).ToContainTextAsync("1 min");
        await Expect(screen.Page.Locator(".legend")).ToContainTextAsync("10 mm/mV");
        await screen.Page.GetByLabel("Paper speed").SelectOptionAsync("12.5");
        await Expect(screen.Page.Locator(".strip-sheet .line")).ToHaveCountAsync(5);
        await screen.CheckAccessibilityAsync();

        await screen.Page.GetByLabel("Paper speed").SelectOptionAsync("25");
        await Expect(screen.Page.Locator(".strip-sheet .line")).ToHaveCountAsync(9);
        var pdf = System.Text.Encoding.Latin1.GetString(await screen.Page.PdfAsync(new PagePdfOptions { PreferCSSPageSize = true }));
        Assert.Equal(1, System.Text.RegularExpressions.Regex.Count(pdf, @"/Type\s*/Page\b"));
        await screen.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        var width = await screen.Page.EvaluateAsync<double>("document.querySelector('.strip-sheet').getBoundingClientRect().width");
        Assert.InRange(width, (175 * 96 / 25.4) - 1, (175 * 96 / 25.4) + 1);
        Assert.Empty(screen.Errors);
    }

    [SkippableFact]
    public async Task An_episode_that_is_not_there_says_so()
    {
        using var monitor = Ward();
        await using var screen = await Screen.OpenAsync(browser, monitor, "/episodes/bed-1~20260101T120000000000Z");
        await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("There is no such episode");
    }

    [SkippableFact]
    public async Task The_page_of_a_stream_says_since_when_burden_counts_by_which_rules_AF_is_told_and_has_trends()
    {
        using var monitor = Ward();
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1");
        await Expect(screen.Page.Locator(".vitals")).ToContainTextAsync("AF burden, since");
        await Expect(screen.Page.Locator(".trend .where")).ToContainTextAsync("AF burden of the last 24 h:");
        await screen.Page.GetByLabel("Time that the trend spans").SelectOptionAsync("7");
        await Expect(screen.Page.Locator(".trend .where")).ToContainTextAsync("AF burden of the last 7 days:");
        await screen.Page.GetByText("How AF is told from the rest").ClickAsync();
        await Expect(screen.Page.Locator(".rules")).ToContainTextAsync("reaches 0.50, and goes on until it falls below 0.25");
        await screen.Page.Locator(".summary").WaitForAsync();
        await screen.CheckAccessibilityAsync();
    }

    [SkippableTheory]
    [InlineData("/alarms")]
    [InlineData("/episodes")]
    [InlineData("/episodes/ID")]
    public async Task A_phone_never_scrolls_sideways(string path)
    {
        using var monitor = Ward();
        var id = (await monitor.EpisodesAsync("bed-1", default, DateTimeOffset.MaxValue))[0].Id;
        await using var screen = await Screen.OpenAsync(browser, monitor, path.Replace("ID", id, StringComparison.Ordinal), width: 360);
        await screen.Page.Locator(".table .name, .strip-sheet").First.WaitForAsync();
        Assert.True(await screen.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen");
    }

    private static SimulatedMonitor Ward() => new SimulatedMonitor()
        .Connect("bed-1", TimeSpan.FromMinutes(9)).Connect("bed-2", TimeSpan.FromMinutes(9)).Connect("bed-3", TimeSpan.FromMinutes(9))
        .Fibrillate("bed-1", TimeSpan.FromMinutes(5)).Convert("bed-1", TimeSpan.FromMinutes(4))
        .Fibrillate("bed-2", TimeSpan.FromMinutes(1)).TakeLeadOff("bed-3", TimeSpan.FromMinutes(2));
}
